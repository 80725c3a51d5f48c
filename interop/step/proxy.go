// Package step stands between a client and its server and holds each command back
// until it may go: so a test says in which order the commands of several clients
// reach the server.
package step

import (
	"bufio"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// A Proxy is where one client finds its server. Commands go through until Hold
// says otherwise; from then on each, once it is complete, is sent on Waiting, and
// then waits for Go. Answers are never held.
type Proxy struct {
	Addr    string       // on the loopback interface
	Waiting chan Command // what is held, one command of each connection at a time

	server   string
	protocol Protocol
	listener net.Listener
	holds    atomic.Bool
	goes     chan struct{}
	closed   chan struct{}
	mu       sync.Mutex
	open     []io.Closer
}

// New listens for the client of a server, at host:port, that speaks a protocol.
func New(server string, protocol Protocol) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		Addr: l.Addr().String(), Waiting: make(chan Command),
		server: server, protocol: protocol, listener: l, goes: make(chan struct{}), closed: make(chan struct{}),
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p, nil
}

// Hold says whether commands that come from now on are held.
func (p *Proxy) Hold(on bool) { p.holds.Store(on) }

// Go lets the command go that waits.
func (p *Proxy) Go() {
	select {
	case p.goes <- struct{}{}:
	case <-p.closed:
	}
}

// Close ends all connections. It is called once.
func (p *Proxy) Close() {
	close(p.closed)
	_ = p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		_ = c.Close()
	}
}

// serve lets the commands of one connection through, one after the other. What
// it can't read as a command ends the connection.
func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.open = append(p.open, client, server)
	p.mu.Unlock()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	next, in := p.protocol(), bufio.NewReader(client)
	for {
		c, err := next(in)
		if err != nil || !p.pass(c) {
			return
		}
		if _, err := server.Write(c.Bytes); err != nil {
			return
		}
	}
}

// pass waits until a command may go; false: it never may.
func (p *Proxy) pass(c Command) bool {
	if c.Free || !p.holds.Load() {
		return true
	}
	select {
	case p.Waiting <- c:
	case <-p.closed:
		return false
	}
	select {
	case <-p.goes:
		return true
	case <-p.closed:
		return false
	}
}
