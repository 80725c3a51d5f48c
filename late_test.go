package dewar_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A sign-out finds a session however often it was renewed meanwhile.
func TestSignOutAfterManyRenewals(t *testing.T) {
	m, _ := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	at := cookie
	res := visit(m, cookie, func(s *dewar.Session) {
		s.Destroy()
		for range 8 {
			at = cookieOf(visit(m, at, func(s *dewar.Session) { s.Renew() }))
		}
	})
	visit(m, at, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Errorf("sign-out answered %d, the session lives on", res.StatusCode)
		}
	})
}

// Whoever comes first with the id that a renewal gave out has used it, also where
// use extends no life.
func TestEveryFirstUseCounts(t *testing.T) {
	for _, how := range []string{"fixed", "nokeepalive"} {
		c := newClock()
		m := managing(t, &dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now})}, func(o *dewar.Options) { o.Now, o.Life.Fixed = c.now, how == "fixed" })
		planted := signedIn(t, m, map[string]any{"cart": 1})
		n := cookieOf(visit(m, planted, func(s *dewar.Session) { s.Login("victim") }))
		for range 5 {
			c.at = c.at.Add(10 * time.Minute)
			switch how {
			case "fixed":
				visit(m, n, func(s *dewar.Session) { _ = s.User() })
			case "nokeepalive":
				visit(m.With(dewar.Route{NoKeepAlive: true}), n, func(s *dewar.Session) { _ = s.User() })
			}
		}
		visit(m, planted, func(s *dewar.Session) {
			if s.User() == "victim" {
				t.Errorf("%s: 50 minutes after the login the planted id is the victim", how)
			}
		})
	}
}

// Who signs in as somebody else gets a new id, also where a previous id led him to
// the session: the present one may be somebody else's.
func TestLoginOfAnotherIsNeverLed(t *testing.T) {
	m, _ := stored(t, nil)
	planted := signedIn(t, m, map[string]any{"cart": 1})
	attackers := cookieOf(visit(m, planted, func(s *dewar.Session) { s.Renew() }))
	victims := cookieOf(visit(m, planted, func(s *dewar.Session) { s.Login("victim") }))
	if victims == attackers || victims == "" {
		t.Error("the victim signed in under an id that somebody else has")
	}
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
