package flask_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
)

// The semantics of flash and get_flashed_messages, one sentence a row.
func TestFlashesAreFlasks(t *testing.T) {
	o, err := flask.FromMap(map[string]any{"SECRET_KEY": secret})
	if err != nil {
		t.Fatal(err)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	const gone = "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/"
	for _, row := range []struct {
		sentence string
		waiting  func(*dewar.Session)
		view     func(*dewar.Session) any
		want     string
		cookie   string // "kept": none is set; "gone": deleted; "set"
	}{
		{
			"all are taken, and an emptied session is deleted", flashes("a:x", "b:y"),
			func(s *dewar.Session) any { return s.Flashes() }, "[{a x} {b y}]", "gone",
		},
		{
			"a filter consumes the others too", flashes("a:x", "b:y"),
			func(s *dewar.Session) any { return fmt.Sprint(s.Flashes("b"), s.Flashes()) }, "[{b y}] [{a x} {b y}]", "gone",
		},
		{
			"none waiting is no change", func(s *dewar.Session) { s.Set("a", 1) },
			func(s *dewar.Session) any { return s.Flashes() }, "[]", "kept",
		},
		{
			"what is flashed after a read waits for the next request", flashes("a:x"),
			func(s *dewar.Session) any {
				first := s.Flashes()
				s.Flash("later", "")
				return fmt.Sprint(first, s.Flashes())
			}, "[{a x}] [{a x}]", "set",
		},
		{
			"flashed and read in one request", func(*dewar.Session) {},
			func(s *dewar.Session) any { s.Flash("now", ""); return s.Flashes() }, "[{message now}]", "gone",
		},
		{
			"any value can be a message", func(s *dewar.Session) { s.Flash(5, "n"); s.Flash(dewar.Tuple{"x"}, "t") },
			func(s *dewar.Session) any { return s.Flashes() }, "[{n 5} {t [x]}]", "gone",
		},
		{
			"lists are pairs too", func(s *dewar.Session) { s.Set("_flashes", []any{[]any{"message", "a"}, "junk"}) },
			func(s *dewar.Session) any { return s.Flashes() }, "[{message a}]", "gone",
		},
	} {
		cookie, _, _ := strings.Cut(visit(m, "", row.waiting).Get("Set-Cookie"), ";")
		var got string
		set := visit(m, cookie, func(s *dewar.Session) { got = fmt.Sprint(row.view(s)) }).Get("Set-Cookie")
		if got != row.want {
			t.Errorf("%s: got %s, want %s", row.sentence, got, row.want)
		}
		state := map[string]string{"": "kept", gone: "gone"}[set]
		if state == "" {
			state = "set"
		}
		if state != row.cookie {
			t.Errorf("%s: the cookie is %s: %s", row.sentence, state, set)
		}
	}
}

// flashes leaves "category:message"s.
func flashes(waiting ...string) func(*dewar.Session) {
	return func(s *dewar.Session) {
		for _, f := range waiting {
			category, msg, _ := strings.Cut(f, ":")
			s.Flash(msg, category)
		}
	}
}
