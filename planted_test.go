package dewar_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// After the grace period of a sign-in a planted id is worth nothing, also where the visitor has done nothing since.
func TestPlantedIDOfAnIdleVisitor(t *testing.T) {
	c := newClock()
	m := managing(t, &dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now})}, func(o *dewar.Options) { o.Now = c.now })
	planted := signedIn(t, m, map[string]any{"cart": 1})
	visit(m, planted, func(s *dewar.Session) { s.Login("victim") })
	c.at = c.at.Add(5 * time.Minute)
	visit(m, planted, func(s *dewar.Session) {
		if s.User() != "" {
			t.Errorf("the planted id is %q", s.User())
		}
	})
}

func moveHouse(c *clock) (from, to *memstore.Store, old, fresh *dewar.InStore) {
	from, to = memstore.New(memstore.Options{Now: c.now}), memstore.New(memstore.Options{Now: c.now})
	return from, to, &dewar.InStore{Store: from}, &dewar.InStore{Store: to}
}

// A planted id is worth nothing once the visitor has signed in, also where the sign-in moves the session.
func TestPlantedIDAfterASignInThatMoves(t *testing.T) {
	for _, moving := range []bool{false, true} {
		c := newClock()
		_, _, old, fresh := moveHouse(c)
		at := func(o *dewar.Options) { o.Now = c.now }
		before := managing(t, old, at)
		after := before
		if moving {
			after = managing(t, dewar.Fallback{New: fresh, Old: old}, at)
		}
		planted := signedIn(t, before, map[string]any{"cart": 1})
		next := cookieOf(visit(after, planted, func(s *dewar.Session) { s.Login("victim") }))
		visit(after, next, func(s *dewar.Session) {})
		c.at = c.at.Add(12 * time.Hour)
		visit(after, planted, func(s *dewar.Session) {
			if s.User() != "" {
				t.Errorf("moving %v: 12 hours later the planted id is %q", moving, s.User())
			}
		})
	}
}

// Who signs in while another moves the session isn't signed in under the id that both know.
func TestLoginBesideAMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock()
		from, to := memstore.New(memstore.Options{Now: c.now}), memstore.New(memstore.Options{Now: c.now})
		old := &dewar.InStore{Store: &between{Store: from}}
		fresh := &dewar.InStore{Store: to}
		at := func(o *dewar.Options) { o.Now = c.now }
		before := managing(t, old, at)
		after := managing(t, dewar.Fallback{New: fresh, Old: old}, at)
		planted := signedIn(t, before, map[string]any{"cart": 1})
		var victim *http.Response
		old.Store.(*between).removal = func() {
			victim = visit(after, planted, func(s *dewar.Session) { s.Login("victim") })
		}
		attacker := cookieOf(visit(after, planted, func(s *dewar.Session) { s.Set("b", 1) }))
		if victim.StatusCode == 200 && cookieOf(victim) == planted {
			t.Error("signed in under the planted id")
		}
		visit(after, attacker, func(s *dewar.Session) {
			if s.User() != "" {
				t.Errorf("the other request's cookie is %q's session", s.User())
			}
		})
	})
}

// An id that leads nowhere any more doesn't lead to the session once it has moved.
func TestSpentIDAfterAMove(t *testing.T) {
	for _, layout := range []dewar.Layout{dewar.NativeLayout, dewar.FlaskLayout} {
		for _, move := range []bool{false, true} {
			c := newClock()
			_, _, old, fresh := moveHouse(c)
			old.Layout = layout
			at := func(o *dewar.Options) { o.Now = c.now }
			before, after := managing(t, old, at), managing(t, dewar.Fallback{New: fresh, Old: old}, at)
			first := signedIn(t, before, map[string]any{"user": 1})
			second := cookieOf(visit(before, first, func(s *dewar.Session) { s.Renew() }))
			visit(before, second, func(s *dewar.Session) {})
			c.at = c.at.Add(30 * time.Minute) // long after the grace period
			if move {
				visit(after, second, func(s *dewar.Session) { s.Set("a", 1) })
			}
			visit(after, first, func(s *dewar.Session) {
				if !s.IsNew() {
					t.Errorf("layout %v, moved %v: the first id leads to the session", layout, move)
				}
			})
		}
	}
}

// Fallback: a sign-out through the previous id of a session that Old renewed and New has.
func TestSignOutAcrossAMove(t *testing.T) {
	c := newClock()
	from, to, old, fresh := moveHouse(c)
	at := func(o *dewar.Options) { o.Now = c.now }
	before, after := managing(t, old, at), managing(t, dewar.Fallback{New: fresh, Old: old}, at)
	first := signedIn(t, before, map[string]any{"a": 1})
	_, value, _ := strings.Cut(first, "=")
	// loaded by the new fleet before anything else happens
	out, _ := after.Load(t.Context(), value)
	out.Destroy()
	second := cookieOf(visit(before, first, renews))
	third := cookieOf(visit(after, second, func(s *dewar.Session) { s.Set("b", 1) }))
	fourth := cookieOf(visit(after, third, renews))
	if _, err := after.Commit(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	for _, ck := range []string{first, second, third, fourth} {
		visit(after, ck, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Error("lives on")
			}
		})
	}
	if sessions(from)+sessions(to) != 0 {
		t.Errorf("%d there, %d here", sessions(from), sessions(to))
	}
}
