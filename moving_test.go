package dewar_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// managing makes a manager of a backend.
func managing(t *testing.T, b dewar.Backend, change func(*dewar.Options)) *dewar.Manager {
	t.Helper()
	m, _ := stored(t, func(o *dewar.Options) {
		o.Backend = b
		if change != nil {
			change(o)
		}
	})
	return m
}

// A request beside the one that moved a session finds it, though the two backends'
// cookies look different.
func TestMovingBetweenSignedAndPlain(t *testing.T) {
	for _, name := range []string{"plain to signed", "signed to plain", "other key"} {
		from, to := memstore.New(memstore.Options{}), memstore.New(memstore.Options{})
		var old, fresh dewar.Backend = &dewar.InStore{Store: from}, &dewar.InStore{Store: to}
		if name != "plain to signed" {
			old = dewar.SignedID{Backend: old, Keys: ring(t, secret)}
		}
		if name != "signed to plain" {
			k := secret
			if name == "other key" {
				k = []byte("another key of sixteen bytes and more")
			}
			fresh = dewar.SignedID{Backend: fresh, Keys: ring(t, k)}
		}
		before, after := managing(t, old, nil), managing(t, dewar.Fallback{New: fresh, Old: old}, nil)
		cookie := signedIn(t, before, map[string]any{"a": 1})
		next := cookieOf(visit(after, cookie, func(s *dewar.Session) { s.Set("b", 1) }))
		visit(after, cookie, func(s *dewar.Session) { // the page's second request, sent before the first's response came
			if s.IsNew() {
				t.Errorf("%s: logged out", name)
			}
		})
		polling := after.With(dewar.Route{NoKeepAlive: true})
		if got := cookieOf(visit(polling, cookie, func(*dewar.Session) {})); got != next {
			t.Errorf("%s: a route that doesn't keep alive wasn't told the present cookie", name)
		}
		visit(after, next, func(s *dewar.Session) {
			if s.IsNew() {
				t.Errorf("%s: next is logged out", name)
			}
		})
	}
}

// Moving into a cookie, what was there is never forgotten: the later of two writers
// is told, and a sign-out is one.
func TestMovingIntoTheCookieAtOnce(t *testing.T) {
	from := memstore.New(memstore.Options{})
	old := &dewar.InStore{Store: from}
	before := managing(t, old, nil)
	after := managing(t, dewar.Fallback{New: dewar.Cookies(ring(t, secret)).Backend, Old: old}, nil)
	for name, other := range map[string]func(*dewar.Session){
		"writer": func(s *dewar.Session) { s.Set("a", 1) }, "sign-out": func(s *dewar.Session) { s.Destroy() },
	} {
		cookie := signedIn(t, before, map[string]any{"user": 7})
		res := visit(after, cookie, func(s *dewar.Session) {
			s.Login("8")
			visit(after, cookie, other)
		})
		if res.StatusCode != 409 || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: status %d, %v", name, res.StatusCode, res.Header)
		}
	}
}

// Programs that know only Old renew sessions beside one that moves them: a
// sign-out, a write and a visit find them all the same.
func TestMovingBesideAnOldFleet(t *testing.T) {
	for _, what := range []string{"sign-out", "write", "fresh"} {
		from, to := memstore.New(memstore.Options{}), memstore.New(memstore.Options{})
		old := &dewar.InStore{Store: from}
		before, after := managing(t, old, nil), managing(t, dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}, nil)
		cookie := signedIn(t, before, map[string]any{"a": 1})
		var n string
		meanwhile := func() {
			second := cookieOf(visit(before, cookie, func(s *dewar.Session) { s.Renew() })) // old fleet
			n = cookieOf(visit(after, second, func(s *dewar.Session) { s.Set("b", 1) }))    // new fleet moves
		}
		if what == "fresh" {
			meanwhile()
			visit(after, cookie, func(s *dewar.Session) {
				if s.IsNew() {
					t.Errorf("fresh: logged out in the grace period")
				}
			})
			continue
		}
		res := visit(after, cookie, func(s *dewar.Session) {
			if what == "write" {
				s.Set("c", 1)
			} else {
				s.Destroy()
			}
			meanwhile()
		})
		visit(after, n, func(s *dewar.Session) {
			if what == "sign-out" && !s.IsNew() {
				t.Errorf("signed out with %d, and lives on", res.StatusCode)
			}
			if what == "write" && !s.Has("c") {
				t.Errorf("write was answered %d", res.StatusCode)
			}
		})
	}
}

// A move that met a conflict, and then found the session renewed by an old
// program, leaves no second session behind.
func TestMoveInTwoTriesBesideAnOldFleet(t *testing.T) {
	c := newClock()
	from, to := memstore.New(memstore.Options{Now: c.now}), memstore.New(memstore.Options{Now: c.now})
	st := &between{Store: from}
	old := &dewar.InStore{Store: st}
	now := func(o *dewar.Options) { o.Now = c.now }
	before, after := managing(t, old, now), managing(t, dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}, now)
	cookie := signedIn(t, before, map[string]any{"a": 1})
	var second string
	st.removal = func() {
		visit(before, cookie, func(s *dewar.Session) { s.Set("b", 2) }) // conflict
		st.load = func() { second = cookieOf(visit(before, cookie, func(s *dewar.Session) { s.Renew() })) }
	}
	n := cookieOf(visit(after, cookie, func(s *dewar.Session) { s.Set("c", 3) }))
	visit(after, n, func(s *dewar.Session) { s.Destroy() })
	for name, k := range map[string]string{"first": cookie, "second": second, "n": n} {
		visit(after, k, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("after the sign-out, %s leads to a session of %d values (at once)", name, s.Len())
			}
		})
	}
	c.at = c.at.Add(5 * time.Hour)
	visit(after, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Errorf("five hours later the first id leads to a session of %d values", s.Len())
		}
	})
}

// A move that gave up leaves nothing: a sign-out at a program that knows only Old
// ends the session.
func TestMoveThatGaveUp(t *testing.T) {
	c := newClock()
	from, to := memstore.New(memstore.Options{Now: c.now}), memstore.New(memstore.Options{Now: c.now})
	st := &between{Store: from}
	old := &dewar.InStore{Store: st}
	now := func(o *dewar.Options) { o.Now = c.now; o.Strict = true }
	before, after := managing(t, old, now), managing(t, dewar.Fallback{New: &dewar.InStore{Store: to}, Old: old}, now)
	cookie := signedIn(t, before, map[string]any{"a": 1})
	st.removal = func() { visit(before, cookie, func(s *dewar.Session) { s.Set("k", 2) }) }
	res := visit(after, cookie, func(s *dewar.Session) { s.Set("k", 3) })
	if res.StatusCode != 409 || sessions(to) != 0 {
		t.Errorf("status %d, %d sessions have moved", res.StatusCode, sessions(to))
	}
	c.at = c.at.Add(3 * time.Hour)
	res = visit(before, cookie, func(s *dewar.Session) { s.Destroy() })
	c.at = c.at.Add(3 * time.Hour)
	visit(after, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Errorf("signed out (%d) at the old program, signed in again at the new, k=%v (which was answered 409)", res.StatusCode, s.Get("k"))
		}
	})
}

// A session that is committed twice moves once.
func TestMovingInTwoCommits(t *testing.T) {
	to := memstore.New(memstore.Options{})
	cookies := dewar.Cookies(ring(t, secret)).Backend
	c := newClock()
	now := func(o *dewar.Options) { o.Now = c.now }
	before := managing(t, cookies, now)
	after := managing(t, dewar.Fallback{New: &dewar.InStore{Store: to}, Old: cookies}, now)
	s, _ := before.Load(t.Context(), "")
	s.Set("a", 1)
	a, _ := before.Commit(t.Context(), s)
	c.at = c.at.Add(5 * time.Hour)
	s, _ = after.Load(t.Context(), a.Value)
	a1, err1 := after.Commit(t.Context(), s)
	s.Set("b", 1)
	a2, err2 := after.Commit(t.Context(), s)
	if sessions(to) != 1 {
		t.Errorf("%d sessions; %v %v same %v", sessions(to), err1, err2, a1.Value == a2.Value)
	}
}

// Nested, nobody would know what to undo where.
func TestFallbackWithinFallback(t *testing.T) {
	a := dewar.Fallback{New: &dewar.InStore{Store: memstore.New(memstore.Options{})}, Old: dewar.Cookies(ring(t, secret)).Backend}
	for _, nested := range []dewar.Fallback{{New: a, Old: a.Old}, {New: a.New, Old: a}, {New: a.New, Old: &a}} {
		if _, err := dewar.New(dewar.Options{Backend: nested}); err == nil {
			t.Error("accepted")
		}
	}
}
