package plainjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/plainjson"
)

func show(entries []codec.Entry) string {
	var parts []string
	for _, e := range entries {
		parts = append(parts, fmt.Sprintf("%s=%s", e.Key, e.Raw))
	}
	return strings.Join(parts, "|")
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{}`, ""},
		{" {\n} ", ""},
		{`{"b":1,"a":2}`, "b=1|a=2"},
		{` { "b" : 1 , "a" : [ 2 ] } `, "b=1|a=[ 2 ]"},
		{`{"a":1,"b":2,"a":3}`, "a=3|b=2"}, // as in a Python dict
		{`{"a":1,"\u0061":2}`, "a=2"},
		{`{"é":"\u00e9"}`, `é="\u00e9"`},
		{`{" di":{" t__":1}}`, ` di={" t__":1}`}, // no tags
		{`{"":-0.0}`, "=-0.0"},
	} {
		entries, err := plainjson.Codec{}.Split([]byte(c.text))
		if err != nil || show(entries) != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.text, show(entries), err, c.want)
		}
	}
	for _, text := range []string{"", " ", "null", "[]", `[["a",1]]`, `""`, "1", "{", `{}{}`, `{} x`, `{"a":1`, `["a":1}`, `{"a":1,}`, `{"\ud800":1}`, `{"a":NaN}`, "\x80"} {
		entries, err := plainjson.Codec{}.Split([]byte(text))
		if !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: got %s, %v, want ErrMalformed", text, show(entries), err)
		}
	}
}

func TestJoin(t *testing.T) {
	one := []byte("1")
	for _, c := range []struct {
		entries []codec.Entry
		want    string
	}{
		{nil, "{}"},
		{[]codec.Entry{{Key: "_permanent", Raw: []byte("true")}, {Key: "b", Raw: one}, {Key: "a", Raw: one}}, `{"_permanent":true,"b":1,"a":1}`},
		{[]codec.Entry{{Key: "a", Raw: one}, {Key: "_permanent", Raw: []byte("true")}}, `{"a":1,"_permanent":true}`},
		{[]codec.Entry{{Key: "\"é\n", Raw: []byte(`" "`)}}, `{"\"é\n":" "}`},
	} {
		got, err := plainjson.Codec{}.Join([]byte("x"), c.entries)
		if err != nil || string(got) != "x"+c.want {
			t.Errorf("%s: got %s, %v, want %s", show(c.entries), got, err, c.want)
		}
	}
	for _, e := range []codec.Entry{{Key: "a"}, {Key: "\xff", Raw: one}, {Key: "\xed\xa0\x80", Raw: one}} {
		got, err := plainjson.Codec{}.Join([]byte("x"), []codec.Entry{{Key: "b", Raw: one}, e})
		_, unfit := errors.AsType[*codec.ValueError](err)
		if string(got) != "x" || unfit == errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: got %s, %v", e.Key, got, err)
		}
	}
}

// Errors say where, not what.
func TestErrorsAreDiscreet(t *testing.T) {
	for _, text := range []string{`{"secret":"secre`, `{"secret":secret}`, `secret`} {
		_, err := plainjson.Codec{}.Split([]byte(text))
		if err == nil || strings.Contains(err.Error(), "secre") || !strings.HasPrefix(err.Error(), "plainjson: byte ") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
