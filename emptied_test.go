package dewar_test

import (
	"context"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// What another has saved beside a request that takes the last value out is there.
func TestEmptiedBesideAWriter(t *testing.T) {
	for _, rules := range []dewar.Rules{dewar.Native, dewar.FlaskSession08, dewar.FlaskSession032} {
		m := managing(t, &dewar.InStore{Store: memstore.New(memstore.Options{}), Layout: dewar.FlaskLayout}, func(o *dewar.Options) { o.Rules = rules })
		cookie := signedIn(t, m, map[string]any{"a": 1})
		if rules == dewar.FlaskSession032 {
			visit(m, cookie, func(s *dewar.Session) { s.Delete("_permanent") })
		}
		status := 0
		res := visit(m, cookie, func(s *dewar.Session) {
			s.Delete("a")
			status = visit(m, cookie, func(s *dewar.Session) { s.Set("b", 2) }).StatusCode
		})
		visit(m, cookie, func(s *dewar.Session) {
			if !s.Has("b") {
				t.Errorf("rules %d: b was confirmed (%d), and is lost; the other was answered %d, %q", rules, status, res.StatusCode, res.Header.Get("Set-Cookie"))
			}
		})
	}
}

// A sign-in beside a request that takes the last flash out holds.
func TestEmptiedBesideASignIn(t *testing.T) {
	m := managing(t, &dewar.InStore{Store: memstore.New(memstore.Options{}), Layout: dewar.FlaskLayout}, func(o *dewar.Options) { o.Rules = dewar.FlaskSession08 })
	cookie := cookieOf(visit(m, "", func(s *dewar.Session) { s.Flash("please sign in", "") }))
	in := ""
	visit(m, cookie, func(s *dewar.Session) {
		s.Flashes()
		in = cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Login("ada") }))
	})
	visit(m, in, func(s *dewar.Session) {
		if s.User() != "ada" {
			t.Error("the sign-in that was confirmed is gone")
		}
	})
}

// A request without a cookie doesn't notice that the store is down.
func TestClearWithoutACookie(t *testing.T) {
	for _, rules := range []dewar.Rules{dewar.FlaskSession08, dewar.FlaskSession032} {
		m := managing(t, &dewar.InStore{Store: downStore{}, Layout: dewar.FlaskLayout}, func(o *dewar.Options) { o.Rules = rules; o.Cookie.Name = "session" })
		if res := visit(m, "", func(s *dewar.Session) { s.Clear() }); res.StatusCode != 200 {
			t.Errorf("rules %d: status %d", rules, res.StatusCode)
		}
	}
	m := managing(t, &dewar.InStore{Store: downStore{}}, nil)
	if res := visit(m, "__Host-session=%20", func(s *dewar.Session) { s.Destroy() }); res.StatusCode != 200 {
		t.Errorf("native: status %d", res.StatusCode)
	}
}

type downStore struct{ dewar.Store }

func (downStore) Load(context.Context, string) (dewar.Item, error) { return dewar.Item{}, errDead }
