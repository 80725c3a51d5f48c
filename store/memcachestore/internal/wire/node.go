package wire

import (
	"context"
	"net"
	"sync"
	"time"
)

// dialTimeout is how long a server may take to be connected to.
const dialTimeout = 2 * time.Second

// A Node is one server, to which there is one connection at a time, made when
// it is needed.
type Node struct {
	Dial func(ctx context.Context) (net.Conn, error)

	mu      sync.Mutex
	conn    *Conn
	dialing *dialing
	closed  bool
}

// A dialing is a connection that is being made. Any number of callers wait for
// it, and it goes on when one of them gives up.
type dialing struct {
	done chan struct{}
	conn *Conn
	err  error
}

// Conn gives the connection.
func (n *Node) Conn(ctx context.Context) (*Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return nil, errClosed
	}
	if c := n.conn; c != nil && c.usable() {
		n.mu.Unlock()
		return c, nil
	}
	d := n.dialing
	if d == nil {
		d = &dialing{done: make(chan struct{})}
		n.dialing = d
		go n.connect(d)
	}
	n.mu.Unlock()
	select {
	case <-d.done:
		return d.conn, d.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// connect makes the connection, and asks the server how large an item may be, and
// whether it can tell one from another.
func (n *Node) connect(d *dialing) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	d.conn, d.err = connect(ctx, n.Dial)
	n.mu.Lock()
	if n.closed && d.err == nil {
		d.conn.fail(errClosed)
		d.conn, d.err = nil, errClosed
	}
	n.conn, n.dialing = d.conn, nil
	n.mu.Unlock()
	close(d.done)
}

func connect(ctx context.Context, dial func(context.Context) (net.Conn, error)) (*Conn, error) {
	nc, err := dial(ctx)
	if err != nil {
		return nil, unanswered(ctx, err)
	}
	c := newConn(nc)
	reply, err := c.Do(ctx, " END ", []byte("stats settings\r\n"))
	if err != nil {
		c.fail(err)
		return nil, unanswered(ctx, err)
	}
	if reply.NoCAS {
		c.fail(ErrNoCAS)
		return nil, ErrNoCAS
	}
	c.itemMax = reply.ItemMax
	return c, nil
}

// unanswered keeps the deadline that is ours from being taken for a caller's.
func unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errHung
	}
	return err
}

// Close ends the connection. A Node that is closed stays so.
func (n *Node) Close() {
	n.mu.Lock()
	n.closed = true
	c := n.conn
	n.mu.Unlock()
	if c != nil {
		c.fail(errClosed)
	}
}
