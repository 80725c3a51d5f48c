//go:build unix

package realserver

import (
	"bytes"
	"io"
	"net"
	"sync/atomic"
)

// A Cut loses answers: a connection that it holds is closed when the server has
// answered, and before the client has read it. So the client can't know whether
// its command was done, and it was.
type Cut struct{ next atomic.Pointer[[]byte] }

// Next loses the answer to the next command that has text in it. No text: no
// more.
func (c *Cut) Next(text string) {
	if c.next.Store(nil); text != "" {
		b := []byte(text)
		c.next.Store(&b)
	}
}

// Conn holds a client's connection.
func (c *Cut) Conn(conn net.Conn) net.Conn { return &cutConn{Conn: conn, cut: c} }

type cutConn struct {
	net.Conn
	cut  *Cut
	lose atomic.Bool
}

func (c *cutConn) Write(p []byte) (int, error) {
	if text := c.cut.next.Load(); text != nil && bytes.Contains(p, *text) && c.cut.next.CompareAndSwap(text, nil) {
		c.lose.Store(true)
	}
	return c.Conn.Write(p)
}

func (c *cutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.lose.Load() && err == nil {
		_ = c.Close()
		return 0, io.EOF
	}
	return n, err
}
