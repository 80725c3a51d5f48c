package dewar_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/dewar-go/dewar"
)

// In an outage too the inner route's policy counts, though the outer one has opened an
// empty session already: Fail is an error, Anonymous that session, and what one of them
// answered binds no other.
func TestInnerRouteInAnOutage(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Backend = down{} })
	anonymous := m.With(dewar.Route{Outage: dewar.Anonymous})
	look := view(func(s *dewar.Session) { s.Get("a") })
	open := func(wants error) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			for range 2 {
				if s, err := dewar.Open(r.Context()); !errors.Is(err, wants) || (s == nil) != (err != nil) {
					t.Errorf("Open: %v, want %v", err, wants)
				}
			}
		})
	}
	for name, row := range map[string]struct {
		h      http.Handler
		cookie string
		want   int
	}{
		"Fail":                           {m.Wrap(look), "__Host-session=x", 503},
		"Fail, within another Anonymous": {anonymous.Wrap(m.Wrap(look)), "__Host-session=x", 503},
		"Fail, without a cookie":         {m.Wrap(look), "", 200},
		"Fail, and Lazy":                 {m.With(dewar.Route{Lazy: true}).Wrap(open(errDown)), "__Host-session=x", 200},
		"Anonymous":                      {anonymous.Wrap(look), "__Host-session=x", 200},
		"Anonymous, and Lazy":            {m.With(dewar.Route{Lazy: true, Outage: dewar.Anonymous}).Wrap(open(nil)), "__Host-session=x", 200},
		"Anonymous, after one that failed": {http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			m.With(dewar.Route{Lazy: true}).Wrap(open(errDown)).ServeHTTP(w, r)
			anonymous.Wrap(look).ServeHTTP(w, r)
		}), "__Host-session=x", 200},
	} {
		if res := do(anonymous.Wrap(row.h), row.cookie); res.StatusCode != row.want || cookieOf(res) != "" {
			t.Errorf("%s: %d %v", name, res.StatusCode, res.Header)
		}
	}
}
