package dewar_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/store/memstore"
)

// shared makes a manager with tombstones, in Flask's layout.
func shared(t *testing.T, tombstones bool, change func(*dewar.Options)) (*dewar.Manager, *memstore.Store) {
	t.Helper()
	var st *memstore.Store
	m, st := stored(t, func(o *dewar.Options) {
		o.Backend.(*dewar.InStore).Layout = dewar.FlaskLayout
		o.Backend.(*dewar.InStore).Codec = sniff.New(msgpack.Codec{})
		o.Backend.(*dewar.InStore).Tombstones = tombstones
		if change != nil {
			change(o)
		}
	})
	return m, st
}

// written gives what a request of a Flask that loads the session now will write
// when it ends, as Flask does: whatever is there by then.
func written(t *testing.T, st dewar.Store, cookie string) (write func()) {
	t.Helper()
	_, id, _ := strings.Cut(cookie, "=")
	item, err := st.Load(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := st.Delete(context.Background(), id); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Create(context.Background(), id, item.Data, 24*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
}

// What a Flask writes back of a session that has ended is no session, and goes,
// however often, for as long as it could live. Without tombstones it is one.
func TestRevivedByFlask(t *testing.T) {
	for _, tombstones := range []bool{true, false} {
		now, seen := newClock(), &recorder{}
		m, st := shared(t, tombstones, func(o *dewar.Options) { o.Now, o.Observer = now.now, dewar.Patient(seen) })
		cookie := signedIn(t, m, map[string]any{"a": 1})
		write := written(t, st, cookie)
		visit(m, cookie, func(s *dewar.Session) { s.Destroy() })
		for range 3 {
			write()
			visit(m, cookie, func(s *dewar.Session) {
				if s.IsNew() != tombstones {
					t.Errorf("tombstones %v: the session is new: %v", tombstones, s.IsNew())
				}
			})
			if n := sessions(st); tombstones && n != 0 {
				t.Errorf("%d sessions are left", n)
			}
			now.at = now.at.Add(23 * time.Hour)
		}
		if got := strings.Count(seen.kinds(), "refused:revived"); tombstones && got != 3 {
			t.Errorf("events: %s", seen.kinds())
		}
	}
}

// A Flask that writes a renewed session's previous record back makes no second
// session of it: in the grace period its cookie leads to the renewed one, later
// nowhere.
func TestRenewedAndRevived(t *testing.T) {
	now := newClock()
	m, st := shared(t, true, func(o *dewar.Options) { o.Now = now.now })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	write := written(t, st, cookie)
	next := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Renew(); s.Set("b", 2) }))
	write()
	if got := cookieOf(visit(m, cookie, func(s *dewar.Session) {
		if !s.Has("b") {
			t.Error("the previous record is there again")
		}
	})); got != next {
		t.Error("the previous id doesn't lead to the renewed session")
	}
	now.at = now.at.Add(3 * time.Hour)
	write()
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("after the grace period the previous id leads to a session")
		}
	})
	visit(m, next, func(s *dewar.Session) {
		if s.Get("b") != int64(2) {
			t.Error("the renewed session is gone")
		}
	})
	if n := sessions(st); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// A request that was under way when a Flask revived the session finds it ended
// when it meets the other's change.
func TestRevivedMeanwhile(t *testing.T) {
	m, st := shared(t, true, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	write := written(t, st, cookie)
	res := visit(m, cookie, func(s *dewar.Session) {
		visit(m, cookie, func(s *dewar.Session) { s.Set("b", 2) })
		visit(m, cookie, func(s *dewar.Session) { s.Destroy() })
		write()
		visit(m, cookie, func(s *dewar.Session) { s.Set("c", 2) }) // sees it, and takes it away
		s.Set("d", 1)
	})
	if res.StatusCode != 409 {
		t.Errorf("status %d", res.StatusCode)
	}
}

// A link that leads on, while a renewal is under way, is no tombstone, nor is one
// that somebody without the id put there.
func TestNoTombstone(t *testing.T) {
	m, st := shared(t, true, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	visit(m, cookie, func(s *dewar.Session) { s.Renew() })
	other := signedIn(t, m, map[string]any{"a": 1})
	write := written(t, st, other)
	visit(m, other, func(s *dewar.Session) { s.Destroy() })
	write()
	for item := range st.List(t.Context(), "dewar-link.") {
		was, err := st.Load(t.Context(), item.Key)
		if err == nil {
			_, err = st.Update(t.Context(), item.Key, was, []byte("garbage"), time.Hour)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	visit(m, other, func(s *dewar.Session) {
		if s.IsNew() {
			t.Error("garbage was taken for a tombstone")
		}
	})
}

// A session that a Fallback has moved isn't brought back by a Flask that knows
// only the old store.
func TestMovedAndRevived(t *testing.T) {
	old := &dewar.InStore{Store: memstore.New(memstore.Options{}), Layout: dewar.FlaskLayout, Codec: sniff.New(msgpack.Codec{}), Tombstones: true}
	next := &dewar.InStore{Store: memstore.New(memstore.Options{})}
	manage := func(b dewar.Backend) *dewar.Manager {
		m, err := dewar.New(dewar.Options{Backend: b, Observer: quiet})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := manage(dewar.Fallback{New: next, Old: old})
	cookie := signedIn(t, manage(old), map[string]any{"a": 1})
	write := written(t, old.Store, cookie)
	moved := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Set("b", 2) }))
	write()
	for _, c := range []string{moved, cookie} {
		visit(m, c, func(s *dewar.Session) {
			if !s.Has("b") {
				t.Error("the old record counts again")
			}
		})
	}
	visit(m, moved, func(s *dewar.Session) { s.Destroy() })
	write()
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("the session is there again")
		}
	})
}

// Tombstones are for where somebody else writes.
func TestTombstonesNeedFlasksLayout(t *testing.T) {
	_, err := dewar.New(dewar.Options{Backend: &dewar.InStore{Store: memstore.New(memstore.Options{}), Tombstones: true}})
	if err == nil || !strings.Contains(err.Error(), "Tombstones") {
		t.Errorf("got %v", err)
	}
}
