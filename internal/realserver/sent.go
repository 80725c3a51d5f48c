//go:build unix

package realserver

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"sync"
)

// A Sent notes what clients send to a memcached, which has no MONITOR.
type Sent struct {
	mu  sync.Mutex
	all []*[]byte // of each connection
}

// Conn holds a client's connection.
func (s *Sent) Conn(conn net.Conn) net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &sentConn{Conn: conn, sent: s}
	s.all = append(s.all, &c.bytes)
	return c
}

// Commands gives the names of the commands since the last call, but for what a
// new connection begins with.
func (s *Sent) Commands() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, b := range s.all {
		for rest := *b; len(rest) > 0; {
			line, after, _ := bytes.Cut(rest, []byte("\r\n"))
			words := strings.Fields(string(line))
			rest = after
			switch words[0] {
			case "add", "cas", "set":
				size, _ := strconv.Atoi(words[4])
				rest = rest[size+2:]
			case "stats":
				continue
			}
			names = append(names, words[0])
		}
		*b = nil
	}
	return strings.Join(names, " ")
}

type sentConn struct {
	net.Conn
	sent  *Sent
	bytes []byte
}

func (c *sentConn) Write(p []byte) (int, error) {
	c.sent.mu.Lock()
	c.bytes = append(c.bytes, p...)
	c.sent.mu.Unlock()
	return c.Conn.Write(p)
}
