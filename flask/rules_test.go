package flask_test

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/signing"
)

const deleted = "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/"

func manager(t *testing.T, config map[string]any) *dewar.Manager {
	t.Helper()
	config["SECRET_KEY"] = secret
	o, err := flask.FromMap(config)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sealed makes the cookie of a session that holds this JSON.
func sealed(t *testing.T, json string) string {
	t.Helper()
	ring, err := dewar.NewRing(dewar.Keys{Current: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	u := signing.NewURLSafe(ring, signing.Options{Salt: "cookie-session"})
	return "session=" + string(u.Seal(nil, []byte(json), time.Now()))
}

// When Flask sets, refreshes and deletes the cookie.
func TestWhenTheCookieIsSet(t *testing.T) {
	for _, row := range []struct {
		sentence string
		config   map[string]any
		session  string
		view     func(*dewar.Session)
		want     string // "": none; "deleted"; else the session in the new one
	}{
		{"an equal value is a change", nil, `{"a":1}`, func(s *dewar.Session) { s.Set("a", 1) }, `{"a":1}`},
		{"clearing what is empty deletes a cookie that never was", nil, "", func(s *dewar.Session) { s.Clear() }, "deleted"},
		{"a change in place isn't noticed", nil, `{"l":[1]}`, func(s *dewar.Session) { s.Get("l").([]any)[0] = 2 }, ""},
		{"but saved along", nil, `{"l":[1]}`, func(s *dewar.Session) { s.Get("l").([]any)[0] = 2; s.Set("a", 1) }, `{"a":1,"l":[2]}`},
		{"deleting what isn't there is no change", nil, `{"a":1}`, func(s *dewar.Session) { s.Delete("b") }, ""},
		{"a permanent session is refreshed unread", nil, `{"_permanent":true}`, func(*dewar.Session) {}, `{"_permanent":true}`},
		{"not if refreshing is off", map[string]any{"SESSION_REFRESH_EACH_REQUEST": false}, `{"_permanent":true}`, func(*dewar.Session) {}, ""},
		{"Renew makes it anew", nil, `{"a":1}`, func(s *dewar.Session) { s.Renew() }, `{"a":1}`},
	} {
		config := row.config
		if config == nil {
			config = map[string]any{}
		}
		m := manager(t, config)
		cookie := ""
		if row.session != "" {
			cookie = sealed(t, row.session)
		}
		h := visit(m, cookie, row.view)
		got := h.Get("Set-Cookie")
		switch {
		case got == deleted:
			got = "deleted"
		case got != "":
			value, _, _ := strings.Cut(strings.TrimPrefix(got, "session="), ";")
			got = contents(t, value)
		}
		if got != row.want {
			t.Errorf("%s: got %s, want %s", row.sentence, got, row.want)
		}
		if got != "" && h.Get("Vary") != "Cookie" {
			t.Errorf("%s: Vary %q", row.sentence, h.Get("Vary"))
		}
	}
}

func contents(t *testing.T, value string) string {
	t.Helper()
	ring, err := dewar.NewRing(dewar.Keys{Current: []byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	payload, _, err := signing.NewURLSafe(ring, signing.Options{Salt: "cookie-session"}).Unseal(value, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

// MAX_COOKIE_SIZE = 0 says nothing of a cookie of any size.
func TestNoLimitIsNoWarning(t *testing.T) {
	for size, want := range map[int]int{0: 0, 4093: 1} {
		o, err := flask.FromMap(map[string]any{"SECRET_KEY": secret, "MAX_COOKIE_SIZE": size})
		if err != nil {
			t.Fatal(err)
		}
		seen := watcher{make(chan struct{}, 9), make(chan struct{}, 9)}
		o.Observer = seen
		m, err := dewar.New(o)
		if err != nil {
			t.Fatal(err)
		}
		visit(m, "", func(s *dewar.Session) {
			for i := range 4 {
				s.Set(fmt.Sprint(i), new(big.Int).Exp(big.NewInt(7), big.NewInt(int64(4000+i)), nil))
			}
		})
		<-seen.created
		for range want {
			<-seen.warned
		}
		if n := len(seen.warned); n != 0 {
			t.Errorf("MAX_COOKIE_SIZE %d: %d warnings too many", size, n)
		}
	}
}

// watcher waits for events, which may come late on a busy machine.
type watcher struct{ warned, created chan struct{} }

func (w watcher) Observe(_ context.Context, e dewar.Event) {
	switch e.Kind {
	case dewar.Warned:
		w.warned <- struct{}{}
	case dewar.Created:
		w.created <- struct{}{}
	}
}

// What Python takes for true under "_permanent".
func TestPermanenceIsPythonsTruth(t *testing.T) {
	m := manager(t, map[string]any{})
	for _, row := range []struct {
		v    any
		want bool
	}{
		{nil, false},
		{false, false},
		{true, true},
		{0, false},
		{-1, true},
		{0.0, false},
		{math.NaN(), true},
		{"", false},
		{"no", true},
		{new(big.Int).Lsh(big.NewInt(1), 70), true},
		{[]any{}, false},
		{[]any{0}, true},
		{dewar.Tuple{}, false},
		{dewar.Tuple{nil}, true},
		{map[string]any{}, false},
		{map[string]any{"a": nil}, true},
		{[]byte{}, false},
		{[]byte{0}, true},
		{dewar.Markup(""), false},
		{dewar.Markup("x"), true},
		{dewar.UUID{}, true},
		{time.Unix(0, 0), true},
	} {
		var got bool
		h := visit(m, "", func(s *dewar.Session) { s.Set("_permanent", row.v); got = s.IsPermanent() })
		if sent := strings.Contains(h.Get("Set-Cookie"), "Expires="); got != row.want || sent != row.want {
			t.Errorf("%T %v: %v, Expires sent %v; want %v", row.v, row.v, got, sent, row.want)
		}
	}
}
