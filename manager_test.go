package dewar_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func TestUntouchedSessionsCostNoHeader(t *testing.T) {
	m := manager(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1})
	for _, c := range []string{"", cookie, "__Host-session=forged.AAAA.BBBB"} {
		if res := do(m.Wrap(view(func(*dewar.Session) {})), c); len(res.Header) != 0 {
			t.Errorf("%v", res.Header)
		}
	}
}

// A life is measured from the last write, extended by use when a twentieth of
// it is over, not by a 5xx and not on routes that don't keep alive.
func TestLife(t *testing.T) {
	c := newClock()
	m := manager(t, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, time.Hour })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	idle := view(func(*dewar.Session) {})

	c.at = c.at.Add(2 * time.Minute)
	if cookieOf(do(m.Wrap(idle), cookie)) != "" {
		t.Error("extended too early")
	}
	c.at = c.at.Add(time.Minute)
	if cookieOf(do(m.With(dewar.Route{NoKeepAlive: true}).Wrap(idle), cookie)) != "" {
		t.Error("extended by a route that doesn't keep alive")
	}
	failing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(502) })
	if cookieOf(do(m.Wrap(failing), cookie)) != "" {
		t.Error("extended by a 5xx")
	}
	longer := cookieOf(do(m.Wrap(idle), cookie))
	if longer == "" {
		t.Fatal("not extended")
	}
	c.at = c.at.Add(time.Hour)
	has := func(cookie string) (found bool) {
		do(m.Wrap(view(func(s *dewar.Session) { found = s.Has("a") })), cookie)
		return found
	}
	if has(cookie) || !has(longer) {
		t.Errorf("after an hour: the first %v, the extended %v", has(cookie), has(longer))
	}
}

// SetLife is enforced from what the cookie itself holds.
func TestSetLife(t *testing.T) {
	c := newClock()
	m := manager(t, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, time.Hour })
	res := do(m.Wrap(view(func(s *dewar.Session) { s.Login("7"); s.SetLife(30 * 24 * time.Hour) })))
	if got := res.Header.Get("Set-Cookie"); !strings.Contains(got, "; Max-Age=2592000;") {
		t.Error(got)
	}
	user := func() (u string) {
		do(m.Wrap(view(func(s *dewar.Session) { u = s.User() })), cookieOf(res))
		return u
	}
	c.at = c.at.Add(30 * 24 * time.Hour)
	if user() != "7" {
		t.Error("over at its end")
	}
	c.at = c.at.Add(time.Second)
	if user() != "" {
		t.Error("lives on")
	}
}

// Rotation without a restart: what the old key signed is accepted and signed
// anew; once the old key is gone, only the new cookie is.
func TestRotation(t *testing.T) {
	oldKey, newKey := []byte("the old key, 16 bytes or more"), []byte("the new key, 16 bytes or more")
	keys := ring(t, oldKey)
	m := manager(t, func(o *dewar.Options) { o.Backend = dewar.Cookies(keys).Backend })
	before := signedIn(t, m, map[string]any{"a": 1})
	if err := keys.Swap(dewar.Keys{Current: newKey, Old: [][]byte{oldKey}}); err != nil {
		t.Fatal(err)
	}
	after := cookieOf(do(m.Wrap(view(func(*dewar.Session) {})), before))
	if after == "" {
		t.Fatal("not signed anew")
	}
	if again := cookieOf(do(m.Wrap(view(func(*dewar.Session) {})), after)); again != "" {
		t.Error("signed anew twice")
	}
	if err := keys.Swap(dewar.Keys{Current: newKey}); err != nil {
		t.Fatal(err)
	}
	for cookie, want := range map[string]bool{before: false, after: true} {
		do(m.Wrap(view(func(s *dewar.Session) {
			if s.Has("a") != want {
				t.Errorf("has %v, want %v", !want, want)
			}
		})), cookie)
	}
}

// A cookie left by another Path, or planted by a sibling host, doesn't hide
// the visitor's own, wherever it stands; the number tried is bounded.
func TestEveryCookieOfTheNameIsTried(t *testing.T) {
	var seen recorder
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) })
	mine := signedIn(t, m, map[string]any{"a": 1})
	var found bool
	h := m.Wrap(view(func(s *dewar.Session) { found = s.Has("a") }))
	if do(h, "__Host-session=planted; "+mine); !found {
		t.Error("hidden by the one before it")
	}
	if do(h, mine, "__Host-session=planted"); !found {
		t.Error("hidden by the one behind it")
	}
	if do(h, strings.Repeat("__Host-session=planted; ", 100)+mine); found {
		t.Error("a hundred were tried")
	}
	if got := seen.kinds(); strings.Count(got, "refused:malformed") != 1+8 {
		t.Errorf("events: %s", got)
	}
}

func TestLazyRoutes(t *testing.T) {
	var seen recorder
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) }).With(dewar.Route{Lazy: true})
	do(m.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), "__Host-session=bad")
	if len(seen.events) != 0 {
		t.Error("opened for a handler that never asked")
	}
	res := do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		func() {
			defer func() {
				if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "Open first") {
					t.Errorf("From before Open: %v", v)
				}
			}()
			dewar.From(r.Context())
		}()
		s, err := dewar.Open(r.Context())
		if err != nil || s != dewar.From(r.Context()) {
			t.Errorf("Open: %v", err)
		}
		s.Set("a", 1)
	})))
	if cookieOf(res) == "" {
		t.Error("not saved")
	}
}

func TestNestedPolicies(t *testing.T) {
	c := newClock()
	m := manager(t, func(o *dewar.Options) { o.Now = c.now })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	c.at = c.at.Add(12 * time.Hour)
	static := m.With(dewar.Route{NoKeepAlive: true}).Wrap(view(func(s *dewar.Session) { _ = s.Get("a") }))
	if res := do(m.Wrap(static), cookie); cookieOf(res) != "" || res.Header.Get("Vary") != "Cookie" {
		t.Errorf("%v", res.Header)
	}
}

// Two managers can be nested; each finds its own.
func TestTwoManagers(t *testing.T) {
	a := manager(t, func(o *dewar.Options) { o.Cookie.Name = "a" })
	b := manager(t, func(o *dewar.Options) { o.Cookie.Name = "b" })
	res := do(a.Wrap(b.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.From(r.Context()).Set("x", 1)
		dewar.From(r.Context()).Set("y", 1)
		if dewar.From(r.Context()) != b.From(r.Context()) || a.From(r.Context()).Has("y") {
			t.Error("mixed up")
		}
	}))))
	if got := len(res.Header["Set-Cookie"]); got != 2 {
		t.Errorf("%d cookies", got)
	}
}

func TestWithoutWrap(t *testing.T) {
	if _, err := dewar.Open(context.Background()); !errors.Is(err, dewar.ErrNoWrap) {
		t.Errorf("Open: %v", err)
	}
	defer func() {
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "Manager.Wrap") {
			t.Errorf("From: %v", v)
		}
	}()
	dewar.From(context.Background())
}

func TestNewContext(t *testing.T) {
	s := dewar.NewSession(map[string]any{"a": 1})
	if dewar.From(dewar.NewContext(context.Background(), s)) != s || s.Get("a") != int64(1) {
		t.Error("not the session that was put in")
	}
}

// Load and Commit are the same road without net/http.
func TestLoadAndCommit(t *testing.T) {
	ctx := context.Background()
	m := manager(t, nil)
	s, err := m.Load(ctx, "")
	if err != nil || !s.IsNew() {
		t.Fatal(err)
	}
	s.Set("a", 1)
	a, err := m.Commit(ctx, s)
	if err != nil || len(a.SetCookie) != 1 || !a.Vary || !a.Private || !strings.HasPrefix(a.SetCookie[0], "__Host-session="+a.Value+"; ") {
		t.Fatalf("%+v %v", a, err)
	}
	s, err = m.Load(ctx, a.Value)
	if err != nil || s.Get("a") != int64(1) {
		t.Fatal(err)
	}
	if a, err = m.Commit(ctx, s); err != nil || a.SetCookie != nil || !a.Vary {
		t.Errorf("%+v %v", a, err)
	}
	if s, err = m.Load(ctx, "forged"); err != nil || !s.IsNew() {
		t.Errorf("forged: %v", err)
	}
	s.Set("f", func() {})
	if _, err = m.Commit(ctx, s); err == nil {
		t.Error("what can't be saved was")
	}
}

// down is a backend that can't answer.
type down struct{ dewar.Unavailable }

var errDown = errors.New("connection refused")

func (down) Open(context.Context, string) (dewar.Record, error) { return dewar.Record{}, errDown }

// While a backend is down, the cookie isn't touched.
func TestOutage(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Backend = down{} })
	called := false
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		called = true
		s := dewar.From(r.Context())
		s.Set("a", 1)
		s.Destroy()
		if !errors.Is(s.Err(), dewar.ErrReadOnly) || !errors.Is(s.Err(), errDown) {
			t.Errorf("Err: %v", s.Err())
		}
	})
	res := do(m.Wrap(h), "__Host-session=x")
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || called || cookieOf(res) != "" {
		t.Errorf("Fail: %d %v, called %v", res.StatusCode, res.Header, called)
	}
	res = do(m.With(dewar.Route{Outage: dewar.Anonymous}).Wrap(h), "__Host-session=x")
	if res.StatusCode != 200 || !called || cookieOf(res) != "" {
		t.Errorf("Anonymous: %d %v, called %v", res.StatusCode, res.Header, called)
	}
}

// A Secure cookie on plain HTTP is said once, not for loopback.
func TestSecureCookieOverPlainHTTP(t *testing.T) {
	var seen recorder
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) })
	h := m.Wrap(view(func(s *dewar.Session) { s.Set("a", 1) }))
	for _, url := range []string{"http://127.0.0.1:8080/", "http://[::1]/", "http://localhost:1/", "https://example.com/"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", url, nil))
	}
	if got := seen.kinds(); got != "" {
		t.Errorf("said too early: %s", got)
	}
	for range 3 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "http://example.com/", nil))
	}
	if len(seen.events) != 1 || !strings.Contains(seen.events[0].Reason, "plain HTTP") {
		t.Errorf("events: %s", seen.kinds())
	}
}

// An encrypted cookie is read by nobody, and no signed one passes for it.
func TestEncryptedCookies(t *testing.T) {
	keys := ring(t, secret)
	m := manager(t, func(o *dewar.Options) { o.Backend = dewar.EncryptedCookies(keys).Backend })
	cookie := signedIn(t, m, map[string]any{"name": "Zoë the secret"})
	value, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(cookie, "__Host-session="))
	if err != nil || bytes.Contains(value, []byte("secret")) {
		t.Errorf("%q, %v", value, err)
	}
	visit(m, cookie, func(s *dewar.Session) {
		if s.Get("name") != "Zoë the secret" {
			t.Error("not found")
		}
	})
	for _, o := range []dewar.Options{dewar.Cookies(keys), dewar.EncryptedCookies(ring(t, []byte("quite another key, as long")))} {
		o.Observer = quiet
		other, err := dewar.New(o)
		if err != nil {
			t.Fatal(err)
		}
		visit(m, signedIn(t, other, map[string]any{"name": "mallory"}), func(s *dewar.Session) {
			if !s.IsNew() {
				t.Error("a cookie of another kind, or key, is accepted")
			}
		})
	}
	// Moving to it, signed ones are read as long as one wants.
	moving := manager(t, func(o *dewar.Options) {
		o.Backend = dewar.Fallback{New: dewar.EncryptedCookies(keys).Backend, Old: dewar.Cookies(keys).Backend}
	})
	signed := signedIn(t, manager(t, nil), map[string]any{"a": 1})
	next := cookieOf(visit(moving, signed, func(s *dewar.Session) { s.Set("b", 2) }))
	visit(m, next, func(s *dewar.Session) {
		if s.Len() != 2 {
			t.Errorf("%d values", s.Len())
		}
	})
	if _, err := dewar.New(dewar.Options{Backend: dewar.EncryptedCookies(keys).Backend, Rules: dewar.Flask}); err == nil {
		t.Error("Flask's rules on encrypted cookies")
	}
}

// Every step of a session's life is told, with a handle that is the session's; an
// observer that panics harms nothing.
func TestEvents(t *testing.T) {
	seen := &recorder{everything: true}
	c := newClock()
	m, _ := stored(t, func(o *dewar.Options) { o.Observer, o.Now = dewar.Patient(panicking{seen}), c.now })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	var handles [2]string
	visit(m, cookie, func(s *dewar.Session) { s.Set("a", 2); handles[0] = s.Handle() })
	c.at = c.at.Add(20 * time.Hour)
	visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") })
	next := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Renew() }))
	visit(m, next, func(s *dewar.Session) { handles[1] = s.Handle(); s.Destroy() })
	if got := seen.kinds(); got != "created: loaded: saved: loaded: extended: loaded: renewed: loaded: ended:destroyed" {
		t.Errorf("events: %s", got)
	}
	for i, e := range seen.events {
		want := handles[0]
		if i >= 6 {
			want = handles[1]
		}
		if at := map[bool]time.Time{false: newClock().at, true: c.at}[i >= 3]; !e.Time.Equal(at) {
			t.Errorf("event %d, %v, was at %v, not %v", i, e, e.Time, at)
		}
		if e.Handle() != want || len(want) != 16 || strings.Contains(next+cookie, want) {
			t.Errorf("event %d, %v, has handle %q, want %q", i, e, e.Handle(), want)
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("session", "event", seen.events[0])
	if want := "event.kind=created event.handle=" + handles[0]; !strings.Contains(b.String(), want) {
		t.Errorf("logged as %s", b.String())
	}
}

// panicking tells another observer, then panics.
type panicking struct{ dewar.Observer }

func (p panicking) Observe(ctx context.Context, e dewar.Event) {
	p.Observer.Observe(ctx, e)
	panic("the observer's own fault")
}
