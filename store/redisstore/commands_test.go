package redisstore_test

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
)

// A monitor sees every command that clients send to a server.
type monitor struct {
	t     *testing.T
	conn  net.Conn
	lines *bufio.Reader
}

func watch(t *testing.T, server *realserver.Server) *monitor {
	t.Helper()
	conn, err := net.Dial("unix", server.Socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	m := &monitor{t, conn, bufio.NewReader(conn)}
	if _, err := conn.Write([]byte("MONITOR\r\n")); err != nil {
		t.Fatal(err)
	}
	m.line() // +OK
	return m
}

func (m *monitor) line() string {
	m.t.Helper()
	line, err := m.lines.ReadString('\n')
	if err != nil {
		m.t.Fatal(err)
	}
	return line
}

// until gives the names of the commands that clients sent before one that
// holds mark. What scripts do inside the server and the client's keep-alive
// are left out.
func (m *monitor) until(mark string) (names []string) {
	m.t.Helper()
	for {
		line := m.line()
		if strings.Contains(line, mark) {
			return names
		}
		_, command, _ := strings.Cut(line, "] ")
		name := strings.ToUpper(strings.Trim(strings.Fields(command)[0], `"`))
		if !strings.Contains(line, " lua] ") && name != "PING" {
			names = append(names, name)
		}
	}
}

// Each verb is one command, and a script's text is sent once.
func TestCommands(t *testing.T) {
	server := realserver.Redis(t)
	st, client := open(t, "redis://"+server.Addr, redisstore.Options{}), raw(t, server)
	m := watch(t, server)
	want := map[string]string{
		"Load": "GET", "Create": "SET", "Delete": "DEL",
		"Update": "EVALSHA", "Touch": "EVALSHA", "Remove": "EVALSHA",
	}
	for _, v := range verbs() {
		for _, first := range []bool{true, false} {
			for _, there := range []bool{true, false} {
				do(t, client, "DEL", key)
				if there {
					do(t, client, "SET", key, secret)
				}
				do(t, client, "ECHO", "before "+v.Name)
				m.until("before " + v.Name)
				if err := v.Call(t.Context(), st); !verb.Answered(err) {
					t.Fatal(v.Name, err)
				}
				do(t, client, "ECHO", "after "+v.Name)
				got, want := strings.Join(m.until("after "+v.Name), " "), want[v.Name]
				if first && there && want == "EVALSHA" {
					want = "EVALSHA EVAL"
				}
				if got != want {
					t.Errorf("%s sends %s, want %s", v.Name, got, want)
				}
			}
		}
	}
}

// A server that forgets its scripts is told them again.
func TestScriptFlush(t *testing.T) {
	server := realserver.Redis(t)
	st, client := open(t, "redis://"+server.Addr, redisstore.Options{}), raw(t, server)
	for range 2 {
		for _, v := range verbs() {
			do(t, client, "SET", key, secret)
			do(t, client, "SCRIPT", "FLUSH")
			if err := v.Call(t.Context(), st); !verb.Answered(err) {
				t.Errorf("%s: %v", v.Name, err)
			}
		}
	}
}
