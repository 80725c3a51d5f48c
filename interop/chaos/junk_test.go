package chaos

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// junk fills a memcached that mayn't evict, in all sizes that sessions have.
type junk struct {
	t    *testing.T
	addr string
	keys []string
}

func (j *junk) dial() (net.Conn, *bufio.Reader) {
	j.t.Helper()
	conn, err := net.Dial("tcp", j.addr)
	if err != nil {
		j.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	return conn, bufio.NewReader(conn)
}

func (j *junk) fill() {
	j.t.Helper()
	conn, in := j.dial()
	defer conn.Close()
	const batch = 200
	for size := 40; size <= 480; size += 40 {
		for full := false; !full; {
			var all strings.Builder
			var keys []string
			for i := range batch {
				keys = append(keys, fmt.Sprintf("junk.%d.%d", len(j.keys)+i, size))
				fmt.Fprintf(&all, "set %s 0 0 %d\r\n%s\r\n", keys[i], size, strings.Repeat("x", size))
			}
			if _, err := conn.Write([]byte(all.String())); err != nil {
				j.t.Fatal(err)
			}
			for _, key := range keys {
				said, err := in.ReadString('\n')
				if err != nil {
					j.t.Fatal(err)
				}
				if said == "STORED\r\n" {
					j.keys = append(j.keys, key)
				} else {
					full = true
				}
			}
		}
	}
}

func (j *junk) clear() {
	j.t.Helper()
	conn, in := j.dial()
	defer conn.Close()
	for len(j.keys) > 0 {
		some := j.keys[:min(500, len(j.keys))]
		j.keys = j.keys[len(some):]
		if _, err := fmt.Fprintf(conn, "delete %s\r\n", strings.Join(some, "\r\ndelete ")); err != nil {
			j.t.Fatal(err)
		}
		for range some {
			if _, err := in.ReadString('\n'); err != nil {
				j.t.Fatal(err)
			}
		}
	}
}
