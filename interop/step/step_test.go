package step_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/dewar-go/dewar/interop/step"
)

// message is one of PostgreSQL's.
func message(kind string, texts ...string) string {
	body := strings.Join(texts, "\x00")
	return kind + string(binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))) + body
}

// What a client sends falls into its commands, however it was cut into packets.
func TestCommands(t *testing.T) {
	const get, ping = "*2\r\n$3\r\nget\r\n$5\r\na\r\n*1\r\n", "*1\r\n$4\r\nPING\r\n"
	for name, row := range map[string]struct {
		protocol step.Protocol
		sent     []string
		want     string
	}{
		"redis": {step.Redis, []string{
			get, "*3\r\n$7\r\nEVALSHA\r\n$10\r\n0123456789\r\n$1\r\n1\r\n", ping, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n",
		}, "GET, EVALSHA 0123456, PING free, SET"},
		"memcached": {step.Memcached, []string{
			"mg k v c f t\r\n", "cas k 0 60 10 7\r\nmd k\r\nab\r\n\r\n", "ms k 2\r\nab\r\n", "add k 0 60 0\r\n\r\n", "touch k 60\r\n",
		}, "MG, CAS, MS, ADD, TOUCH"},
		"postgres": {step.PostgreSQL, []string{
			message("", "\x04\xd2\x16\x2f"), // it asks for TLS
			message("", "\x00\x03\x00\x00user", "postgres", ""),
			message("P", "s1", "\n\tselect 1", "") + message("D", "Ss1", "") + message("S"),
			message("B", "", "s1", "") + message("E", "", "") + message("S"),
			message("P", "", "DELETE FROM t", "") + message("B", "", "", "") + message("E", "", "") + message("S"),
			message("Q", "begin", ""), message("Q", "-- ping", ""), message("X"),
		}, "STARTUP, STARTUP, PREPARE, SELECT, DELETE, BEGIN, -- free, TERMINATE free"},
	} {
		all := strings.Join(row.sent, "")
		for cut, in := range map[string]io.Reader{"in one": strings.NewReader(all), "byte by byte": iotest.OneByteReader(strings.NewReader(all))} {
			next, r := row.protocol(), bufio.NewReader(in)
			var names []string
			for _, sent := range row.sent {
				c, err := next(r)
				if err != nil || string(c.Bytes) != sent {
					t.Fatalf("%s, %s: %q %v, want %q", name, cut, c.Bytes, err, sent)
				}
				names = append(names, strings.TrimSpace(c.Name+map[bool]string{true: " free"}[c.Free]))
			}
			if got := strings.Join(names, ", "); got != row.want {
				t.Errorf("%s, %s: %s, want %s", name, cut, got, row.want)
			}
			if c, err := next(r); err == nil {
				t.Errorf("%s, %s: then %q", name, cut, c.Bytes)
			}
		}
		next, r := row.protocol(), bufio.NewReader(strings.NewReader("\r\n\xff\xff\xff\xff\xff\xff\xff"))
		if c, err := next(r); err == nil {
			t.Errorf("%s: took %q for a command", name, c.Bytes)
		}
	}
}

// A command is held until it may go, each of a packet by itself, and none before
// it is complete; a free one isn't.
func TestHold(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	arrived := make(chan string, 10)
	go func() {
		conn, err := server.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for in := bufio.NewScanner(conn); in.Scan(); fmt.Fprint(conn, "+\r\n") {
			if line := in.Text(); !strings.ContainsAny(line, "*$") {
				arrived <- line
			}
		}
	}()
	p, err := step.New(server.Addr().String(), step.Redis)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	client, err := net.Dial("tcp", p.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	say := func(text string) { fmt.Fprint(client, text) }
	quiet := func(when string) {
		t.Helper()
		select {
		case line := <-arrived:
			t.Errorf("%s %q arrived", when, line)
		default:
		}
	}
	say("*1\r\n$1\r\na\r\n")
	if got := <-arrived; got != "a" {
		t.Errorf("%q, want a", got)
	}
	p.Hold(true)
	say("*1\r\n$4\r\nPING\r\n")
	if got := <-arrived; got != "PING" {
		t.Errorf("%q, want PING", got)
	}
	say("*1\r\n$1\r\nb\r\n*1\r\n$1\r\nc\r\n*1\r\n$1")
	for _, want := range []string{"B", "C"} {
		if c := <-p.Waiting; c.Name != want {
			t.Errorf("%s waits, want %s", c.Name, want)
		}
		quiet("before it might go")
		p.Go()
		if got := <-arrived; got != strings.ToLower(want) {
			t.Errorf("%q, want %s", got, want)
		}
	}
	select {
	case c := <-p.Waiting:
		t.Errorf("half a command waits: %q", c.Bytes)
	default:
	}
	say("\r\nd\r\n")
	if c := <-p.Waiting; c.Name != "D" {
		t.Errorf("%s waits, want D", c.Name)
	}
}
