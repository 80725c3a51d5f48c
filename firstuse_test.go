package dewar_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// That the present id was used is written down also where a writer that the previous
// one led there comes in between: an hour later the previous one is a replay.
func TestFirstUseBesideALedWriter(t *testing.T) {
	c := newClock()
	st := &between{Store: memstore.New(memstore.Options{Now: c.now})}
	m := on(t, st, c)
	old := signedIn(t, m, map[string]any{"a": 1})
	next := cookieOf(visit(m, old, renews))
	st.update = func() { visit(m, old, func(s *dewar.Session) { s.Set("b", 1) }) }
	visit(m, next, func(s *dewar.Session) {
		if s.Len() != 2 {
			t.Errorf("the first with the present id finds %d values of 2", s.Len())
		}
	})
	c.at = c.at.Add(time.Hour)
	visit(m, old, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("the previous id is let in, though the present one was used")
		}
	})
}

// The first use of an id takes nothing off a life that another program has given.
func TestFirstUseShortensNoLife(t *testing.T) {
	c := newClock()
	st := memstore.New(memstore.Options{Now: c.now})
	with := func(idle time.Duration) *dewar.Manager {
		return managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, idle })
	}
	hour, day := with(time.Hour), with(24*time.Hour)
	old := signedIn(t, hour, map[string]any{"a": 1})
	next := cookieOf(visit(hour, old, renews))
	visit(day, old, reads) // led there, and extended
	visit(day.With(dewar.Route{NoKeepAlive: true}), next, reads)
	c.at = c.at.Add(23 * time.Hour)
	visit(day, next, func(s *dewar.Session) {
		if s.IsNew() {
			t.Error("a reader made its life shorter")
		}
	})
}

// unextendable is a store whose clients die before they have extended a life.
type unextendable struct{ dewar.Store }

func (unextendable) Touch(context.Context, string, time.Duration) error { return errDead }

// A renewer, or mover, that dies before its last step, and all the visitor does from
// then on is what extends no life: with either id the session goes on, for its life.
func TestDeadBeforeTheLastStep(t *testing.T) {
	for _, what := range []string{"sign-in", "renewal", "move"} {
		for _, then := range []string{"reads", "fixed", "polls", "5xx"} {
			for _, id := range []string{"either", "the previous"} {
				c := newClock()
				from, to := memstore.New(memstore.Options{Now: c.now}), memstore.New(memstore.Options{Now: c.now})
				manages := func(st dewar.Store, move bool) *dewar.Manager {
					var b dewar.Backend = &dewar.InStore{Store: st}
					if move {
						b = dewar.Fallback{New: b, Old: &dewar.InStore{Store: from}}
					}
					return managing(t, b, func(o *dewar.Options) { o.Now, o.Life.Fixed, o.Life.Idle = c.now, then == "fixed", time.Hour })
				}
				m, first := manages(to, what == "move"), manages(to, false)
				if what == "move" {
					first = manages(from, false)
				}
				cookie := signedIn(t, first, map[string]any{"a": 1})
				visit(manages(unextendable{to}, what == "move"), cookie, func(s *dewar.Session) {
					switch what {
					case "sign-in":
						s.Login("7")
					case "renewal":
						s.Renew()
					case "move":
						s.Set("b", 1)
					}
				})
				h := m.With(dewar.Route{NoKeepAlive: then == "polls"}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if dewar.From(r.Context()).IsNew() {
						t.Errorf("%s, %s, %s id: gone at %v", what, then, id, c.at)
					}
					if then == "5xx" {
						w.WriteHeader(500)
					}
				}))
				do(h, cookie)
				c.at = c.at.Add(5 * time.Second)
				next := cookieOf(do(h, cookie))
				if id == "either" && next != "" {
					cookie = next
				}
				do(h, cookie)
				if cookie == next || what == "move" { // a previous id leads for the grace period, a move's for as long as the session lives
					c.at = c.at.Add(50 * time.Minute)
					do(h, cookie)
				}
			}
		}
	}
}

// A session whose life is nearly over isn't taken for one whose renewer died: no
// route that keeps nothing alive extends it, nor asks for that.
func TestOnlyARenewalIsFinished(t *testing.T) {
	c := newClock()
	st := memstore.New(memstore.Options{Now: c.now})
	asked := &between{Store: st}
	m := managing(t, &dewar.InStore{Store: asked}, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, time.Hour })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	cookie = cookieOf(visit(m, cookie, renews))
	polls := m.With(dewar.Route{NoKeepAlive: true})
	visit(m, cookie, reads) // the first use
	for range 3 {
		c.at = c.at.Add(50 * time.Minute)
		visit(m, cookie, reads)
	}
	c.at = c.at.Add(time.Hour - 30*time.Second)
	asked.touch = func() { t.Error("a poll asks for a life") }
	for _, gone := range []bool{false, false, true} {
		visit(polls, cookie, func(s *dewar.Session) {
			if s.IsNew() != gone {
				t.Errorf("gone: %v, want %v", s.IsNew(), gone)
			}
		})
		c.at = c.at.Add(16 * time.Second)
	}
	if n := sessions(st); n != 0 {
		t.Errorf("%d sessions", n)
	}
}
