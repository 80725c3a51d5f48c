package faultproxy_test

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/faultproxy"
)

// A shouter answers a line with the same in capitals, and counts them.
type shouter struct {
	net.Listener
	heard atomic.Int64
}

func (s *shouter) serve() {
	for {
		conn, err := s.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for line := make([]byte, 4); ; {
				if _, err := io.ReadFull(conn, line); err != nil {
					return
				}
				s.heard.Add(1)
				_, _ = conn.Write([]byte(strings.ToUpper(string(line))))
			}
		}()
	}
}

func start(t *testing.T) (*faultproxy.Proxy, *shouter) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &shouter{Listener: l}
	go s.serve()
	p, err := faultproxy.Start(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(); p.Close() })
	return p, s
}

func dial(t *testing.T, p *faultproxy.Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// say sends a line of four bytes and gives what comes back within patience.
func say(t *testing.T, conn net.Conn, line string, patience time.Duration) (string, error) {
	t.Helper()
	if _, err := io.WriteString(conn, line); err != nil {
		return "", err
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	answer := make([]byte, 4)
	n, err := io.ReadFull(conn, answer)
	return string(answer[:n]), err
}

const long = 10 * time.Second

func passes(t *testing.T, conn net.Conn, line string) {
	t.Helper()
	if got, err := say(t, conn, line, long); got != strings.ToUpper(line) || err != nil {
		t.Errorf("%s: got %q, %v", line, got, err)
	}
}

func TestPass(t *testing.T) {
	p, _ := start(t)
	for _, conn := range []net.Conn{dial(t, p), dial(t, p)} {
		passes(t, conn, "one ")
		passes(t, conn, "two ")
	}
}

// What is sent meanwhile reaches nobody, and a connection that lost some stays
// silent; one that lost nothing goes on, and so do new ones.
func TestSwallow(t *testing.T) {
	p, s := start(t)
	old, idle := dial(t, p), dial(t, p)
	passes(t, old, "one ")
	passes(t, idle, "one ")
	p.Do(faultproxy.Fault{Swallow: true})
	for _, conn := range []net.Conn{old, dial(t, p)} {
		if got, err := say(t, conn, "lost", 500*time.Millisecond); got != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %q, %v; want silence", got, err)
		}
	}
	p.Do(faultproxy.Fault{})
	if got, err := say(t, old, "two ", 500*time.Millisecond); got != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("afterwards: got %q, %v; want silence", got, err)
	}
	passes(t, idle, "two ")
	passes(t, dial(t, p), "two ")
	if n := s.heard.Load(); n != 4 {
		t.Errorf("the server heard %d lines, want 4", n)
	}
}

// A delayed line is heard though its sender gave up, and answers keep their order.
func TestDelay(t *testing.T) {
	p, s := start(t)
	conn := dial(t, p)
	passes(t, conn, "one ")
	p.Do(faultproxy.Fault{Delay: 2 * time.Second})
	begun := time.Now()
	if got, err := say(t, conn, "late", 500*time.Millisecond); got != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %q, %v; want nothing yet", got, err)
	}
	p.Do(faultproxy.Fault{})
	if got, err := say(t, conn, "next", long); got != "LATE" || err != nil || time.Since(begun) < time.Second {
		t.Errorf("got %q, %v after %v", got, err, time.Since(begun))
	}
	if n := s.heard.Load(); n < 2 {
		t.Errorf("the server heard %d lines", n)
	}
}

// Every second answer is cut in half, and its connection reset; the server has
// heard the line.
func TestReset(t *testing.T) {
	p, s := start(t)
	p.Do(faultproxy.Fault{Reset: 2})
	conn := dial(t, p)
	passes(t, conn, "one ")
	if got, err := say(t, conn, "two ", long); got == "TWO " || got != "" && got != "TW" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v; want half of it at the most, and a reset", got, err)
	}
	passes(t, dial(t, p), "one ")
	if n := s.heard.Load(); n != 3 {
		t.Errorf("the server heard %d lines, want 3", n)
	}
}

// A server that isn't there is a reset, and no silence.
func TestNoServer(t *testing.T) {
	p, s := start(t)
	_ = s.Close()
	conn, err := net.Dial("tcp", p.Addr) // which may be told at once
	if err == nil {
		defer conn.Close()
		_, err = say(t, conn, "one ", long)
	}
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v, want a reset", err)
	}
}
