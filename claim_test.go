package dewar_test

import (
	"context"
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
	if got := cookieOf(visit(m, cookie, renews)); got != cookie {
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

// What a renewer put there before it died goes: with the claim when that is taken
// over, or else by itself.
func TestTheDeadLeaveNothing(t *testing.T) {
	for _, renewed := range []bool{true, false} {
		c := newClock()
		home := memstore.New(memstore.Options{Now: c.now})
		over := func(st dewar.Store) *dewar.Manager {
			return managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Now = c.now })
		}
		cookie := signedIn(t, over(home), map[string]any{"a": 1})
		visit(over(unremovable{home}), cookie, renews)
		if n := sessions(home); n != 2 {
			t.Errorf("%d sessions, want the old and the new", n)
		}
		if renewed {
			c.at = c.at.Add(11 * time.Second)
			visit(over(home), cookie, renews)
		} else {
			c.at = c.at.Add(61 * time.Second)
		}
		if n := sessions(home); n != 1 {
			t.Errorf("renewed %v: %d sessions", renewed, n)
		}
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
