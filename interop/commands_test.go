package interop

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/redisstore"
)

// monitor counts the commands that clients send to a Redis, not those that
// scripts run.
type monitor struct {
	lines chan string
	conn  net.Conn
	mark  int
}

func watch(t *testing.T, addr string) *monitor {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	m := &monitor{lines: make(chan string, 1000), conn: conn}
	fmt.Fprint(conn, "MONITOR\r\n")
	in := bufio.NewScanner(conn)
	if !in.Scan() || in.Text() != "+OK" {
		t.Fatalf("MONITOR: %q", in.Text())
	}
	go func() {
		for in.Scan() {
			m.lines <- in.Text()
		}
		close(m.lines)
	}()
	return m
}

// since gives the names of the commands since the last call: it sends one of
// its own and reads up to it.
func (m *monitor) since(t *testing.T, addr string) string {
	t.Helper()
	m.mark++
	end := fmt.Sprintf("dewar-mark-%d", m.mark)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "ECHO %s\r\nQUIT\r\n", end)
	_, _ = io.ReadAll(conn)
	var names []string
	for {
		select {
		case line := <-m.lines:
			_, rest, _ := strings.Cut(line, "] ")
			name, _, _ := strings.Cut(strings.Trim(rest, `"`), `"`)
			switch {
			case strings.Contains(line, end):
				return strings.ToLower(strings.Join(names, " "))
			case strings.Contains(line, " lua]"), strings.EqualFold(name, "quit"):
			default:
				names = append(names, name)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("MONITOR fell silent")
		}
	}
}

// What a request costs a Redis, exactly.
func TestCommandsOfARequest(t *testing.T) {
	addr := realserver.Redis(t).Addr
	st, closer, err := redisstore.Open("redis://"+addr, redisstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	now := time.Now()
	clock := func() time.Time { return now }
	native, shared, buried := dewar.Stored(st), flask.Stored(st), flask.Stored(st)
	buried.Backend.(*dewar.InStore).Tombstones = true
	native.Now, shared.Now, buried.Now = clock, clock, clock
	m := watch(t, addr)
	for i, o := range []dewar.Options{native, shared, buried} {
		name := [...]string{"native", "flask", "with tombstones"}[i]
		sessions, err := dewar.New(o)
		if err != nil {
			t.Fatal(err)
		}
		visit := func(cookie string, f func(*dewar.Session)) (string, string) {
			r := httptest.NewRequest("GET", "https://localhost/", nil)
			r.Header.Set("Cookie", cookie)
			w := httptest.NewRecorder()
			sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
			set, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
			return set, m.since(t, addr)
		}
		read := func(s *dewar.Session) { _ = s.Get("a") }
		write := func(s *dewar.Session) { s.Set("b", time.Now().UnixNano()) }
		cookie, _ := visit("", func(s *dewar.Session) { s.Set("a", 1) })
		visit(cookie, write) // the server knows the scripts from here on
		now = now.Add(2 * time.Hour)
		visit(cookie, read)
		renewed, _ := visit("", write)
		renewed, _ = visit(renewed, func(s *dewar.Session) { s.Renew() })
		visit(renewed, read) // the first use of an id that a renewal gave out is written down
		want := map[string][3]string{
			"no cookie":          {"", "", ""},
			"first value":        {"set", "set", "set"},
			"read":               {"get", "get evalsha", "get get evalsha"}, // Flask extends the life at each
			"write":              {"get evalsha", "get evalsha", "get get evalsha"},
			"a day later, read":  {"get evalsha", "get evalsha", "get get evalsha"},
			"and again":          {"get", "get evalsha", "get get evalsha"},
			"sign-out":           {"get evalsha", "get evalsha", "get get evalsha set"},
			"renewed, sign-out":  {"get evalsha", "get evalsha", "get get evalsha set"},
			"with an unknown id": {"get get", "get get", "get get"},
			"an id of no shape":  {"", "", ""},
		}
		check := func(what, got string) {
			t.Helper()
			if got != want[what][i] {
				t.Errorf("%s, %s: got %q, want %q", name, what, got, want[what][i])
			}
		}
		_, got := visit("", read)
		check("no cookie", got)
		_, got = visit("", func(s *dewar.Session) { s.Set("a", 1) })
		check("first value", got)
		_, got = visit(cookie, read)
		check("read", got)
		_, got = visit(cookie, write)
		check("write", got)
		now = now.Add(20 * time.Hour)
		_, got = visit(cookie, read)
		check("a day later, read", got)
		_, got = visit(cookie, read)
		check("and again", got)
		_, got = visit(cookie, func(s *dewar.Session) { s.Destroy() })
		check("sign-out", got)
		_, got = visit(renewed, func(s *dewar.Session) { s.Destroy() })
		check("renewed, sign-out", got)
		_, got = visit(cookie, read)
		check("with an unknown id", got)
		_, got = visit("__Host-session=../x; session=../x", read)
		check("an id of no shape", got)
	}
}
