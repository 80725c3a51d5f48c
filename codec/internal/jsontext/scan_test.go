package jsontext

import (
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
)

// What Python's json reads and JSON isn't.
func TestPython(t *testing.T) {
	for _, text := range []string{"NaN", "Infinity", "-Infinity", "1e400", "-1e400", strings.Repeat("1", 400) + ".0", `"\ud800"`, `"\ude00x"`, `"\ud83d\ud83d\ude00"`, `{"\ud800":1}`} {
		for _, python := range []bool{true, false} {
			s := Scanner{Data: []byte(text), Grammar: &Grammar{Package: "x", Python: python}}
			end, err := s.Value(0, 0)
			if python && (err != nil || end != len(text)) {
				t.Errorf("%.40s: got %d, %v", text, end, err)
			}
			if !python && (!errors.Is(err, codec.ErrMalformed) || !strings.HasPrefix(err.Error(), "x: byte ")) {
				t.Errorf("%.40s: got %v, want ErrMalformed", text, err)
			}
		}
	}
}

func TestSuspicious(t *testing.T) {
	for _, c := range []struct {
		text          string
		asked         string
		answer, wary  bool
		wantSuspicion bool
	}{
		{`{" a":1}`, "", true, false, false}, // the top level is no value
		{`{"v":{"a":1}}`, "", true, false, false},
		{`{"v":[{"b":{" a":1}}]}`, `" a"`, true, false, true},
		{`{"v":{"\u0020a":1,"a\n":2}}`, `"\u0020a"`, true, false, true},
		{`{"v":{" a":1," b":2}}`, `" a"" b"`, false, false, false},
		{`{"v":{"a":1}}`, "", false, true, true},
	} {
		asked := ""
		s := Scanner{Data: []byte(c.text), Wary: c.wary, Grammar: &Grammar{Suspicious: func(data []byte, m Member) bool {
			asked += string(data[m.Key:m.KeyEnd])
			return c.answer
		}}}
		if _, _, err := s.Split(0); err != nil || asked != c.asked || s.Suspect != c.wantSuspicion {
			t.Errorf("%s: asked for %s, suspect is %v, %v", c.text, asked, s.Suspect, err)
		}
	}
}
