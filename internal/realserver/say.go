//go:build unix

package realserver

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// say sends a line to a Redis and gives its answer, of one line or one bulk of
// text; what begins with - is the server's error.
func say(network, addr, line string) (string, error) {
	conn, err := net.DialTimeout(network, addr, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := io.WriteString(conn, line+"\r\n"); err != nil {
		return "", err
	}
	in := bufio.NewReader(conn)
	answer, err := in.ReadString('\n')
	if err != nil || !strings.HasPrefix(answer, "$") {
		return strings.TrimSpace(answer), err
	}
	size, err := strconv.Atoi(strings.TrimSpace(answer[1:]))
	if err != nil || size < 0 {
		return "", err
	}
	text := make([]byte, size)
	_, err = io.ReadFull(in, text)
	return string(text), err
}

// say asks the server by its socket, or by its address where it has none. No
// answer is "".
func (s *Server) say(line string) string {
	network, addr := "unix", s.Socket
	if addr == "" {
		network, addr = "tcp", s.Addr
	}
	answer, err := say(network, addr, line)
	if err != nil {
		return ""
	}
	return answer
}

// pong reports whether a Redis answers PING, be it by asking for a password.
func (s *Server) pong() bool {
	answer := s.say("PING")
	return strings.HasPrefix(answer, "+PONG") || strings.HasPrefix(answer, "-NOAUTH")
}
