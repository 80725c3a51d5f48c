package dewar_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A sign-in gives the session a new id, whoever signs in: a visitor, the same user
// again, as after a second factor, or another. What was in it is kept, unless it was
// destroyed first; and the id of before is worth nothing once the grace period is over.
func TestEverySignInGivesANewID(t *testing.T) {
	for _, layout := range []dewar.Layout{dewar.NativeLayout, dewar.FlaskLayout} {
		for name, row := range map[string]struct {
			before string // who is signed in; "" is nobody
			f      func(s *dewar.Session)
			keeps  bool
		}{
			"a visitor":              {"", func(s *dewar.Session) { s.Login("7") }, true},
			"the same user":          {"7", func(s *dewar.Session) { s.Login("7") }, true},
			"another user":           {"8", func(s *dewar.Session) { s.Login("7") }, true},
			"after Destroy":          {"8", func(s *dewar.Session) { s.Destroy(); s.Login("7") }, false},
			"another role, by Renew": {"7", func(s *dewar.Session) { s.Set("admin", true); s.Renew() }, true},
		} {
			c := newClock()
			st := memstore.New(memstore.Options{Now: c.now})
			m := managing(t, &dewar.InStore{Store: st, Layout: layout}, func(o *dewar.Options) { o.Now = c.now })
			planted := cookieOf(visit(m, "", func(s *dewar.Session) {
				if s.Set("cart", 1); row.before != "" {
					s.Login(row.before)
				}
			}))
			next := cookieOf(visit(m, planted, row.f))
			if next == "" || next == planted {
				t.Fatalf("%s: no new id", name)
			}
			visit(m, next, func(s *dewar.Session) {
				if s.User() != "7" || s.Has("cart") != row.keeps {
					t.Errorf("%s: user %q, the cart is kept: %v", name, s.User(), s.Has("cart"))
				}
			})
			c.at = c.at.Add(11 * time.Second)
			visit(m, planted, func(s *dewar.Session) {
				if !s.IsNew() {
					t.Errorf("%s: the id of before leads to %q", name, s.User())
				}
			})
		}
	}
}

// A session that was emptied, key by key or at once, comes back empty, not with what
// it held; one that was destroyed not at all.
func TestWhatWasTakenOutStaysOut(t *testing.T) {
	for kind, m := range map[string]*dewar.Manager{"signed": manager(t, nil), "stored": first(stored(t, nil))} {
		for name, f := range map[string]func(*dewar.Session){
			"the last key": func(s *dewar.Session) { s.Delete("_user_id") },
			"Clear":        func(s *dewar.Session) { s.Clear() },
			"Destroy":      func(s *dewar.Session) { s.Destroy() },
		} {
			cookie := cookieOf(visit(m, "", func(s *dewar.Session) { s.Login("7") }))
			next := visit(m, cookie, f).Header.Get("Set-Cookie") // a browser keeps what it has if none comes
			if next, _, _ = strings.Cut(next, ";"); next == "" {
				next = cookie
			}
			visit(m, next, func(s *dewar.Session) {
				if s.Len() != 0 || s.User() != "" || s.IsNew() != (name == "Destroy") {
					t.Errorf("%s, %s: %d values, user %q, new: %v", kind, name, s.Len(), s.User(), s.IsNew())
				}
			})
		}
	}
}

// A sign-out is done though the observer panics at every event; and where the store
// refuses to forget, it isn't answered as one that was.
func TestASignOutIsDoneOrNotAnswered(t *testing.T) {
	st := &between{Store: memstore.New(memstore.Options{})}
	m := managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Observer = panicking{quiet} })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	failing := &failingRemoval{st}
	refuses := managing(t, &dewar.InStore{Store: failing}, nil)
	if res := visit(refuses, cookie, func(s *dewar.Session) { s.Destroy() }); res.StatusCode != 503 || res.Header.Get("Set-Cookie") != "" {
		t.Errorf("a sign-out that failed is answered %d, %v", res.StatusCode, res.Header)
	}
	if res := visit(m, cookie, func(s *dewar.Session) { s.Destroy() }); res.StatusCode != 200 || !strings.Contains(res.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("lives on")
		}
	})
}

// failingRemoval is a store that forgets nothing.
type failingRemoval struct{ *between }

func (failingRemoval) Remove(_ context.Context, _ string, _ dewar.Item) error { return errDown }
func (failingRemoval) Delete(_ context.Context, _ string) error               { return errDown }

// Whatever a handler does in one request, the response has one line for the cookie at
// the most; so it has where policies are nested, and one for each of two managers.
func TestOneCookieAResponse(t *testing.T) {
	verbs := map[string]func(*dewar.Session){
		"set": func(s *dewar.Session) { s.Set("x", 1) }, "renew": func(s *dewar.Session) { s.Renew() }, "login": func(s *dewar.Session) { s.Login("7") },
		"clear": func(s *dewar.Session) { s.Clear() }, "destroy": func(s *dewar.Session) { s.Destroy() }, "life": func(s *dewar.Session) { s.SetLife(time.Hour) },
	}
	c := newClock()
	now := func(o *dewar.Options) { o.Now = c.now }
	for kind, m := range map[string]*dewar.Manager{
		"signed": manager(t, now), "stored": first(stored(t, now)), "encrypted": managing(t, dewar.EncryptedCookies(ring(t, secret)).Backend, now),
		"fallback": managing(t, dewar.Fallback{New: &dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now})}, Old: dewar.Cookies(ring(t, secret)).Backend}, now),
	} {
		for one, f := range verbs {
			for two, g := range verbs {
				for _, due := range []bool{false, true} {
					cookie := signedIn(t, m, map[string]any{"a": 1})
					if due {
						c.at = c.at.Add(2 * time.Hour) // and its life is to be extended
					}
					inner := m.With(dewar.Route{NoKeepAlive: true}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						g(dewar.From(r.Context()))
						w.WriteHeader(http.StatusOK)
						fmt.Fprint(w, "page")
						if f, ok := w.(http.Flusher); ok {
							f.Flush()
						}
					}))
					res := do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						f(dewar.From(r.Context()))
						inner.ServeHTTP(w, r)
					})), cookie)
					if n := len(res.Header["Set-Cookie"]); n > 1 || res.StatusCode != 200 {
						t.Errorf("%s, %s and %s: %d lines, status %d", kind, one, two, n, res.StatusCode)
					}
				}
			}
		}
	}
}
