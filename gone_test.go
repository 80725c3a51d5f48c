package dewar_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// A logout isn't undone, by whoever is in flight: a writer, one that only
// extends, one that renews. And nobody deletes the cookie but the logout.
func TestGoneIsGone(t *testing.T) {
	for name, f := range map[string]func(s *dewar.Session){
		"writer":  func(s *dewar.Session) { s.Set("late", 1) },
		"updater": func(s *dewar.Session) { dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 }) },
		"renewer": func(s *dewar.Session) { s.Login("9") },
		"reader":  func(s *dewar.Session) { _ = s.Get("a") },
	} {
		c := newClock()
		m, st := stored(t, func(o *dewar.Options) { o.Now = c.now })
		cookie := signedIn(t, m, map[string]any{"a": 1})
		c.at = c.at.Add(20 * time.Hour) // due for an extension
		res := visit(m, cookie, func(s *dewar.Session) {
			f(s)
			visit(m, cookie, func(s *dewar.Session) { s.Destroy() })
		})
		if res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", name, res.Header)
		}
		if want := map[bool]int{true: 200, false: 409}[name == "reader"]; res.StatusCode != want {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
		visit(m, cookie, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("%s brought it back", name)
			}
		})
		for item := range st.List(context.Background(), "") {
			if !strings.Contains(item.Key, "link") {
				t.Errorf("%s left a record", name)
			}
		}
	}
}

func TestLogoutRaces(t *testing.T) {
	for round := range 200 {
		m, st := stored(t, nil)
		cookie := signedIn(t, m, map[string]any{"a": 1})
		cookies := []string{cookie}
		for _, res := range parallel(m, cookie, 4, func(i int, s *dewar.Session) {
			switch i {
			case 0:
				s.Destroy()
			case 1:
				s.Set("b", 2)
			case 2:
				s.Renew()
			case 3:
				s.Set("c", 3)
				s.Renew()
			}
		}) {
			cookies = append(cookies, cookieOf(res))
		}
		for _, c := range cookies {
			visit(m, c, func(s *dewar.Session) {
				if !s.IsNew() {
					t.Errorf("round %d: the session lives on", round)
				}
			})
		}
		if t.Failed() {
			t.Fatalf("%d items", st.Len())
		}
	}
}

// A client that goes away while it signs out is signed out.
func TestSignOutOfOneWhoWentAway(t *testing.T) {
	m, st := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "POST", "http://localhost/", nil)
	r.Header.Set("Cookie", cookie)
	m.Wrap(view(func(s *dewar.Session) { s.Destroy(); cancel() })).ServeHTTP(httptest.NewRecorder(), r)
	if n := sessions(st); n != 0 {
		t.Errorf("%d sessions", n)
	}
}
