package dewar_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

var secret = []byte("a key of more than sixteen bytes")

// ring is a Ring of one key, or of these.
func ring(t testing.TB, current []byte, old ...[]byte) *dewar.Ring {
	t.Helper()
	r, err := dewar.NewRing(dewar.Keys{Current: current, Old: old})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// manager makes one of dewar.Cookies with changes.
func manager(t testing.TB, change func(*dewar.Options)) *dewar.Manager {
	t.Helper()
	o := dewar.Cookies(ring(t, secret))
	o.Observer = quiet
	if change != nil {
		change(&o)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// do runs one request through a handler.
func do(h http.Handler, cookies ...string) *http.Response {
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	for _, c := range cookies {
		r.Header.Add("Cookie", c)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// view makes a handler of what is done to the session.
func view(f func(s *dewar.Session)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })
}

// cookieOf gives the "name=value" that a response set, or "".
func cookieOf(r *http.Response) string {
	line, _, _ := strings.Cut(r.Header.Get("Set-Cookie"), ";")
	return line
}

// signedIn gives the cookie of a session that holds vals.
func signedIn(t testing.TB, m *dewar.Manager, vals map[string]any) string {
	t.Helper()
	c := cookieOf(do(m.Wrap(view(func(s *dewar.Session) {
		for k, v := range vals {
			s.Set(k, v)
		}
	}))))
	if c == "" {
		t.Fatal("no cookie")
	}
	return c
}

// quiet is the observer of those who want none.
var quiet = dewar.SlogObserver(slog.New(slog.DiscardHandler))

// recorder keeps the events it is told: those of trouble, or everything.
type recorder struct {
	mu         sync.Mutex
	events     []dewar.Event
	everything bool
}

func (r *recorder) Observe(_ context.Context, e dewar.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e.Kind {
	case dewar.Loaded, dewar.Created, dewar.Saved, dewar.Extended, dewar.Renewed, dewar.Ended, dewar.Expired:
		if !r.everything {
			return
		}
	}
	r.events = append(r.events, e)
}

func (r *recorder) kinds() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, e := range r.events {
		if words := e.Kind.Reasons(); e.Kind != dewar.Warned && !slices.Contains(words, e.Reason) && len(words)+len(e.Reason) > 0 {
			b.WriteString("NO REASON ")
		}
		b.WriteString(e.Kind.String() + ":" + e.Reason + " ")
	}
	return strings.TrimSpace(b.String())
}

// clock stands still until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Unix(1700000000, 0)} }

func reads(s *dewar.Session) { _ = s.Get("a") }

// valueOf is the value of a cookie.
func valueOf(cookie string) string {
	_, value, _ := strings.Cut(cookie, "=")
	return value
}
