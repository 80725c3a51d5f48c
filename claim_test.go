package dewar_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

func renews(s *dewar.Session) { s.Renew() }

// However short the grace period is, a claim is left to who made it for as long as
// his commit may take.
func TestClaimOfTheSlow(t *testing.T) {
	c := newClock()
	st := &dying{Store: memstore.New(memstore.Options{Now: c.now})}
	m, _ := stored(t, func(o *dewar.Options) {
		o.Now, o.Backend = c.now, &dewar.InStore{Store: st, Grace: time.Second}
	})
	cookie := signedIn(t, m, map[string]any{"a": 1})
	st.dead = true
	visit(m, cookie, renews)
	st.dead = false
	c.at = c.at.Add(5 * time.Second)
	if got := cookieOf(visit(m, cookie, renews)); got != "" {
		t.Error("the claim of one who may be at it still was taken over")
	}
	c.at = c.at.Add(6 * time.Second)
	if got := cookieOf(visit(m, cookie, renews)); got == cookie || got == "" {
		t.Error("the claim of one who can't be at it any more wasn't taken over")
	}
}

// unremovable is a store whose clients die before they have removed anything.
type unremovable struct{ dewar.Store }

func (unremovable) Remove(context.Context, string, dewar.Item) error { return errDead }

// on makes a manager of a store.
func on(t *testing.T, st dewar.Store, c *clock) *dewar.Manager {
	return managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Now = c.now })
}

// What a renewer put there before it died goes: with the claim when that is taken
// over, with the session when that ends, or else by itself.
func TestTheDeadLeaveNothing(t *testing.T) {
	for name, row := range map[string]struct {
		after time.Duration
		do    func(*dewar.Session)
		left  int
	}{
		"renewed by another": {11 * time.Second, renews, 1},
		"read":               {61 * time.Second, func(s *dewar.Session) { _ = s.Get("a") }, 1},
		"signed out":         {time.Second, func(s *dewar.Session) { s.Destroy() }, 0},
	} {
		c := newClock()
		home := memstore.New(memstore.Options{Now: c.now})
		cookie := signedIn(t, on(t, home, c), map[string]any{"a": 1})
		visit(on(t, unremovable{home}, c), cookie, renews)
		if n := sessions(home); n != 2 {
			t.Errorf("%s: %d sessions, want the old and the new", name, n)
		}
		c.at = c.at.Add(row.after)
		visit(on(t, home, c), cookie, row.do)
		if n := sessions(home); n != row.left {
			t.Errorf("%s: %d sessions are left", name, n)
		}
		visit(on(t, home, c), cookie, func(s *dewar.Session) {
			if s.IsNew() != (row.left == 0) {
				t.Errorf("%s: new %v", name, s.IsNew())
			}
		})
	}
}

// unplaceable is a store whose clients die before they have put a record there.
type unplaceable struct{ dewar.Store }

func (s unplaceable) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if strings.Contains(key, "dewar-link.") {
		return s.Store.Create(ctx, key, data, life)
	}
	return dewar.Item{}, errDead
}

// Killed before the new record is there, a renewer has taken nothing away.
func TestKilledBeforeItIsThere(t *testing.T) {
	c := newClock()
	home := memstore.New(memstore.Options{Now: c.now})
	cookie := signedIn(t, on(t, home, c), map[string]any{"a": 1})
	visit(on(t, unplaceable{home}, c), cookie, renews)
	visit(on(t, home, c), cookie, func(s *dewar.Session) {
		if s.IsNew() {
			t.Error("neither the old nor the new id works")
		}
	})
}

// A sign-out beside a renewal ends the session wherever the renewer stands, and
// though it dies before it is done.
func TestSignOutBesideADyingRenewer(t *testing.T) {
	for creates := range 2 { // of the link, of the new record
		c := newClock()
		home := memstore.New(memstore.Options{Now: c.now})
		cookie := signedIn(t, on(t, home, c), map[string]any{"a": 1})
		signOut := func() { visit(on(t, home, c), cookie, func(s *dewar.Session) { s.Destroy() }) }
		st := &between{Store: unremovable{home}, creation: signOut}
		if creates == 1 {
			st.creation = func() { st.creation = signOut }
		}
		visit(on(t, st, c), cookie, renews)
		visit(on(t, home, c), cookie, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("before create %d: lives on", creates)
			}
		})
	}
}

// What is written while the new record is already there isn't left behind with the
// old one.
func TestRenewalBesideAWriter(t *testing.T) {
	c := newClock()
	home := memstore.New(memstore.Options{Now: c.now})
	cookie := signedIn(t, on(t, home, c), map[string]any{"a": 1})
	st := &between{Store: home}
	st.creation = func() { // of the link, then of the new record
		st.creation = func() { visit(on(t, home, c), cookie, func(s *dewar.Session) { s.Set("b", 2) }) }
	}
	next := cookieOf(visit(on(t, st, c), cookie, renews))
	visit(on(t, home, c), next, func(s *dewar.Session) {
		if !s.Has("b") || next == cookie {
			t.Errorf("%d values, renewed %v", s.Len(), next != cookie)
		}
	})
}

// A sign-out beside a writer isn't turned away.
func TestSignOutBesideAWriter(t *testing.T) {
	m, st := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	res := visit(m, cookie, func(s *dewar.Session) {
		s.Destroy()
		visit(m, cookie, func(s *dewar.Session) { s.Set("b", 2) })
	})
	if res.StatusCode != 200 || sessions(st) != 0 {
		t.Errorf("status %d, %d sessions", res.StatusCode, sessions(st))
	}
}

// Flask, which knows nothing of links, ends a session that is being renewed: what
// somebody made of it who was led to the new id meanwhile ends too.
func TestAbandonedWithAllThatCameOfIt(t *testing.T) {
	for _, led := range []bool{false, true} {
		home := memstore.New(memstore.Options{})
		st := &between{Store: home}
		m := managing(t, &dewar.InStore{Store: st, Layout: dewar.FlaskLayout}, nil)
		cookie := signedIn(t, m, map[string]any{"a": 1})
		st.removal = func() {
			_, id, _ := strings.Cut(cookie, "=")
			_ = home.Delete(t.Context(), id)
			if led && cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Login("7") })) == "" {
				t.Error("nobody was led to the new id")
			}
		}
		if res := visit(m, cookie, renews); res.StatusCode != 409 || sessions(home) != 0 {
			t.Errorf("led %v: status %d, %d sessions", led, res.StatusCode, sessions(home))
		}
	}
}

// A session whose mover died half-way is where it was: a program that knows only
// the old home writes it, and a sign-out ends it in both.
func TestHalfMoved(t *testing.T) {
	c := newClock()
	from, to := memstore.New(memstore.Options{Now: c.now}), memstore.New(memstore.Options{Now: c.now})
	moving := func(old dewar.Store) *dewar.Manager {
		return managing(t, dewar.Fallback{New: &dewar.InStore{Store: to}, Old: &dewar.InStore{Store: old}}, func(o *dewar.Options) { o.Now = c.now })
	}
	cookie := signedIn(t, on(t, from, c), map[string]any{"a": 1})
	visit(moving(unremovable{from}), cookie, func(s *dewar.Session) { s.Set("b", 2) })
	if sessions(from) != 1 || sessions(to) != 1 {
		t.Fatalf("%d there, %d here", sessions(from), sessions(to))
	}
	visit(on(t, from, c), cookie, func(s *dewar.Session) { s.Set("c", 3) })
	visit(moving(from), cookie, func(s *dewar.Session) {
		if !s.Has("c") {
			t.Error("what was written in the old home isn't seen")
		}
	})
	visit(moving(from), cookie, func(s *dewar.Session) { s.Destroy() })
	if sessions(from) != 0 || sessions(to) != 0 {
		t.Errorf("%d there, %d here after a sign-out", sessions(from), sessions(to))
	}
}

// Who signs in while somebody else is renewing the session, or died of it, isn't
// signed in under the id that both know.
func TestLoginBesideARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &dying{Store: memstore.New(memstore.Options{})}
		m := managing(t, &dewar.InStore{Store: st}, nil)
		planted := signedIn(t, m, map[string]any{"cart": 1})
		st.dead = true
		visit(m, planted, renews)
		st.dead = false
		if res := visit(m, planted, func(s *dewar.Session) { s.Login("victim") }); res.StatusCode == 200 {
			t.Errorf("signed in, with the cookie %q", cookieOf(res))
		}
		visit(m, planted, func(s *dewar.Session) {
			if s.User() != "" {
				t.Errorf("the planted id is %q", s.User())
			}
		})
	})
}

// Of two who come late with one previous id at once, one is let in.
func TestLateTwiceAtOnce(t *testing.T) {
	c := newClock()
	st := &between{Store: memstore.New(memstore.Options{Now: c.now})}
	m := managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Now = c.now })
	old := signedIn(t, m, map[string]any{"a": 1})
	visit(m, old, renews) // and the response is lost
	c.at = c.at.Add(time.Hour)
	in := 0
	enter := func(s *dewar.Session) {
		if !s.IsNew() {
			in++
		}
	}
	st.update = func() { visit(m, old, enter) }
	visit(m, old, enter)
	if in != 1 {
		t.Errorf("%d were let in", in)
	}
}
