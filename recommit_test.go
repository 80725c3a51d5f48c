package dewar_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A session that is committed again is renewed, or extended, no more often than one
// that is opened again.
func TestCommittedAgainIsDoneOnce(t *testing.T) {
	for what, life := range map[string]dewar.Life{
		"renewed":  {Idle: 10 * time.Hour, Renewal: time.Hour},
		"extended": {Idle: 10 * time.Hour},
	} {
		c, seen := newClock(), &recorder{everything: true}
		m, _ := stored(t, func(o *dewar.Options) { o.Now, o.Life, o.Observer = c.now, life, dewar.Patient(seen) })
		_, value, _ := strings.Cut(signedIn(t, m, map[string]any{"a": 1}), "=")
		c.at = c.at.Add(90 * time.Minute)
		s, _ := m.Load(t.Context(), value)
		for range 4 {
			if _, err := m.Commit(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(seen.kinds(), what); n != 1 {
			t.Errorf("%s %d times: %s", what, n, seen.kinds())
		}
	}
}

// One clash is told once.
func TestOneClashIsToldOnce(t *testing.T) {
	seen := &recorder{}
	st := &between{Store: memstore.New(memstore.Options{})}
	m := managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Observer = dewar.Patient(seen) })
	cookie := signedIn(t, m, map[string]any{"a": 0})
	n := 0
	var again func()
	again = func() {
		if n++; n < 6 {
			visit(m, cookie, func(s *dewar.Session) {
				if n == 1 {
					s.Set("a", 1)
				} else {
					s.Set("other", n)
				}
			})
			st.update = again
		}
	}
	st.update = again
	visit(m, cookie, func(s *dewar.Session) { s.Set("a", 2) })
	if got := strings.Count(seen.kinds(), "conflict"); got != 1 {
		t.Errorf("%d: %s", got, seen.kinds())
	}
}

// Each round of a session under Flask's rules takes the flashes that wait then.
func TestEachRoundHasItsFlashes(t *testing.T) {
	m, _ := stored(t, func(o *dewar.Options) { o.Rules = dewar.FlaskSession08 })
	cookie := signedIn(t, m, map[string]any{"a": 1, "_flashes": []any{dewar.Tuple{"message", "one"}}})
	_, value, _ := strings.Cut(cookie, "=")
	s, _ := m.Load(t.Context(), value)
	for _, want := range []string{"[{message one}]", "[{message two}]", "[]"} {
		if got := fmt.Sprint(s.Flashes()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if _, err := m.Commit(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if want == "[{message one}]" {
			s.Flash("two", "")
			if _, err := m.Commit(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// After a commit that failed the session can be used on.
func TestUsedOnAfterAFailedCommit(t *testing.T) {
	d := &failOnce{Store: memstore.New(memstore.Options{})}
	m := managing(t, &dewar.InStore{Store: d}, nil)
	_, value, _ := strings.Cut(signedIn(t, m, map[string]any{"a": 0}), "=")
	s, _ := m.Load(t.Context(), value)
	s.Set("a", 1)
	d.fail = true
	if _, err := m.Commit(t.Context(), s); err == nil {
		t.Fatal("no failure")
	}
	s.Set("b", 1)
	if _, err := m.Commit(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if s.Err() != nil {
		t.Errorf("saved, and Err is %v", s.Err())
	}
}

type failOnce struct {
	dewar.Store
	fail bool
}

func (f *failOnce) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if f.fail {
		f.fail = false
		return dewar.Item{}, context.DeadlineExceeded
	}
	return f.Store.Update(ctx, key, old, data, life)
}

// A replay found by Old in a chain whose end is in New.
func TestReplayInALongLife(t *testing.T) {
	c := newClock()
	st := memstore.New(memstore.Options{Now: c.now})
	m := managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Now = c.now; o.Life.Idle = time.Hour })
	first := signedIn(t, m, map[string]any{"a": 1})
	second := cookieOf(visit(m, first, func(s *dewar.Session) { s.SetLife(30 * 24 * time.Hour); s.Renew() })) // lost
	c.at = c.at.Add(time.Hour)
	visit(m, first, func(s *dewar.Session) {
		if s.IsNew() {
			t.Error("not let in")
		}
	})
	visit(m, second, func(s *dewar.Session) {})
	c.at = c.at.Add(10 * time.Hour)
	seen := false
	visit(m, first, func(s *dewar.Session) { seen = !s.IsNew() })
	visit(m, second, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Errorf("a replay within the session's life ends nothing (%v)", seen)
		}
	})
}
