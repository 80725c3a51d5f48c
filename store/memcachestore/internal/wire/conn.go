package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"time"
)

// ErrLost says that a connection ended before an answer came: whether the
// command was done is unknown.
var ErrLost = errors.New("the connection was lost")

// ErrNoCAS says that the server gives items no cas.
var ErrNoCAS = errors.New("the server gives items no cas")

var (
	errBusy   = errors.New("too many commands wait for the server")
	errHung   = errors.New("the server hangs")
	errClosed = errors.New("closed")
)

const (
	maxPending = 1 << 14                // commands that wait on one connection
	inline     = 64 << 10               // what a caller writes itself; more is written beside it
	writeSoon  = 250 * time.Millisecond // how long that may take: a server that takes none of it hangs
	writeLate  = 10 * time.Second       // and for more
	hung       = 3 * time.Second        // how long a server may be silent while somebody gives up
)

// A Conn is a connection that any number of callers share: it sends what they
// ask in few writes, and gives each its own answer.
//
// A caller that finds nobody writing writes, for itself and for those who came
// meanwhile. Who reads, read.go says.
type Conn struct {
	nc      net.Conn
	in      *bufio.Reader // of whose turn it is
	alive   func() bool   // nil: nothing tells
	wake    chan struct{} // the goroutine's turn to read
	gone    chan struct{} // closed once it has ended
	itemMax int

	mu      sync.Mutex
	out     []byte // to be sent
	spare   []byte
	writing bool
	reading bool    // it is somebody's turn
	pending []*call // asked and not answered, in order
	head    int     // of pending
	err     error   // why it has ended
}

// A call is one command that waits for its answer.
type call struct {
	want  string // the words that may answer it, with a blank before and after each
	asked time.Time
	reply Reply
	err   error
	done  chan struct{}
}

var calls = sync.Pool{New: func() any { return &call{done: make(chan struct{}, 1)} }}

func newConn(nc net.Conn) *Conn {
	c := &Conn{
		nc: nc, in: bufio.NewReaderSize(nc, 16<<10), alive: aliveness(nc),
		wake: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	if c.alive == nil {
		c.reading = true
		c.wake <- struct{}{}
	}
	go c.reader()
	return c
}

// ItemMax is the most bytes of an item, with what the server adds to it; 0:
// the server didn't say.
func (c *Conn) ItemMax() int { return c.itemMax }

// Do sends a command, and returns when it is answered or ctx ends. The answer's
// word is one of want, each with a blank before and after it, or Failed, or
// Unknown. command may be used again at once.
func (c *Conn) Do(ctx context.Context, want string, command ...[]byte) (Reply, error) {
	if err := ctx.Err(); err != nil {
		return Reply{}, err
	}
	p := calls.Get().(*call)
	p.want, p.asked = want, time.Now()
	write, alone, err := c.ask(p, command)
	if err != nil {
		calls.Put(p)
		return Reply{}, err
	}
	if alone && write > inline {
		alone = false
		c.handOver()
	}
	switch {
	case write > inline:
		go c.writeAll()
	case alone:
		c.write(1)
		c.readOwn(ctx)
	case write > 0:
		if c.busy() {
			runtime.Gosched() // others are about to ask: one write for all
		}
		c.write(2)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		c.giveUp()
		return Reply{}, ctx.Err()
	}
	reply, err := p.reply, p.err
	p.reply, p.err = Reply{}, nil
	calls.Put(p)
	return reply, err
}

// ask queues a command. It says how much there is to write, 0 if somebody else
// does it, and whether it is this caller's turn to read too.
func (c *Conn) ask(p *call, command [][]byte) (write int, alone bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, false, fmt.Errorf("%w: %w", ErrLost, c.err)
	}
	if len(c.pending)-c.head >= maxPending {
		return 0, false, errBusy
	}
	for _, part := range command {
		c.out = append(c.out, part...)
	}
	c.pending = append(c.pending, p)
	if !c.writing {
		c.writing = true
		write = len(c.out)
		alone = !c.reading
		c.reading = true
	}
	if !c.reading {
		c.reading = true
		c.wake <- struct{}{} // an earlier caller has its answer and is still writing
	}
	return write, alone, nil
}

// write sends what there is, on the caller's own goroutine: so many times, for a
// caller has its own answer to wait for, and only while it is little. The rest is
// left to another.
func (c *Conn) write(times int) {
	for range times {
		c.mu.Lock()
		much := len(c.out) > inline
		c.mu.Unlock()
		if much {
			break
		}
		if !c.writeOnce(writeSoon) {
			return
		}
	}
	go c.writeAll()
}

func (c *Conn) writeAll() {
	for c.writeOnce(writeLate) {
	}
}

// busy reports whether others wait too.
func (c *Conn) busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending)-c.head > 1
}

// writeOnce reports whether there may be more to send.
func (c *Conn) writeOnce(limit time.Duration) bool {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return false
	}
	out := c.out
	c.out, c.spare = c.spare[:0], nil
	c.mu.Unlock()
	_ = c.nc.SetWriteDeadline(time.Now().Add(limit))
	if _, err := c.nc.Write(out); err != nil {
		c.fail(err)
	}
	if cap(out) > 4*inline {
		out = nil // a large item's room isn't kept for ever
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spare = out[:0]
	c.writing = len(c.out) > 0 && c.err == nil
	return c.writing
}

// answer gives an answer to the first call in the queue, if it can be one to it.
// What a server says before it closes a connection that it doesn't like is no
// answer to a command, but may stand in its place.
func (c *Conn) answer(reply Reply) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.head == len(c.pending) {
		return c.err != nil // those who asked have been told of that
	}
	p := c.pending[c.head]
	if reply.Word != Failed && reply.Word != Unknown && !strings.Contains(p.want, " "+reply.Word+" ") {
		return false
	}
	c.pending[c.head] = nil
	c.head++
	switch {
	case c.head == len(c.pending):
		c.pending, c.head = c.pending[:0], 0
	case c.head > 256 && c.head > len(c.pending)/2:
		n := copy(c.pending, c.pending[c.head:])
		clear(c.pending[n:])
		c.pending, c.head = c.pending[:n], 0
	}
	p.reply = reply
	p.done <- struct{}{} // it has room for one
	return true
}

// giveUp ends a connection on which nothing has been answered for long: a
// server that vanished without a word is found again only by a new one. The
// answer of a caller that gave up earlier is read and thrown away.
func (c *Conn) giveUp() {
	c.mu.Lock()
	silent := c.head < len(c.pending) && time.Since(c.pending[c.head].asked) > hung
	c.mu.Unlock()
	if silent {
		c.fail(errHung)
	}
}

// fail ends the connection and tells all who wait.
func (c *Conn) fail(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	waiting := c.pending[c.head:]
	c.pending, c.head = nil, 0
	c.mu.Unlock()
	close(c.gone)
	_ = c.nc.Close()
	for _, p := range waiting {
		p.err = fmt.Errorf("%w: %w", ErrLost, err)
		p.done <- struct{}{}
	}
}

// ended reports whether the connection is of no more use.
func (c *Conn) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err != nil
}
