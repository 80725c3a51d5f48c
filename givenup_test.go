package dewar_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// hung is a store that answers nothing before the context ends, once it is hung.
type hung struct {
	dewar.Store
	hung bool
}

func (h *hung) Load(ctx context.Context, key string) (dewar.Item, error) {
	if h.hung {
		<-ctx.Done()
		return dewar.Item{}, ctx.Err()
	}
	return h.Store.Load(ctx, key)
}

func (h *hung) Remove(ctx context.Context, key string, old dewar.Item) error {
	if h.hung {
		<-ctx.Done()
		return ctx.Err()
	}
	return h.Store.Remove(ctx, key, old)
}

// A commit takes 5 s at most, also without a Timeout.
func TestGivingUpEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &hung{Store: memstore.New(memstore.Options{})}
		b := &between{Store: st}
		m := managing(t, &dewar.InStore{Store: b, Timeout: -1}, nil)
		cookie := signedIn(t, m, map[string]any{"a": 1})
		b.removal = func() {
			visit(m, cookie, func(s *dewar.Session) { s.Set("b", 1) })
			b.load = func() { st.hung = true }
		}
		done := make(chan struct{})

		go func() {
			visit(m, cookie, renews)
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(time.Hour):
			t.Error("a request takes longer than an hour")
		}
	})
}

// A signed Fallback gives up moves, too.
func TestSignedFallbackGivesUp(t *testing.T) {
	for _, signed := range []bool{false, true} {
		from, to := &between{Store: memstore.New(memstore.Options{})}, memstore.New(memstore.Options{})
		sign := func(b dewar.Backend) dewar.Backend {
			if signed {
				return dewar.SignedID{Backend: b, Keys: ring(t, secret)}
			}
			return b
		}
		old := &dewar.InStore{Store: from}
		before := managing(t, sign(old), nil)
		after := managing(t, sign(dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}), func(o *dewar.Options) { o.Strict = true })
		cookie := signedIn(t, before, map[string]any{"a": 0})
		from.removal = func() { visit(before, cookie, func(s *dewar.Session) { s.Set("a", 1) }) }
		res := visit(after, cookie, func(s *dewar.Session) { s.Set("a", 2) })
		n := 0
		for range to.List(t.Context(), "") {
			n++
		}
		if n != 0 {
			t.Errorf("signed %v: status %d, %d items of the move are left", signed, res.StatusCode, n)
		}
	}
}

type failTouch struct {
	*between
	fail bool
}

func (f *failTouch) Touch(ctx context.Context, key string, life time.Duration) error {
	if f.fail {
		f.fail = false
		return errDead
	}
	return f.between.Touch(ctx, key, life)
}

// A store that fails once, at a renewal's last step, ends no session.
func TestLastStepOfARenewalFails(t *testing.T) {
	c := newClock()
	st := &failTouch{between: &between{Store: memstore.New(memstore.Options{Now: c.now})}}
	m := managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Now = c.now })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	st.fail = true
	res := visit(m, cookie, renews)
	c.at = c.at.Add(2 * time.Minute)
	visit(m, cookie, func(s *dewar.Session) {
		if s.IsNew() {
			t.Errorf("answered %d, and two minutes later the session is gone", res.StatusCode)
		}
	})
}

// A sign-out before a renewal has come to its end leaves a tombstone on the previous id, too.
func TestSignOutBeforeTheRenewalIsBuried(t *testing.T) {
	st := &between{Store: memstore.New(memstore.Options{})}
	m := managing(t, &dewar.InStore{Store: st, Layout: dewar.FlaskLayout, Tombstones: true}, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	write := written(t, st, cookie)
	var out *http.Response
	st.touch = func() { out = visit(m, cookie, func(s *dewar.Session) { s.Destroy() }) }
	visit(m, cookie, renews)
	if out.StatusCode != 200 {
		t.Fatal(out.StatusCode)
	}
	write()
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("the session that was signed out is there again")
		}
	})
}

// The tombstone of a session that is signed out under its renewed id beside a move.
func TestSignOutOfWhatMovedIsBuried(t *testing.T) {
	from, to := memstore.New(memstore.Options{}), &between{Store: memstore.New(memstore.Options{})}
	old := &dewar.InStore{Store: from, Layout: dewar.FlaskLayout, Tombstones: true}
	before := managing(t, old, nil)
	after := managing(t, dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}, nil)
	cookie := signedIn(t, before, map[string]any{"a": 1})
	write := written(t, from, cookie)
	next := cookieOf(visit(after, cookie, func(s *dewar.Session) { s.Set("b", 1) }))
	write()
	visit(after, cookie, func(s *dewar.Session) {
		if s.IsNew() {
			t.Error("logged out")
		}
	})
	visit(after, next, func(s *dewar.Session) { s.Destroy() })
	write()
	visit(after, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("revived")
		}
	})
}
