package dewar_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/store/memstore"
)

// house is an old home of sessions, and a manager that moves them to a new one.
func house(t *testing.T, old dewar.Backend) (before, after *dewar.Manager, to *memstore.Store) {
	t.Helper()
	to = memstore.New(memstore.Options{})
	make := func(b dewar.Backend) *dewar.Manager {
		m, err := dewar.New(dewar.Options{Backend: b, Observer: quiet})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	fresh := dewar.SignedID{Backend: &dewar.InStore{Store: to}, Keys: ring(t, secret)}
	if _, signed := old.(dewar.SignedID); !signed {
		return make(old), make(dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}), to
	}
	return make(old), make(dewar.Fallback{New: fresh, Old: old}), to
}

// Moving house under load: nobody is logged out, nothing is lost, whoever was
// signed out stays so, and the old home is empty in the end.
func TestMovingHouse(t *testing.T) {
	for _, kind := range []string{"store", "signed ids"} {
		from := memstore.New(memstore.Options{})
		var old dewar.Backend = &dewar.InStore{Store: from, Codec: msgpack.Codec{}, Layout: dewar.FlaskLayout, Prefix: "session:"}
		if kind == "signed ids" {
			old = dewar.SignedID{Backend: old, Keys: ring(t, secret)}
		}
		before, after, to := house(t, old)
		const visitors = 500
		cookies := make([]string, visitors)
		for i := range cookies {
			cookies[i] = signedIn(t, before, map[string]any{"user": i, "n": 0})
		}
		var wg sync.WaitGroup
		for i, cookie := range cookies {
			for j := range 4 {
				wg.Go(func() {
					visit(after, cookie, func(s *dewar.Session) {
						if i%10 == 9 && j == 3 {
							s.Destroy()
							return
						}
						dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 })
					})
				})
			}
		}
		wg.Wait()
		for i, cookie := range cookies {
			visit(after, cookie, func(s *dewar.Session) {
				switch gone := i%10 == 9; {
				case gone && !s.IsNew():
					t.Errorf("%s: visitor %d is signed in again", kind, i)
				case !gone && (s.Get("user") != int64(i) || s.Get("n") != int64(4)):
					t.Errorf("%s: visitor %d: user %v, n %v", kind, i, s.Get("user"), s.Get("n"))
				}
			})
		}
		if sessions(from) != 0 || sessions(to) < visitors*9/10 {
			t.Errorf("%s: %d left, %d moved", kind, sessions(from), sessions(to))
		}
	}
}

// A session that is only read moves with the extension of its life, so that the
// old home is empty one day.
func TestReadersMoveInTheEnd(t *testing.T) {
	c := newClock()
	from, to := memstore.New(memstore.Options{Now: c.now}), memstore.New(memstore.Options{Now: c.now})
	old := &dewar.InStore{Store: from}
	before, _ := stored(t, func(o *dewar.Options) { o.Backend, o.Now = old, c.now })
	after, _ := stored(t, func(o *dewar.Options) {
		o.Backend, o.Now = dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}, c.now
		o.Life.Absolute = 30 * time.Hour
	})
	cookie := signedIn(t, before, map[string]any{"a": 1})
	c.at = c.at.Add(10 * time.Hour)
	next := cookieOf(visit(after, cookie, func(s *dewar.Session) { _ = s.Get("a") }))
	if sessions(from) != 0 || sessions(to) != 1 || next == "" {
		t.Errorf("%d left, %d moved, cookie %q", sessions(from), sessions(to), next)
	}
	// Who didn't get the new cookie isn't logged out; and a move makes nobody younger.
	for _, hours := range []time.Duration{19, 2} {
		c.at = c.at.Add(hours * time.Hour)
		visit(after, cookie, func(s *dewar.Session) {
			if over := hours == 2; s.IsNew() != over {
				t.Errorf("over: %v, want %v", s.IsNew(), over)
			}
		})
	}
}

// Back into signed cookies: the record goes as it was read.
func TestMovingIntoTheCookie(t *testing.T) {
	from := memstore.New(memstore.Options{})
	old := &dewar.InStore{Store: from}
	before, _ := stored(t, func(o *dewar.Options) { o.Backend = old })
	after, _ := stored(t, func(o *dewar.Options) {
		o.Backend = dewar.Fallback{New: dewar.Cookies(ring(t, secret)).Backend, Old: old}
	})
	cookie := signedIn(t, before, map[string]any{"a": 1})
	next := cookieOf(visit(after, cookie, func(s *dewar.Session) {
		s.Set("b", 2)
		visit(before, cookie, func(s *dewar.Session) { s.Set("c", 3) })
	}))
	visit(after, next, func(s *dewar.Session) {
		if s.Len() != 3 || sessions(from) != 0 {
			t.Errorf("%d values, %d sessions left", s.Len(), sessions(from))
		}
	})
}

// Readers are served from the old home and leave everything where it is, until
// their life is extended.
func TestReadingMovesNothing(t *testing.T) {
	from := memstore.New(memstore.Options{})
	before, after, to := house(t, &dewar.InStore{Store: from})
	cookie := signedIn(t, before, map[string]any{"a": dewar.Tuple{1}})
	visit(after, cookie, func(s *dewar.Session) {
		if fmt.Sprint(s.Get("a")) != "[1]" {
			t.Error("not found")
		}
	})
	if from.Len() != 1 || to.Len() != 0 {
		t.Errorf("%d there, %d here", from.Len(), to.Len())
	}
	// Renewing moves it, and its old id leads there for a while.
	next := cookieOf(visit(after, cookie, func(s *dewar.Session) { s.Login("7") }))
	visit(after, cookie, func(s *dewar.Session) {
		if s.User() != "7" || next == cookie || next == "" {
			t.Errorf("user %q", s.User())
		}
	})
	if sessions(from) != 0 {
		t.Errorf("%d left", sessions(from))
	}
}

// From cookies to a store: the first change moves a session.
func TestMovingOutOfTheCookie(t *testing.T) {
	before, after, to := house(t, dewar.Cookies(ring(t, secret)).Backend)
	cookie := signedIn(t, before, map[string]any{"a": 1})
	next := cookieOf(visit(after, cookie, func(s *dewar.Session) { s.Set("b", 2) }))
	visit(after, next, func(s *dewar.Session) {
		if s.Len() != 2 || strings.Contains(next, ".") {
			t.Errorf("%d values, cookie of %d bytes", s.Len(), len(next))
		}
	})
	if to.Len() != 1 {
		t.Errorf("%d in the store", to.Len())
	}
	if _, err := dewar.New(dewar.Options{Backend: dewar.Fallback{New: &dewar.InStore{Store: to}}}); err == nil {
		t.Error("a Fallback without Old")
	}
}
