package dewar_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// slowly is a store whose updates take a while.
type slowly struct{ dewar.Store }

func (s slowly) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	time.Sleep(200 * time.Microsecond)
	return s.Store.Update(ctx, key, old, data, life)
}

// What is set while a session is being committed belongs to the next commit, whatever
// that meets: nothing falls between the two.
func TestSetBesideACommit(t *testing.T) {
	for round := range 200 {
		home := memstore.New(memstore.Options{})
		m, other := managing(t, &dewar.InStore{Store: slowly{home}}, nil), managing(t, &dewar.InStore{Store: home}, nil)
		cookie := signedIn(t, other, map[string]any{"x": 0})
		s, err := m.Load(t.Context(), valueOf(cookie))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for i := range 4 {
					s.Set(fmt.Sprint("k", g, i), 1)
				}
			})
		}
		s.Set("a", 1)
		_, err1 := m.Commit(t.Context(), s)
		wg.Wait()
		visit(other, cookie, func(s *dewar.Session) { s.Set("c", 1) }) // a conflict
		s.Set("d", 1)
		_, err2 := m.Commit(t.Context(), s)
		visit(other, cookie, func(now *dewar.Session) {
			if n := now.Len(); n != 20 || err1 != nil || err2 != nil || s.Err() != nil {
				t.Fatalf("round %d: %d values of 20 (%v, %v, %v)", round, n, err1, err2, s.Err())
			}
		})
	}
}

// A session may be committed by several goroutines.
func TestCommitsAtOnce(t *testing.T) {
	m, st := stored(t, nil)
	s, _ := m.Load(t.Context(), "")
	s.Set("a", 1)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 50 {
				s.Set("b", i*1000+j)
				if _, err := m.Commit(t.Context(), s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := sessions(st); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// A session that a previous id led to, and is committed twice, gets no third id within
// the grace period, and is extended once.
func TestLedAndCommittedTwice(t *testing.T) {
	seen := &recorder{everything: true}
	m, _ := stored(t, func(o *dewar.Options) { o.Observer = dewar.Patient(seen) })
	old := signedIn(t, m, map[string]any{"a": 1})
	next := valueOf(cookieOf(visit(m, old, renews)))
	for what, first := range map[string]func(*dewar.Session){"reads": reads, "writes": func(s *dewar.Session) { s.Set("b", 1) }} {
		s, _ := m.Load(t.Context(), valueOf(old))
		first(s)
		one, err := m.Commit(t.Context(), s)
		if err != nil || one.Value != next {
			t.Errorf("%s: the first commit doesn't tell the present id (%v)", what, err)
		}
		before := strings.Count(seen.kinds(), "extended")
		if _, err := m.Commit(t.Context(), s); err != nil || strings.Count(seen.kinds(), "extended") != before {
			t.Errorf("%s: extended again (%v): %s", what, err, seen.kinds())
		}
		s.Renew()
		if two, err := m.Commit(t.Context(), s); err != nil || two.Value != next {
			t.Errorf("%s: a third id (%v)", what, err)
		}
	}
}

// A session that a program holds on to, and uses, lives on; one that it doesn't, ends.
func TestASocketsSessionLivesOn(t *testing.T) {
	for _, begun := range []bool{true, false} {
		c := newClock()
		m, st := stored(t, func(o *dewar.Options) { o.Now = c.now })
		value := ""
		if !begun {
			value = valueOf(signedIn(t, m, map[string]any{"a": 1}))
		}
		s, _ := m.Load(t.Context(), value)
		s.Set("a", 1)
		for range 30 {
			if _, err := m.Commit(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			c.at = c.at.Add(time.Hour)
			reads(s)
		}
		if sessions(st) != 1 {
			t.Errorf("begun %v: used every hour, and over after a day", begun)
		}
		c.at = c.at.Add(24 * time.Hour)
		if sessions(st) != 0 {
			t.Errorf("begun %v: unused for a day, and not over", begun)
		}
	}
}

// It is extended once a twentieth of its life is over, not at each commit.
func TestASocketsSessionIsExtendedNowAndThen(t *testing.T) {
	c, seen := newClock(), &recorder{everything: true}
	m, _ := stored(t, func(o *dewar.Options) {
		o.Now, o.Life.Idle, o.Observer = c.now, 100*time.Minute, dewar.Patient(seen)
	})
	s, _ := m.Load(t.Context(), "")
	s.Set("a", 1)
	for range 50 {
		if _, err := m.Commit(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		c.at = c.at.Add(time.Minute)
	}
	if n := strings.Count(seen.kinds(), "extended"); n != 9 {
		t.Errorf("extended %d times in 49 minutes, want once in five", n)
	}
}

// Who renews a session and commits it twice hasn't come with its new id yet: if the
// answer is lost the previous one is let in once.
func TestCommittedTwiceIsNoFirstUse(t *testing.T) {
	c := newClock()
	st := &between{Store: memstore.New(memstore.Options{Now: c.now})}
	for _, beside := range []bool{false, true} {
		m := on(t, st, c)
		old := signedIn(t, m, map[string]any{"a": 1})
		s, _ := m.Load(t.Context(), valueOf(old))
		s.Renew()
		if _, err := m.Commit(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if beside { // a conflict with one who is led there
			st.update = func() { visit(m, old, func(s *dewar.Session) { s.Set("c", 1) }) }
		}
		s.Set("b", 1)
		if _, err := m.Commit(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		c.at = c.at.Add(time.Hour)
		visit(m, old, func(s *dewar.Session) {
			if s.IsNew() {
				t.Errorf("beside %v: nobody ever came with the new id, and the visitor is logged out", beside)
			}
		})
	}
}

// What can't be saved is told to the observer, once, also where no request ends.
func TestACommitTellsWhatWentWrong(t *testing.T) {
	for want, unavailable := range map[string]bool{"failed:read-only": true, "failed:rules": false} {
		seen := &recorder{}
		m := manager(t, func(o *dewar.Options) {
			o.Observer = dewar.Patient(seen)
			if unavailable {
				o.Backend = dewar.Unavailable{}
			}
		})
		s, _ := m.Load(t.Context(), "")
		s.Set("a", 1)
		s.Permanent(true)
		for range 2 {
			_, _ = m.Commit(t.Context(), s)
		}
		if got := seen.kinds(); strings.Count(got, want) != 1 || strings.Contains(got, "NO REASON") {
			t.Errorf("got %q, want %s once", got, want)
		}
	}
}
