package dewar_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
)

// Whatever a handler learns of a session makes the response depend on the cookie:
// Vary says so, once, beside what was there, and whether or not there is a session.
func TestEveryLookVaries(t *testing.T) {
	flasks := flask.Cookies(ring(t, secret))
	flasks.Observer = quiet
	asFlask, err := dewar.New(flasks)
	if err != nil {
		t.Fatal(err)
	}
	for kind, m := range map[string]*dewar.Manager{"signed": manager(t, nil), "stored": first(stored(t, nil)), "Flask's": asFlask} {
		cookie := signedIn(t, m, map[string]any{"a": 1})
		for name, look := range map[string]func(s *dewar.Session){
			"Get":             func(s *dewar.Session) { s.Get("x") },
			"Has":             func(s *dewar.Session) { s.Has("x") },
			"Len":             func(s *dewar.Session) { s.Len() },
			"All":             func(s *dewar.Session) { s.All()(func(string, any) bool { return false }) },
			"User":            func(s *dewar.Session) { s.User() },
			"IsNew":           func(s *dewar.Session) { s.IsNew() },
			"Handle":          func(s *dewar.Session) { s.Handle() },
			"IsPermanent":     func(s *dewar.Session) { s.IsPermanent() },
			"Flashes":         func(s *dewar.Session) { s.Flashes() },
			"Key.Get":         func(s *dewar.Session) { dewar.Key[int]("x").Get(s) },
			"Key.Lookup":      func(s *dewar.Session) { _, _ = dewar.Key[int]("x").Lookup(s) },
			"Key.Take":        func(s *dewar.Session) { dewar.Key[int]("x").Take(s) },
			"an equal value":  func(s *dewar.Session) { s.Set("a", 1) },
			"a vain Delete":   func(s *dewar.Session) { s.Delete("x") },
			"a write":         func(s *dewar.Session) { s.Set("a", 2) },
			"a sign-out":      func(s *dewar.Session) { s.Destroy() },
			"a look, by many": func(s *dewar.Session) { s.Get("x"); s.Has("x"); s.Len() },
		} {
			for _, c := range []string{"", cookie} {
				res := do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Vary", "Accept")
					look(dewar.From(r.Context()))
				})), c)
				if got := res.Header["Vary"]; len(got) != 1 || got[0] != "Accept, Cookie" {
					t.Errorf("%s, %s, with a session %v: Vary is %q", kind, name, c != "", got)
				}
			}
		}
	}
}

// A response that carries a session's cookie though nobody looked at the session,
// because its life was extended or its key is an old one, depends on the cookie all the
// same and is no shared cache's to keep, whatever the handler said.
func TestARefreshVariesAndIsPrivate(t *testing.T) {
	c := newClock()
	keys := ring(t, []byte("an old key of the ring, long enough"))
	for kind, m := range map[string]*dewar.Manager{
		"signed":  manager(t, func(o *dewar.Options) { o.Now = c.now }),
		"rotated": manager(t, func(o *dewar.Options) { o.Backend, o.Now = dewar.Cookies(keys).Backend, c.now }),
		"stored":  first(stored(t, func(o *dewar.Options) { o.Now = c.now })),
	} {
		cookie := signedIn(t, m, map[string]any{"a": 1})
		if kind == "rotated" {
			if err := keys.Swap(dewar.Keys{Current: secret, Old: [][]byte{[]byte("an old key of the ring, long enough")}}); err != nil {
				t.Fatal(err)
			}
		} else {
			c.at = c.at.Add(2 * time.Hour)
		}
		res := do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=60, s-maxage=600")
			fmt.Fprint(w, "page")
		})), cookie)
		if cookieOf(res) == "" || res.Header.Get("Vary") != "Cookie" || res.Header.Get("Cache-Control") != "max-age=60, private" {
			t.Errorf("%s: %v", kind, res.Header)
		}
	}
}
