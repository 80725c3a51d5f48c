package chaos

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// junk fills a memcached that mayn't evict, in all sizes that sessions have.
type junk struct {
	t    *testing.T
	addr string
	keys []string
	stop chan struct{}
	all  sync.WaitGroup
}

// fill fills it, and fills what becomes free, until clear.
func (j *junk) fill() {
	j.stop = make(chan struct{})
	j.top(200)
	j.all.Go(func() {
		for {
			select {
			case <-j.stop:
				return
			case <-time.After(10 * time.Millisecond):
				j.top(5)
			}
		}
	})
}

// top sends items of each size, so many at once, until one is refused.
func (j *junk) top(batch int) {
	for size := 48; size <= 256; size += 16 {
		for full := false; !full; {
			var lines strings.Builder
			var keys []string
			for i := range batch {
				keys = append(keys, fmt.Sprintf("junk.%d.%d", len(j.keys)+i, size))
				fmt.Fprintf(&lines, "set %s 0 0 %d\r\n%0*d\r\n", keys[i], size, size, 0)
			}
			for i, said := range j.say(lines.String(), batch) {
				if said == "STORED\r\n" {
					j.keys = append(j.keys, keys[i])
				} else {
					full = true
				}
			}
		}
	}
}

// clear takes it all away.
func (j *junk) clear() {
	close(j.stop)
	j.all.Wait()
	for len(j.keys) > 0 {
		some := j.keys[:min(500, len(j.keys))]
		j.keys = j.keys[len(some):]
		j.say("delete "+strings.Join(some, "\r\ndelete ")+"\r\n", len(some))
	}
}

// say sends lines, and gives what is answered to each command.
func (j *junk) say(lines string, commands int) (answers []string) {
	conn, err := net.Dial("tcp", j.addr)
	if err == nil {
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		_, err = conn.Write([]byte(lines))
	}
	for in := bufio.NewReader(conn); err == nil && len(answers) < commands; {
		var said string
		said, err = in.ReadString('\n')
		answers = append(answers, said)
	}
	if err != nil {
		j.t.Error(err)
	}
	return answers
}
