// Package faultproxy stands between a client and a server and does to their
// connections what networks do on bad days. Only tests use it.
package faultproxy

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A Fault is what becomes of bytes. The zero Fault lets them pass.
type Fault struct {
	// Swallow loses all bytes, either way, and nobody is told. A connection that
	// lost some stays silent when the fault is over, as behind a firewall that
	// forgot it: to go on with it would be to send half a message.
	Swallow bool

	// Delay has an answer come so much later, half of it lost on the way there:
	// what its sender has given up is done all the same. Bytes keep their order, so
	// those of after the fault wait for those of the time of it.
	Delay time.Duration

	// Reset has one of so many pieces of answers cut in half, and the connection
	// reset after that half; 0: none.
	Reset int64
}

// A Proxy listens on loopback for one server.
type Proxy struct {
	Addr string // host:port

	target   string
	listener net.Listener
	fault    atomic.Pointer[Fault]
	answers  atomic.Int64
	all      sync.WaitGroup

	mu   sync.Mutex
	open map[*pair]bool // nil: closed
}

// A pair is a client's connection and its own to the server.
type pair struct {
	client, server *net.TCPConn
	lost           atomic.Bool // some of its bytes: the rest is, too
	ended          chan struct{}
	end            sync.Once
}

// Start begins to listen for the server at target, host:port, which needn't run
// yet: a connection to one that doesn't is reset.
func Start(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{Addr: l.Addr().String(), target: target, listener: l, open: map[*pair]bool{}}
	p.Do(Fault{})
	p.all.Go(p.accept)
	return p, nil
}

// Do has f happen from now on, also to connections that are open.
func (p *Proxy) Do(f Fault) { p.fault.Store(&f) }

// Close ends all connections, and returns when nothing of the proxy runs.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.open {
		c.close(false)
	}
	p.open = nil
	p.mu.Unlock()
	p.all.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.all.Go(func() { p.serve(client.(*net.TCPConn)) })
	}
}

func (p *Proxy) serve(client *net.TCPConn) {
	server, err := net.DialTimeout("tcp", p.target, 10*time.Second)
	if err != nil {
		_ = client.SetLinger(0)
		_ = client.Close()
		return
	}
	c := &pair{client: client, server: server.(*net.TCPConn), ended: make(chan struct{})}
	p.mu.Lock()
	closed := p.open == nil
	if !closed {
		p.open[c] = true
	}
	p.mu.Unlock()
	if !closed {
		var both sync.WaitGroup
		both.Go(func() { p.carry(c, c.client, c.server, false) })
		both.Go(func() { p.carry(c, c.server, c.client, true) })
		both.Wait()
	}
	c.close(false)
	p.mu.Lock()
	delete(p.open, c)
	p.mu.Unlock()
}

// close ends both connections, by a reset if the client's is to see one.
func (c *pair) close(reset bool) {
	c.end.Do(func() {
		if reset {
			_ = c.client.SetLinger(0)
		}
		_ = c.client.Close()
		_ = c.server.Close()
		close(c.ended)
	})
}

// A piece is what one read gave, and when it is to arrive.
type piece struct {
	data []byte
	due  time.Time
}

// carry takes bytes from one side to the other until either ends.
func (p *Proxy) carry(c *pair, from, to net.Conn, answers bool) {
	pieces := make(chan piece, 256)
	var arrive sync.WaitGroup
	arrive.Go(func() { p.arrive(c, to, pieces, answers) })
	for {
		buf := make([]byte, 64<<10)
		n, err := from.Read(buf)
		f := p.fault.Load()
		if f.Swallow {
			c.lost.Store(true)
		}
		if n > 0 && !c.lost.Load() {
			select {
			case pieces <- piece{buf[:n], time.Now().Add(f.Delay / 2)}:
			case <-c.ended:
			}
		}
		if err != nil {
			if answers && c.lost.Load() {
				<-c.ended // the client isn't told
			}
			break
		}
	}
	close(pieces)
	arrive.Wait()
	c.close(false)
}

// arrive hands pieces over when they are due.
func (p *Proxy) arrive(c *pair, to net.Conn, pieces <-chan piece, answers bool) {
	for piece := range pieces {
		if wait := time.Until(piece.due); wait > 0 {
			select {
			case <-time.After(wait):
			case <-c.ended:
				return
			}
		}
		data := piece.data
		f := p.fault.Load()
		cut := answers && f.Reset > 0 && p.answers.Add(1)%f.Reset == 0
		if cut {
			data = data[:len(data)/2]
		}
		if _, err := to.Write(data); err != nil || cut {
			c.close(cut)
			return
		}
	}
}
