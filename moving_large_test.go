package dewar_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// large is a store with a session that is too large for a cookie, its cookie, and the
// managers of before and after it is to move into one.
func large(t *testing.T, rules dewar.Rules, change func(*dewar.Options)) (before, after *dewar.Manager, from *memstore.Store, cookie string, c *clock) {
	t.Helper()
	c = newClock()
	from = memstore.New(memstore.Options{Now: c.now})
	old := &dewar.InStore{Store: from}
	before = managing(t, old, func(o *dewar.Options) { o.Now = c.now })
	after = managing(t, dewar.Fallback{New: dewar.Cookies(ring(t, secret)).Backend, Old: old}, func(o *dewar.Options) {
		o.Now, o.Rules = c.now, rules
		if change != nil {
			change(o)
		}
	})
	return before, after, from, signedIn(t, before, map[string]any{"big": random(9000), "_permanent": true}), c
}

// What doesn't fit into the cookie stays in the store, whoever comes: a reader is
// served and his session lives on, a writer is told, or saved there under Flask's rules.
// What is small enough again moves.
func TestMovingWhatDoesNotFitIntoTheCookie(t *testing.T) {
	for rules, want := range map[dewar.Rules]struct {
		status int
		events string
	}{
		dewar.Native: {500, "loaded: extended: loaded: failed:too-large loaded: renewed:"},
		dewar.Flask:  {200, "loaded: warned extended: loaded: warned saved: loaded: renewed:"},
	} {
		seen := &recorder{everything: true}
		var failed error
		before, after, from, cookie, c := large(t, rules, func(o *dewar.Options) {
			o.Observer = dewar.Patient(seen)
			o.OnError = func(w http.ResponseWriter, _ *http.Request, err error) { failed = err; w.WriteHeader(500) }
		})
		c.at = c.at.Add(20 * time.Hour)
		if res := visit(after, cookie, func(s *dewar.Session) { _ = s.Get("big") }); res.StatusCode != 200 || cookieOf(res) != cookie {
			t.Errorf("%v: a reader: status %d, cookie of %d bytes", rules, res.StatusCode, len(cookieOf(res)))
		}
		c.at = c.at.Add(20 * time.Hour)
		res := visit(after, cookie, func(s *dewar.Session) { s.Set("a", 1) })
		var size *dewar.CookieSizeError
		if told := cookieOf(res) != cookie; res.StatusCode != want.status || told != errors.As(failed, &size) || told != (rules == dewar.Native) {
			t.Errorf("%v: a writer: status %d, error %v, cookie of %d bytes", rules, res.StatusCode, failed, len(cookieOf(res)))
		}
		visit(before, cookie, func(s *dewar.Session) {
			if !s.Has("big") || s.Has("a") != (rules == dewar.Flask) || sessions(from) != 1 {
				t.Errorf("%v: %d sessions, %d values", rules, sessions(from), s.Len())
			}
		})
		next := cookieOf(visit(after, cookie, func(s *dewar.Session) { s.Set("big", "small") }))
		visit(managing(t, dewar.Cookies(ring(t, secret)).Backend, func(o *dewar.Options) { o.Now = c.now }), next, func(s *dewar.Session) {
			if s.Get("big") != "small" || sessions(from) != 0 {
				t.Errorf("%v: %d values have moved, %d sessions left", rules, s.Len(), sessions(from))
			}
		})
		if got := staying.ReplaceAllString(seen.kinds(), "warned"); got != want.events {
			t.Errorf("events: %s", got)
		}
	}
}

var staying = regexp.MustCompile(`warned:dewar: the cookie "__Host-session" would take \d{4} bytes \(its value \d{4}\) and the limit is 4093: the session stays where it was`)

// A sign-in whose session doesn't fit has a new id where it stays, also beside a writer.
func TestLoginThatDoesNotFitIntoTheCookie(t *testing.T) {
	for _, other := range []func(*dewar.Session){
		func(*dewar.Session) {}, func(s *dewar.Session) { s.Set("c", 1) }, (*dewar.Session).Destroy,
	} {
		before, after, from, cookie, c := large(t, dewar.Flask, nil)
		res := visit(after, cookie, func(s *dewar.Session) {
			s.Login("7")
			visit(before, cookie, other)
		})
		next := cookieOf(res)
		if sessions(from) == 0 && res.StatusCode == 409 && next == "" {
			continue // a sign-out is one
		}
		c.at = c.at.Add(time.Minute)
		visit(after, next, func(s *dewar.Session) {
			if next == cookie || s.User() != "7" || !s.Has("big") || sessions(from) != 1 {
				t.Errorf("user %q, %d values, %d sessions, the same id: %v", s.User(), s.Len(), sessions(from), next == cookie)
			}
		})
	}
}

// A commit that didn't fit is done by the next that does.
func TestCommittingTwiceWhatDidNotFit(t *testing.T) {
	_, after, from, cookie, _ := large(t, dewar.Native, nil)
	_, value, _ := strings.Cut(cookie, "=")
	s, err := after.Load(t.Context(), value)
	if err != nil {
		t.Fatal(err)
	}
	s.Set("a", 1)
	if _, err := after.Commit(t.Context(), s); !errors.Is(err, dewar.ErrTooLarge) || sessions(from) != 1 {
		t.Errorf("%v, %d sessions", err, sessions(from))
	}
	s.Delete("big")
	if a, err := after.Commit(t.Context(), s); err != nil || len(a.Value) < 50 || sessions(from) != 0 {
		t.Errorf("%v, value of %d bytes, %d sessions", err, len(a.Value), sessions(from))
	}
}

// Who only reads is served though his cookie, made anew, is over the limit.
func TestReaderWhoseCookieIsTooLarge(t *testing.T) {
	c, seen := newClock(), &recorder{}
	cookie := signedIn(t, manager(t, func(o *dewar.Options) { o.Now = c.now }), map[string]any{"big": random(1000)})
	m := manager(t, func(o *dewar.Options) {
		o.Now, o.Observer, o.Cookie.MaxBytes = c.now, dewar.Patient(seen), 500
	})
	c.at = c.at.Add(20 * time.Hour)
	res := visit(m, cookie, func(s *dewar.Session) { _ = s.Get("big") })
	if res.StatusCode != 200 || res.Header.Get("Set-Cookie") != "" || seen.kinds() != "failed:too-large" {
		t.Errorf("status %d, %v, events %s", res.StatusCode, res.Header, seen.kinds())
	}
}
