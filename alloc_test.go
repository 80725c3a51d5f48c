//go:build !race

package dewar_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
)

// Allocations of one request, exact: the race detector counts its own, so
// these run without it.
func TestAllocations(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Observer = nil })
	cookie := signedIn(t, m, map[string]any{"user_id": 4242, "name": "alice", "role": "admin"})
	const user, n = dewar.Key[int]("user_id"), dewar.Key[int]("n")
	ok := []byte("ok")
	idle := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(ok) })
	read := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user.Get(dewar.From(r.Context()))
		w.Write(ok)
	})
	count := 0
	write := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count++
		n.Set(dewar.From(r.Context()), count)
		w.Write(ok)
	})
	lazy := m.With(dewar.Route{Lazy: true})
	for _, row := range []struct {
		name   string
		h      http.Handler
		cookie string
		most   float64
	}{
		{"no middleware", idle, cookie, 0},
		{"no cookie", m.Wrap(idle), "", 2},
		{"lazy, never asked", lazy.Wrap(idle), cookie, 2},
		{"idle", m.Wrap(idle), cookie, 5},
		{"read", m.Wrap(read), cookie, 6},
		{"write", m.Wrap(write), cookie, 10},
	} {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		if row.cookie != "" {
			r.Header.Set("Cookie", row.cookie)
		}
		w := &nowhere{http.Header{}}
		got := testing.AllocsPerRun(200, func() {
			clear(w.h)
			row.h.ServeHTTP(w, r)
		})
		t.Logf("%s: %v", row.name, got)
		if got > row.most {
			t.Errorf("%s: %v allocations, at most %v", row.name, got, row.most)
		}
	}
}

// What Wrap makes for a request stays among the objects that the garbage collector
// finds pointers in without a header of their own, of 512 bytes at the most: what
// is larger takes the allocator's slower way.
func TestAllocationOfARequestIsSmall(t *testing.T) {
	if dewar.RequestSize > 512 {
		t.Errorf("a request is %d bytes", dewar.RequestSize)
	}
}

// Observers who want nothing cost nothing.
func TestObserversAllocateNothing(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Observers{quiet, quiet} })
	cost := func(m *dewar.Manager) float64 {
		return testing.AllocsPerRun(100, func() { visit(m, "", func(s *dewar.Session) { s.Set("a", 1) }) })
	}
	if none, all := cost(manager(t, nil)), cost(m); all > none {
		t.Errorf("%v allocations, without them %v", all, none)
	}
}
