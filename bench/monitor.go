package bench

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"time"
)

// A monitor counts the commands that clients send to a Redis.
type monitor struct {
	watch, mark net.Conn
	lines       *bufio.Reader
	marks       int
}

// newMonitor watches the Redis at addr. It slows it, so nothing is timed
// meanwhile.
func newMonitor(addr string) (*monitor, error) {
	watch, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	mark, err := net.Dial("tcp", addr)
	if err != nil {
		_ = watch.Close()
		return nil, err
	}
	m := &monitor{watch: watch, mark: mark, lines: bufio.NewReader(watch)}
	deadline := time.Now().Add(time.Minute)
	_, _ = watch.SetDeadline(deadline), mark.SetDeadline(deadline)
	if _, err := watch.Write([]byte("MONITOR\r\n")); err != nil {
		m.close()
		return nil, err
	}
	if _, err := m.lines.ReadString('\n'); err != nil { // +OK
		m.close()
		return nil, err
	}
	return m, nil
}

// close ends the watch.
func (m *monitor) close() {
	_ = m.watch.Close()
	_ = m.mark.Close()
}

// count returns how many commands a call of f sends. What scripts do inside
// the server is not sent.
func (m *monitor) count(f func() error) (int, error) {
	if _, err := m.untilMark(); err != nil {
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	return m.untilMark()
}

// untilMark sends a mark and counts the commands before it.
func (m *monitor) untilMark() (n int, err error) {
	m.marks++
	mark := fmt.Sprintf("mark-%d-", m.marks)
	if _, err := fmt.Fprintf(m.mark, "ECHO %s\r\n", mark); err != nil {
		return 0, err
	}
	for {
		line, err := m.lines.ReadString('\n')
		switch {
		case err != nil:
			return 0, err
		case strings.Contains(line, mark):
			return n, nil
		case !strings.Contains(line, " lua] "):
			n++
		}
	}
}

// commands returns how many commands each contender's request sends to the
// Redis at addr, on average. Each has sent some already, so connections are
// made and scripts known.
func (r Row) commands(addr string) ([]float64, error) {
	const n = 20
	m, err := newMonitor(addr)
	if err != nil {
		return nil, err
	}
	defer m.close()
	counts := make([]float64, len(r.Contenders))
	for i, c := range r.Contenders {
		v, err := r.Visit(c)
		if err != nil {
			return nil, err
		}
		total, err := m.count(func() error { return v.sendAll(n) })
		if err != nil {
			return nil, fmt.Errorf("bench: %s, %s: %w", r.Name, c.Name, err)
		}
		counts[i] = float64(total) / n
	}
	return counts, nil
}
