package dewar_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A sign-in that waits for another's renewal to be done doesn't keep it from being
// done.
func TestSignInBesideARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &between{Store: memstore.New(memstore.Options{})}
		m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: st} })
		cookie := signedIn(t, m, map[string]any{"a": 1})
		statuses := make([]int, 2)
		var signIn sync.WaitGroup
		st.removal = func() {
			visit(m, cookie, func(s *dewar.Session) { s.Set("b", 2) })
			signIn.Go(func() {
				statuses[0] = visit(m, cookie, func(s *dewar.Session) { s.Login("ada") }).StatusCode
			})
			synctest.Wait()
		}
		statuses[1] = visit(m, cookie, func(s *dewar.Session) { s.Renew() }).StatusCode
		signIn.Wait()
		if statuses[0] != 200 || statuses[1] != 200 {
			t.Errorf("statuses %d", statuses)
		}
	})
}

// The first request with the id that a renewal gave out finds the session also if
// another has renewed it again by the time that it writes this down.
func TestFirstUseBesideARenewal(t *testing.T) {
	st := &between{Store: memstore.New(memstore.Options{})}
	m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: st} })
	old := signedIn(t, m, map[string]any{"a": 1})
	cookie := cookieOf(visit(m, old, func(s *dewar.Session) { s.Renew() }))
	st.update = func() {
		visit(m, cookie, func(s *dewar.Session) { s.Renew() })
	}
	visit(m, cookie, func(s *dewar.Session) {
		if s.IsNew() {
			t.Error("logged out")
		}
	})
}

// Of two sign-outs at once that come with a previous id the second isn't told that
// it is done while what the id led to is still there.
func TestSignOutBesideASignOut(t *testing.T) {
	st := &between{Store: memstore.New(memstore.Options{})}
	m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: st} })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	var next string
	var first, second *dewar.Session
	for _, s := range []**dewar.Session{&first, &second} {
		_, value, _ := strings.Cut(cookie, "=")
		*s, _ = m.Load(t.Context(), value)
		(*s).Destroy()
	}
	next = cookie
	for range 2 {
		next = cookieOf(visit(m, next, func(s *dewar.Session) { s.Renew() }))
	}
	deletions := 0
	var before func()
	before = func() {
		if deletions++; deletions < 3 { // of what a renewal may have placed, and of the old record; then the link is cut
			st.deletion = before
			return
		}
		if _, err := m.Commit(t.Context(), second); err != nil {
			t.Error(err)
		}
		visit(m, next, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Error("lives on")
			}
		})
	}
	st.deletion = before
	if _, err := m.Commit(t.Context(), first); err != nil {
		t.Error(err)
	}
	if deletions != 3 {
		t.Errorf("%d deletions", deletions)
	}
}

// Who deletes a record past Dewar leads others to what a renewal under way has placed.
// A renewer that gives up then leaves nothing that the next sign-out doesn't find.
func TestRenewalGivenUpBesideASignOut(t *testing.T) {
	st := &between{Store: memstore.New(memstore.Options{})}
	m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: st} })
	cookie := signedIn(t, m, map[string]any{"state": "x"})
	_, value, _ := strings.Cut(cookie, "=")
	state := dewar.Key[string]("state")
	over, _ := m.Load(t.Context(), value)
	over.Destroy()
	var key, next string
	for item := range dewar.List(t.Context(), st.Store, "") {
		key = item.Key
	}
	st.removal = func() { // of the old record
		visit(m, cookie, func(s *dewar.Session) { state.Take(s) }) // the renewal is a conflict
		st.removal = func() {                                      // of what it gives up
			_ = st.Store.Delete(t.Context(), key)
			next = cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Login("ada") }))
		}
	}
	if res := visit(m, cookie, func(s *dewar.Session) { state.Take(s); s.Renew() }); res.StatusCode != 409 {
		t.Errorf("status %d", res.StatusCode)
	}
	if _, err := m.Commit(t.Context(), over); err != nil || next == "" {
		t.Error(next, err)
	}
	visit(m, next, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("lives on")
		}
	})
}

// Two requests are the first with a renewed id, and one of them renews it again:
// the other finds the session all the same, before and after it has moved on.
func TestFirstUseOvertaken(t *testing.T) {
	for _, when := range []string{"before its mark", "after it"} {
		st := &between{Store: memstore.New(memstore.Options{})}
		m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: st} })
		renew := func(s *dewar.Session) { s.Renew() }
		cookie := cookieOf(visit(m, signedIn(t, m, map[string]any{"a": 1}), renew))
		st.update = func() {
			if when == "after it" { // the mark itself is the conflict
				visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") })
				st.load = func() { visit(m, cookie, renew) }
				return
			}
			visit(m, cookie, renew)
		}
		visit(m, cookie, func(s *dewar.Session) {
			if !s.Has("a") {
				t.Errorf("%s: no session", when)
			}
		})
	}
}

// Who is led to a session before its renewal has come to its end, and signs out,
// ends it: the renewer is told so.
func TestSignOutBeforeTheRenewalIsDone(t *testing.T) {
	st := &between{Store: memstore.New(memstore.Options{})}
	m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: st} })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	st.touch = func() { visit(m, cookie, func(s *dewar.Session) { s.Destroy() }) }
	if res := visit(m, cookie, func(s *dewar.Session) { s.Renew() }); res.StatusCode != 409 || res.Header.Get("Set-Cookie") != "" {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("lives on")
		}
	})
}

// A sign-in that another overtakes, when only the life of its record is still to
// be set, has happened: both ids lead to the session, which is the later one's.
func TestSignInOvertaken(t *testing.T) {
	st := &between{Store: memstore.New(memstore.Options{})}
	m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: st} })
	cookie, later := signedIn(t, m, map[string]any{"a": 1}), ""
	st.touch = func() { later = cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Login("ben") })) }
	res := visit(m, cookie, func(s *dewar.Session) { s.Set("b", 1); s.Login("ann") })
	if res.StatusCode != 200 || cookieOf(res) == "" || cookieOf(res) == later {
		t.Errorf("answered %d, with a cookie of its own: %v", res.StatusCode, cookieOf(res) != later)
	}
	for _, c := range []string{cookie, cookieOf(res), later} {
		visit(m, c, func(s *dewar.Session) {
			if s.User() != "ben" || !s.Has("a") || !s.Has("b") {
				t.Errorf("leads to %q's session of %d values", s.User(), s.Len())
			}
		})
	}
}
