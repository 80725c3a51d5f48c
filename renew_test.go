package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/store/memstore"
)

// 100 at once: one wins, every loser's request succeeds, and all that they
// wrote is there.
func TestParallelRenewals(t *testing.T) {
	m, _ := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	ids := map[string]bool{}
	for _, res := range parallel(m, cookie, 100, func(i int, s *dewar.Session) { s.Set(fmt.Sprint("k", i), i); s.Renew() }) {
		if res.StatusCode != 200 {
			t.Errorf("status %d", res.StatusCode)
		}
		if c := cookieOf(res); c != "" && c != cookie {
			ids[c] = true
		}
	}
	if len(ids) != 1 {
		t.Fatalf("%d new ids", len(ids))
	}
	for next := range ids {
		visit(m, next, func(s *dewar.Session) {
			if s.Len() != 101 {
				t.Errorf("%d keys of 101", s.Len())
			}
		})
		// In grace the previous id leads there, and is told so each time.
		for range 2 {
			if got := cookieOf(visit(m, cookie, func(s *dewar.Session) {
				if s.Len() != 101 {
					t.Errorf("the previous id leads to %d keys", s.Len())
				}
			})); got != next {
				t.Error("the successor's cookie wasn't sent again")
			}
		}
	}
}

// Renewing and counting at once loses no count, wherever each lands.
func TestRenewLosesNoUpdate(t *testing.T) {
	for round := range 50 {
		m, _ := stored(t, nil)
		cookie := signedIn(t, m, map[string]any{"n": 0})
		var next atomic.Value
		next.Store(cookie)
		for _, res := range parallel(m, cookie, 20, func(i int, s *dewar.Session) {
			if i%4 == 0 {
				s.Renew()
			}
			dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 })
		}) {
			if c := cookieOf(res); c != "" && c != cookie {
				next.Store(c)
			}
		}
		visit(m, next.Load().(string), func(s *dewar.Session) {
			if s.Get("n") != int64(20) {
				t.Errorf("round %d: n = %v", round, s.Get("n"))
			}
		})
	}
}

// A request that comes with the previous id, renews too and meets a conflict
// doesn't renew a second time; and two renewals in a row are followed through.
func TestNoThirdID(t *testing.T) {
	m, _ := stored(t, nil)
	old := signedIn(t, m, map[string]any{"a": 1})
	next := cookieOf(visit(m, old, func(s *dewar.Session) { s.Renew() }))
	got := cookieOf(visit(m, old, func(s *dewar.Session) {
		s.Set("b", 2)
		s.Renew()
		visit(m, next, func(s *dewar.Session) { s.Set("c", 3) }) // the conflict
	}))
	if got != next {
		t.Error("renewed a second time")
	}
	third := cookieOf(visit(m, next, func(s *dewar.Session) { s.Renew() }))
	for _, cookie := range []string{old, next, third} {
		visit(m, cookie, func(s *dewar.Session) {
			if s.Len() != 3 {
				t.Errorf("%d values", s.Len())
			}
		})
	}
	visit(m, old, func(s *dewar.Session) { s.Destroy() })
	for _, cookie := range []string{old, next, third} {
		visit(m, cookie, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Error("lives on")
			}
		})
	}
}

// A request that was under way when its session was renewed finds it however
// long it takes; one that comes after the grace period doesn't.
func TestSlowerThanTheGracePeriod(t *testing.T) {
	for _, layout := range []dewar.Layout{dewar.NativeLayout, dewar.FlaskLayout} {
		c := newClock()
		m, _ := stored(t, func(o *dewar.Options) {
			o.Now = c.now
			o.Backend = &dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now}), Layout: layout, Codec: msgpack.Codec{}}
		})
		old := signedIn(t, m, map[string]any{"a": 1})
		var next string
		renewMeanwhile := func(cookie string) {
			next = cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Renew() }))
			c.at = c.at.Add(40 * time.Minute)
		}
		if got := cookieOf(visit(m, old, func(s *dewar.Session) { s.Set("b", 2); renewMeanwhile(old) })); got != next {
			t.Errorf("layout %v: a slow writer's cookie isn't the present one", layout)
		}
		visit(m, next, func(s *dewar.Session) {
			if s.Len() != 2 {
				t.Errorf("layout %v: a slow write was lost", layout)
			}
		})
		if layout == dewar.FlaskLayout { // for the native one see TestReplay
			visit(m, old, func(s *dewar.Session) {
				if !s.IsNew() {
					t.Error("the previous id works after the grace period")
				}
			})
		}
		old = next
		visit(m, old, func(s *dewar.Session) { s.Destroy(); renewMeanwhile(old) })
		visit(m, next, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("layout %v: a slow sign-out missed the new id", layout)
			}
		})
	}
}

// After the grace period a previous id works once, if nobody has used the present
// one: its cookie was lost on the way.
func TestLostResponse(t *testing.T) {
	c := newClock()
	m, _ := stored(t, func(o *dewar.Options) { o.Now = c.now })
	old := signedIn(t, m, map[string]any{"a": 1})
	next := cookieOf(visit(m, old, func(s *dewar.Session) { s.Renew() }))
	c.at = c.at.Add(time.Hour)
	led := visit(m, old, func(s *dewar.Session) {
		if s.IsNew() {
			t.Error("the visitor whose cookie was lost is logged out")
		}
		s.Set("b", 2)
	})
	if got := cookieOf(led); got != next {
		t.Errorf("the cookie is %q again, want the one that was lost", got)
	}
	visit(m, old, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("it works twice")
		}
	})
	visit(m, next, func(s *dewar.Session) {
		if s.Len() != 2 {
			t.Errorf("%d values", s.Len())
		}
	})
}

// What extends no life doesn't with a previous id either, which is told the present
// one all the same.
func TestPreviousIDExtendsNothing(t *testing.T) {
	for _, signed := range []bool{false, true} {
		for what, ask := range map[string]func(m *dewar.Manager, cookie string) *http.Response{
			"a route that doesn't keep alive": func(m *dewar.Manager, cookie string) *http.Response {
				return visit(m.With(dewar.Route{NoKeepAlive: true}), cookie, func(s *dewar.Session) { _ = s.Get("a") })
			},
			"a 5xx": func(m *dewar.Manager, cookie string) *http.Response {
				return do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })), cookie)
			},
		} {
			c := newClock()
			m, _ := stored(t, func(o *dewar.Options) {
				o.Now, o.Life.Grace = c.now, 20*time.Hour
				if signed {
					o.Backend = dewar.SignedID{Backend: o.Backend, Keys: ring(t, secret)}
				}
			})
			previous := signedIn(t, m, map[string]any{"a": 1})
			present := cookieOf(visit(m, previous, func(s *dewar.Session) { s.Renew() }))
			visit(m, present, func(s *dewar.Session) { _ = s.Get("a") })
			c.at = c.at.Add(15 * time.Hour)
			if got := cookieOf(ask(m, previous)); got != present {
				t.Errorf("%s: the present cookie wasn't sent", what)
			}
			c.at = c.at.Add(10 * time.Hour)
			visit(m, present, func(s *dewar.Session) {
				if !s.IsNew() {
					t.Errorf("%s extended the life", what)
				}
			})
		}
	}
}

// A previous id that comes after the grace period though the present one is in
// use is in a thief's hand, or the present one is: the session ends for both, and
// an event says so.
func TestReplay(t *testing.T) {
	for name, use := range map[string]func(m *dewar.Manager, present string) string{
		"read": func(m *dewar.Manager, c string) string {
			visit(m, c, func(s *dewar.Session) { _ = s.Get("a") })
			return c
		},
		"written": func(m *dewar.Manager, c string) string {
			visit(m, c, func(s *dewar.Session) { s.Set("b", 2) })
			return c
		},
		"renewed": func(m *dewar.Manager, c string) string {
			return cookieOf(visit(m, c, func(s *dewar.Session) { s.Renew() }))
		},
	} {
		var seen recorder
		c := newClock()
		m, st := stored(t, func(o *dewar.Options) { o.Now, o.Observer = c.now, dewar.Patient(&seen) })
		old := signedIn(t, m, map[string]any{"a": 1})
		next := use(m, cookieOf(visit(m, old, func(s *dewar.Session) { s.Renew() })))
		visit(m, old, func(s *dewar.Session) {
			if s.IsNew() {
				t.Errorf("%s: the grace period is none", name)
			}
		})
		c.at = c.at.Add(11 * time.Second)
		for _, cookie := range []string{old, next, old} {
			if res := visit(m, cookie, func(s *dewar.Session) {
				if !s.IsNew() {
					t.Errorf("%s: the session lives on", name)
				}
			}); res.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s: %v", name, res.Header)
			}
		}
		if got := seen.kinds(); got != "replayed: refused:replay refused:unknown refused:unknown" || sessions(st) != 0 {
			t.Errorf("%s: events %q, %d sessions", name, got, sessions(st))
		}
		handle := seen.events[0].Handle()
		if len(handle) != 16 || strings.Contains(fmt.Sprintf("%v %+v %#v", seen.events, seen.events, seen.events), next[len(next)-20:]) {
			t.Errorf("%s: handle %q, or an event prints an id", name, handle)
		}
	}
}

// A renewal that meets a conflict is done again, under the id that was claimed;
// and if Flask, which knows nothing of links, ends the session in between, it
// stays ended.
func TestRenewalInTwoTries(t *testing.T) {
	for n := range 4 {
		ended, moving := n&1 > 0, n&2 > 0
		home, to := memstore.New(memstore.Options{}), memstore.New(memstore.Options{})
		st := &between{Store: home}
		old := &dewar.InStore{Store: st, Layout: dewar.FlaskLayout}
		m, _ := stored(t, func(o *dewar.Options) { o.Backend = old })
		cookie := signedIn(t, m, map[string]any{"a": 1})
		st.removal = func() {
			visit(m, cookie, func(s *dewar.Session) { s.Set("b", 2) })
			st.load = func() {
				if _, id, _ := strings.Cut(cookie, "="); ended {
					_ = home.Delete(t.Context(), id)
				}
			}
		}
		with := m
		if moving {
			with, _ = stored(t, func(o *dewar.Options) {
				o.Backend = dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}
			})
		}
		next := cookieOf(visit(with, cookie, func(s *dewar.Session) { s.Renew() }))
		if !ended && (next == "" || next == cookie) {
			t.Error("not renewed")
		}
		if n := sessions(home) + sessions(to); n != map[bool]int{false: 1, true: 0}[ended] {
			t.Errorf("ended %v, moving %v: %d sessions are left", ended, moving, n)
		}
	}
}

// A renewer that died after it had claimed keeps the next one away for the
// grace period only.
func TestClaimOfTheDead(t *testing.T) {
	c := newClock()
	st := &dying{Store: memstore.New(memstore.Options{Now: c.now})}
	m, _ := stored(t, func(o *dewar.Options) { o.Now, o.Backend = c.now, &dewar.InStore{Store: st} })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	st.dead = true
	visit(m, cookie, func(s *dewar.Session) { s.Renew() })
	st.dead = false
	renew := func(s *dewar.Session) { s.Renew() }
	if res := visit(m, cookie, renew); cookieOf(res) != "" || res.StatusCode != 200 {
		t.Errorf("while another may be at it: status %d, a cookie: %v", res.StatusCode, cookieOf(res) != "")
	}
	c.at = c.at.Add(11 * time.Second)
	next := ""
	got := cookieOf(visit(m, cookie, func(s *dewar.Session) {
		s.Set("slow", 1)
		s.Renew()
		next = cookieOf(visit(m, cookie, renew))
		c.at = c.at.Add(11 * time.Second)
	}))
	if next == cookie || next == "" {
		t.Error("not renewed")
	}
	// What was renewed isn't claimed again by who still holds its old record.
	if got != next {
		t.Error("a slow renewer was led elsewhere")
	}
	visit(m, next, func(s *dewar.Session) {
		if s.Len() != 2 {
			t.Errorf("%d values", s.Len())
		}
	})
}

var errDead = errors.New("dead")

// dying is a store whose clients die once they have claimed.
type dying struct {
	dewar.Store
	dead bool
}

func (d *dying) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if d.dead && !strings.Contains(key, "link") {
		return dewar.Item{}, errDead
	}
	return d.Store.Create(ctx, key, data, life)
}

func (d *dying) Remove(ctx context.Context, key string, old dewar.Item) error {
	if d.dead {
		return errDead
	}
	return d.Store.Remove(ctx, key, old)
}
