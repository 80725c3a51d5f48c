package wire

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strconv"
	"time"
)

// Who reads. One at a time does: a caller that found the connection idle waits
// for its own answer itself, which spares it two hand-overs between threads; as
// soon as others wait as well, or it gives up, or the answer comes in pieces, the
// connection's goroutine reads, until nobody waits. Where nothing tells whether
// an idle connection is still good, that goroutine reads all the time.

// reader is the connection's goroutine.
func (c *Conn) reader() {
	for {
		select {
		case <-c.wake:
		case <-c.gone:
			return
		}
		for {
			if !c.readOne() {
				return
			}
			if c.alive != nil && c.rest() {
				break
			}
		}
	}
}

// readOne reads an answer and gives it to whom it is for.
func (c *Conn) readOne() bool {
	var reply Reply
	err := reply.read(c.in)
	if err == nil && !c.answer(reply) {
		err = errReply // to nothing that was asked
	}
	if err != nil {
		c.fail(err)
	}
	return err == nil
}

// rest ends a reader's turn if nobody waits.
func (c *Conn) rest() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.head == len(c.pending) {
		c.reading = false
	}
	return !c.reading
}

// handOver ends a caller's turn.
func (c *Conn) handOver() {
	if !c.rest() {
		c.wake <- struct{}{} // the goroutine waits for it
	}
}

// readOwn reads the answer of a caller whose turn it is, unless ctx ends before it
// begins to come.
func (c *Conn) readOwn(ctx context.Context) {
	var ended chan struct{}
	stop := func() bool { return true }
	if ctx.Done() != nil {
		ended = make(chan struct{})
		stop = context.AfterFunc(ctx, func() {
			_ = c.nc.SetReadDeadline(time.Unix(1, 0))
			close(ended)
		})
	}
	_, err := c.in.Peek(1)
	if !stop() {
		<-ended
		_ = c.nc.SetReadDeadline(time.Time{})
		if err != nil && !c.ended() { // the connection is as good as before
			err = nil
			c.handOver()
			return
		}
	}
	switch {
	case err != nil:
		c.fail(err)
	case !whole(c.in):
		c.handOver()
	case c.readOne():
		c.handOver()
	}
}

// whole reports whether an answer has come to its end, so that reading it takes no
// waiting.
func whole(in *bufio.Reader) bool {
	have, _ := in.Peek(in.Buffered())
	line, rest, ok := bytes.Cut(have, []byte("\r\n"))
	if !ok || bytes.HasPrefix(line, []byte("STAT")) {
		return false
	}
	size, ok := bytes.CutPrefix(line, []byte(Value+" "))
	if !ok {
		return true
	}
	size, _, _ = bytes.Cut(size, []byte(" "))
	n, err := strconv.Atoi(string(size))
	return err == nil && n <= len(rest)-2
}

// usable reports whether the connection hasn't ended. Of an idle one nobody else
// would notice; so the look, which doesn't wait, is under the lock: who asks
// meanwhile would be told of an answer that is on its way as of an end.
func (c *Conn) usable() bool {
	c.mu.Lock()
	idle := c.err == nil && !c.reading
	dead := c.err != nil || idle && (c.in.Buffered() > 0 || !c.alive())
	c.mu.Unlock()
	if dead {
		c.fail(io.EOF)
	}
	return !dead
}
