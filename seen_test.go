package dewar_test

import (
	"bytes"
	"context"
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

// Whatever of a session is lost, is seen: an event says so.
func TestWhatIsLostIsSeen(t *testing.T) {
	for _, row := range []struct {
		name  string
		route dewar.Route
		f     func(w http.ResponseWriter, r *http.Request)
	}{
		{"a Lazy route opened after the body began", dewar.Route{Lazy: true}, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "body")
			s, err := dewar.Open(r.Context())
			if err != nil {
				t.Error(err)
			}
			s.Set("late", 1)
		}},
		{"another fault came first", dewar.Route{}, func(w http.ResponseWriter, r *http.Request) {
			s := dewar.From(r.Context())
			s.Permanent(true)
			fmt.Fprint(w, "body")
			s.Set("late", 1)
		}},
		{"changed in place", dewar.Route{}, func(w http.ResponseWriter, r *http.Request) {
			cart := dewar.From(r.Context()).Get("cart").(map[string]any)
			fmt.Fprint(w, "body")
			cart["n"] = 2
		}},
		{"a panic behind it", dewar.Route{}, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "body")
			dewar.From(r.Context()).Set("late", 1)
			panic(http.ErrAbortHandler)
		}},
		{"changed in place before a Hijack", dewar.Route{}, func(w http.ResponseWriter, r *http.Request) {
			dewar.From(r.Context()).Get("cart").(map[string]any)["n"] = 2
			if _, _, err := w.(http.Hijacker).Hijack(); err != nil {
				t.Error(err)
			}
		}},
	} {
		var seen recorder
		m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) })
		cookie := signedIn(t, m, map[string]any{"cart": map[string]any{"n": 1}})
		func() {
			defer func() { _ = recover() }()
			r := httptest.NewRequest("GET", "http://localhost/", nil)
			r.Header.Set("Cookie", cookie)
			m.With(row.route).Wrap(http.HandlerFunc(row.f)).ServeHTTP(hijackable{httptest.NewRecorder()}, r)
		}()
		want := "pending:save"
		if row.name == "another fault came first" {
			want += " failed:rules"
		}
		if got := seen.kinds(); got != want || !errors.Is(seen.events[0].Err, dewar.ErrTooLate) {
			t.Errorf("%s: events %s", row.name, got)
		}
	}
}

type hijackable struct{ *httptest.ResponseRecorder }

func (hijackable) Hijack() (c netConn, rw *readWriter, err error) { return nil, nil, nil }

// A write to a session that can't be written to is seen too.
func TestReadOnlyWritesAreSeen(t *testing.T) {
	var seen recorder
	m, err := dewar.New(dewar.Options{Backend: &dewar.Unavailable{Reason: errDown}, Observer: dewar.Patient(&seen)})
	if err != nil {
		t.Fatal(err)
	}
	do(m.Wrap(view(func(s *dewar.Session) { s.Login("7") })))
	if got := seen.kinds(); !strings.HasPrefix(got, "warned:") || !strings.HasSuffix(got, " failed:read-only") || !errors.Is(seen.events[1].Err, dewar.ErrReadOnly) {
		t.Errorf("events: %s", got)
	}
}

// What can't be encoded, set or in place, value or key, isn't answered with
// success.
func TestTheImpossibleIsRefused(t *testing.T) {
	for name, f := range map[string]func(s *dewar.Session){
		"a value":          func(s *dewar.Session) { s.Set("f", func() {}) },
		"a value in place": func(s *dewar.Session) { s.Get("m").(map[string]any)["f"] = func() {} },
		"a key":            func(s *dewar.Session) { s.Set("\xff", 1) },
	} {
		m := manager(t, nil)
		cookie := signedIn(t, m, map[string]any{"m": map[string]any{"n": 1}})
		res := do(m.Wrap(view(f)), cookie)
		if res.StatusCode != 500 || cookieOf(res) != "" || res.Header.Get("Retry-After") != "" {
			t.Errorf("%s: %d %v", name, res.StatusCode, res.Header)
		}
	}
}

// The error page of a failed save has nothing of the success's headers, and an
// OnError that says nothing is no success.
func TestFailureIsNoSuccess(t *testing.T) {
	for _, silent := range []bool{false, true} {
		m := manager(t, func(o *dewar.Options) {
			if silent {
				o.OnError = func(http.ResponseWriter, *http.Request, error) {}
			}
		})
		res := do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=86400")
			w.Header().Set("Expires", "Fri, 01 Jan 2100 00:00:00 GMT")
			w.Header().Set("Content-Disposition", "attachment")
			http.SetCookie(w, &http.Cookie{Name: "remember", Value: "me"})
			dewar.From(r.Context()).Set("big", random(9000))
			fmt.Fprint(w, "x")
		})))
		if res.StatusCode != 500 {
			t.Errorf("status %d", res.StatusCode)
		}
		for _, name := range []string{"Cache-Control", "Expires", "Content-Disposition", "Set-Cookie"} {
			if v := res.Header.Get(name); v != "" {
				t.Errorf("%s: %s", name, v)
			}
		}
	}
}

// A reader is served although its session's life couldn't be extended.
func TestFailedTouchIsSeenAndSurvived(t *testing.T) {
	var seen recorder
	m := manager(t, func(o *dewar.Options) { o.Backend, o.Observer = untouchable{}, dewar.Patient(&seen) })
	res := do(m.Wrap(view(func(s *dewar.Session) { _ = s.Get("a") })), "__Host-session=x")
	if res.StatusCode != 200 || seen.kinds() != "failed:extend" {
		t.Errorf("%d, events %s", res.StatusCode, seen.kinds())
	}
}

type untouchable struct{ dewar.Unavailable }

func (untouchable) Open(context.Context, string) (dewar.Record, error) {
	return dewar.Record{ID: "x", Age: time.Hour * 20, Entries: []dewar.Entry{{Key: "a", Raw: []byte("1")}}}, nil
}

func (untouchable) Touch(context.Context, dewar.Record, time.Duration) (string, error) {
	return "", errDown
}

// Printing a session prints nothing of it.
func TestPrintingASession(t *testing.T) {
	s := dewar.NewSession(map[string]any{"p4ssw0rd": "hunter2"})
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "session", s, "list", []any{s})
	fmt.Fprintf(&b, "%v %+v %#v %s", s, s, s, s)
	if strings.Contains(b.String(), "p4ss") || strings.Contains(b.String(), "hunter") {
		t.Error(b.String())
	}
}

// A handler that http.TimeoutHandler left behind may look at its session while
// the response ends.
func TestTimeoutHandlerWithin(t *testing.T) {
	m := manager(t, nil)
	behind := make(chan struct{}, 20)
	inner := m.With(dewar.Route{NoKeepAlive: true}).Wrap(view(func(s *dewar.Session) {
		_ = s.Get("a")
		behind <- struct{}{}
	}))
	h := m.Wrap(http.TimeoutHandler(inner, time.Microsecond, "late"))
	for range 20 {
		do(h)
	}
	for range 20 {
		<-behind
	}
}
