package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// Without net/http an outage is as with it: an error, or an empty session that
// can't be written to and owes no cookie.
func TestOutageWithoutWrap(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Backend = down{} })
	if s, err := m.Load(t.Context(), "x"); s != nil || !errors.Is(err, errDown) || errors.Is(err, dewar.ErrNoSession) {
		t.Errorf("Fail: %v", err)
	}
	m = m.With(dewar.Route{Outage: dewar.Anonymous})
	s, err := m.Load(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	s.Login("7")
	a, err := m.Commit(t.Context(), s)
	if err != nil || a.Value != "" || a.SetCookie != nil || a.Forget || !errors.Is(s.Err(), dewar.ErrReadOnly) {
		t.Errorf("Anonymous: %+v, %v, Err %v", a, err, s.Err())
	}
}

// Whatever is answered because a session couldn't be opened depends on the cookie: a
// shared cache must not give the page of an outage to everybody. Flask's null session
// has no Vary, as in Flask, nor have Flask-Session 0.3's rules.
func TestAnOutageVaries(t *testing.T) {
	fallback := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=60")
		if _, err := dewar.Open(r.Context()); err != nil {
			fmt.Fprint(w, "hello, whoever you are")
		}
	})
	look, idle := view(func(s *dewar.Session) { s.User() }), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	anonymous, lazy := dewar.Route{Outage: dewar.Anonymous}, dewar.Route{Lazy: true}
	for rules, varies := range map[dewar.Rules]bool{dewar.Native: true, dewar.Flask: true, dewar.FlaskSession08: true, dewar.FlaskSession032: false} {
		m := manager(t, func(o *dewar.Options) { o.Backend, o.Rules = down{}, rules })
		null := manager(t, func(o *dewar.Options) { o.Backend, o.Rules = dewar.Unavailable{}, rules })
		for name, row := range map[string]struct {
			h      http.Handler
			status int
			varies bool
		}{
			"Anonymous, looked at":          {m.With(anonymous).Wrap(look), 200, varies},
			"Anonymous, not looked at":      {m.With(anonymous).Wrap(idle), 200, false},
			"Fail":                          {m.Wrap(look), 503, varies},
			"Fail within Anonymous":         {m.With(anonymous).Wrap(m.Wrap(look)), 503, varies},
			"Fail within Lazy":              {m.With(lazy).Wrap(m.Wrap(look)), 503, varies},
			"Lazy, and the handler goes on": {m.With(lazy).Wrap(fallback), 200, varies},
			"the same, within Anonymous":    {m.With(anonymous).Wrap(m.With(lazy).Wrap(fallback)), 200, varies},
			"Lazy, not asked for":           {m.With(lazy).Wrap(idle), 200, false},
			"no outage, a null session":     {null.Wrap(look), 200, rules == dewar.Native},
		} {
			res := do(row.h, m.Options().Cookie.Name+"=x")
			if got := res.Header.Values("Vary"); res.StatusCode != row.status || (len(got) == 1 && got[0] == "Cookie") != row.varies || len(got) > 1 {
				t.Errorf("rules %d, %s: %d, Vary %q", rules, name, res.StatusCode, got)
			}
		}
	}
}

// While the old home of sessions can't answer, nobody who lives there is taken for
// a new visitor.
func TestOldHomeDown(t *testing.T) {
	for _, fresh := range []dewar.Backend{&dewar.InStore{Store: memstore.New(memstore.Options{})}, dewar.Cookies(ring(t, secret)).Backend} {
		m := managing(t, dewar.Fallback{New: fresh, Old: &dewar.InStore{Store: broken{}}}, nil)
		res := visit(m, "__Host-session=abc", func(*dewar.Session) { t.Errorf("%T: called", fresh) })
		if res.StatusCode != 503 || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%T: %d %v", fresh, res.StatusCode, res.Header)
		}
	}
}

// What a handler did holds, though its client went away meanwhile.
func TestWhoGoesAwayIsSaved(t *testing.T) {
	for _, row := range []struct {
		name string
		f    func(*dewar.Session)
		want func(*dewar.Session) bool
	}{
		{"a change", func(s *dewar.Session) { s.Set("b", 2) }, func(s *dewar.Session) bool { return s.Has("b") }},
		{"a sign-out", func(s *dewar.Session) { s.Destroy() }, (*dewar.Session).IsNew},
	} {
		m, _ := stored(t, nil)
		cookie := signedIn(t, m, map[string]any{"a": 1})
		ctx, goAway := context.WithCancel(t.Context())
		r := httptest.NewRequest("GET", "http://localhost/", nil).WithContext(ctx)
		r.Header.Set("Cookie", cookie)
		m.Wrap(view(func(s *dewar.Session) { row.f(s); goAway() })).ServeHTTP(httptest.NewRecorder(), r)
		visit(m, cookie, func(s *dewar.Session) {
			if !row.want(s) {
				t.Errorf("%s is lost", row.name)
			}
		})
	}
}
