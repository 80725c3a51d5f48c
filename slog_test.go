package dewar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// captureSlog sends the default logger to w until the function it returns is
// called.
func captureSlog(w io.Writer) func() {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(w, nil)))
	return func() { slog.SetDefault(before) }
}

// raw is a slog.Handler that writes everything as it comes, as careless ones do.
type raw struct {
	slog.Handler
	w io.Writer
}

func (raw) Enabled(context.Context, slog.Level) bool { return true }

func (h raw) Handle(_ context.Context, r slog.Record) error {
	fmt.Fprint(h.w, r.Level, " ", r.Message)
	r.Attrs(func(a slog.Attr) bool { fmt.Fprint(h.w, " ", a); return true })
	fmt.Fprintln(h.w)
	return nil
}

// Every event is logged on one line, at its level, with the handle.
func TestSlogObserver(t *testing.T) {
	var log bytes.Buffer
	c := newClock()
	m, _ := stored(t, func(o *dewar.Options) {
		o.Now, o.Observer = c.now, dewar.Patient(dewar.SlogObserver(slog.New(raw{w: &log})))
	})
	cookie := signedIn(t, m, map[string]any{"a": 1})
	var h, h2 string
	visit(m, cookie, func(s *dewar.Session) { h = s.Handle(); s.Set("f", func() {}) })
	visit(m, cookie, func(s *dewar.Session) {
		visit(m, cookie, func(s *dewar.Session) { s.Set("a", 2) })
		s.Set("a", 3)
	})
	c.at = c.at.Add(20 * time.Hour)
	visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") })
	next := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Renew() }))
	visit(m, next, func(s *dewar.Session) { h2 = s.Handle(); s.Destroy() })
	visit(m, "__Host-session=no id", func(s *dewar.Session) {})
	m2, _ := stored(t, func(o *dewar.Options) { o.Observer, o.Backend = m.Options().Observer, dewar.Unavailable{} })
	visit(m2, "", func(*dewar.Session) {})
	loaded := "DEBUG session loaded kind=loaded handle=" + h + "\n"
	want := "INFO session created kind=created handle=" + h + "\n" + loaded +
		"ERROR session failed kind=failed handle=" + h + " reason=value err=dewar: the session can't be saved as it is: dewar: codec: a value of type func() can't be part of a session: nothing in Python corresponds to it\n" +
		loaded + loaded + "DEBUG session saved kind=saved handle=" + h + "\n" +
		"WARN session conflict kind=conflict handle=" + h + "\n" + "DEBUG session saved kind=saved handle=" + h + "\n" +
		loaded + "DEBUG session extended kind=extended handle=" + h + "\n" +
		loaded + "INFO session renewed kind=renewed handle=" + h2 + "\n" +
		"DEBUG session loaded kind=loaded handle=" + h2 + "\nINFO session ended kind=ended handle=" + h2 + " reason=destroyed\n" +
		"INFO session refused kind=refused reason=malformed\n" +
		"WARN dewar: sessions are empty and can't be written to: there is no backend kind=warned\n"
	if log.String() != want {
		t.Errorf("got\n%s\nwant\n%s", log.String(), want)
	}
}

// errHostile is an error that quotes what a client, or a server, sent.
var errHostile = errors.New("no such thing: \"a\r\nERROR root logged in\x1b[31m\u009b2J\u202e\xff\x00\"")

// Whatever a text holds, it stays on its line, and sends no terminal a command.
func TestNothingBreaksOutOfTheLog(t *testing.T) {
	backend := failsOpen{err: errHostile}
	for name, make := range map[string]func(w io.Writer) slog.Handler{
		"raw":  func(w io.Writer) slog.Handler { return raw{w: w} },
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var log bytes.Buffer
		l := slog.New(make(&log))
		m := manager(t, func(o *dewar.Options) {
			o.Backend, o.Observer = backend, dewar.Patient(dewar.SlogObserver(l))
		})
		visit(m, "__Host-session=x\r\n\x1b[31m", nil)
		l.Info("x", "event", dewar.Event{Kind: dewar.Warned, Reason: errHostile.Error(), Err: errHostile})
		got := log.String()
		if strings.Count(got, "\n") != 2 || strings.ContainsAny(got, "\r\x1b\x00\u009b\u202e") || !strings.Contains(got, "ERROR root logged in") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Each of them alone is escaped too, and all else is left as it is.
func TestWhatIsEscaped(t *testing.T) {
	for _, c := range []string{"\r", "\n", "\x1b", "\x7f", "\u009b", "\u202e", "\u2028", "\xff"} {
		if got := fmt.Sprint(dewar.Event{Kind: dewar.Warned, Reason: "a" + c}); strings.Contains(got, c) {
			t.Errorf("%q", got)
		}
	}
	if got := fmt.Sprint(dewar.Event{Kind: dewar.Warned, Reason: `Zoë's "a\b"`}); got != `warned: Zoë's "a\b"` {
		t.Error(got)
	}
}

// failsOpen can't answer, and says so in words that aren't its own.
type failsOpen struct {
	dewar.Unavailable
	err error
}

func (f failsOpen) Open(context.Context, string) (dewar.Record, error) {
	return dewar.Record{}, fmt.Errorf("open: %w", f.err)
}

// An error whose text needs no care is logged as it is, for handlers that look into it.
func TestErrorsAreLoggedAsErrors(t *testing.T) {
	e := dewar.Event{Kind: dewar.Failed, Err: errDown}
	for _, a := range e.LogValue().Group() {
		if err, ok := a.Value.Any().(error); a.Key == "err" && (!ok || !errors.Is(err, errDown)) {
			t.Errorf("%v", a)
		}
	}
}

// Who has no observer finds in the log what somebody must act on, and nothing else;
// also if the logger was set later.
func TestTheStandardObserver(t *testing.T) {
	var log bytes.Buffer
	m := manager(t, func(o *dewar.Options) { o.Observer = dewar.Patient(nil) })
	defer captureSlog(&log)()
	visit(manager(t, func(o *dewar.Options) { o.Observer = nil }), "__Host-session=x", func(s *dewar.Session) { s.Set("a", 1) })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	visit(m, cookie, func(s *dewar.Session) { s.Set("a", 2) })
	visit(m, "__Host-session=x", func(s *dewar.Session) {})
	visit(m, cookie, func(s *dewar.Session) { s.Destroy() })
	if log.Len() != 0 {
		t.Errorf("log: %s", log.String())
	}
	visit(m, cookie, func(s *dewar.Session) { s.Set("big", random(9000)) })
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `level=ERROR msg="session failed" kind=failed reason=too-large err="dewar: the cookie`) {
		t.Errorf("log: %s", got)
	}
}
