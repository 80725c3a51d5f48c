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
		n := cookieOf(visit(m, planted, renews))
		for range 5 {
			c.at = c.at.Add(10 * time.Minute)
			switch how {
			case "fixed":
				visit(m, n, func(s *dewar.Session) { _ = s.Get("cart") })
			case "nokeepalive":
				visit(m.With(dewar.Route{NoKeepAlive: true}), n, func(s *dewar.Session) { _ = s.Get("cart") })
			}
		}
		visit(m, planted, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("%s: 50 minutes after the renewal the previous id leads to the session", how)
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
