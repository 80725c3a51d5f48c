package sniff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/codectest"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		data string
		want sniff.Format
	}{
		{"", sniff.Unknown},
		{"{}", sniff.JSON},
		{" ", sniff.JSON},
		{"\t{", sniff.JSON},
		{"\r\n{", sniff.JSON},
		{"\x80", sniff.MsgPack},
		{"\x80\x00", sniff.MsgPack},
		{"\x80\x01", sniff.MsgPack},
		{"\x80\x06", sniff.MsgPack},
		{"\x80\x02", sniff.Pickle},
		{"\x80\x03}", sniff.Pickle},
		{"\x80\x04\x95", sniff.Pickle},
		{"\x80\x05\x95", sniff.Pickle},
		{"\x81\x04", sniff.MsgPack},
		{"\x8F", sniff.MsgPack},
		{"\xDE", sniff.MsgPack},
		{"\xDF", sniff.MsgPack},
		{"(dp0\n.", sniff.Pickle},
		{"}q\x00.", sniff.Pickle},
		{"!\x80\x05\x95", sniff.Pickle},
		{"!(dp0\n.", sniff.Pickle},
		{"!!(", sniff.Unknown},
		{"!{}", sniff.Unknown},
		{"!", sniff.Unknown},
		{"\x90", sniff.Unknown},
		{"\xC0", sniff.Unknown},
		{"\xDD", sniff.Unknown},
		{"[]", sniff.Unknown},
		{"null", sniff.Unknown},
		{"\x00", sniff.Unknown},
	} {
		if got := sniff.Of([]byte(c.data)); got != c.want {
			t.Errorf("%q: got %v, want %v", c.data, got, c.want)
		}
	}
	if got := fmt.Sprint(sniff.Unknown, sniff.MsgPack, sniff.JSON, sniff.Pickle, sniff.Format(9)); got != "unknown msgpack json pickle unknown" {
		t.Errorf("got %s", got)
	}
}

const (
	// {"b": b"hi", "a": [1], "s": {"x"}}, and {"a": app.C()}, pickled.
	pickled = "\x80\x04\x95\x23\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01b\x94C\x02hi\x94\x8c\x01a\x94]\x94K\x01a\x8c\x01s\x94\x8f\x94(\x8c\x01x\x94\x90u."
	classy  = "\x80\x04}\x94\x8c\x01a\x94\x8c\x03app\x94\x8c\x01C\x94\x93\x94)\x81\x94s."

	packed = "\x83\xA1b\xC4\x02hi\xA1a\x91\x01\xA1t\xD6\xFF\x00\x00\x00\x01"
	text   = `{"b":"aGk=","a":[1],"t":"1970-01-01T00:00:01Z"}`
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name  string
		write codec.Codec
		data  string
		want  string
	}{
		{"msgpack as it is", msgpack.Codec{}, packed, packed},
		{"JSON as it is", plainjson.Codec{}, text, text},
		{"JSON in its own spelling", plainjson.Codec{}, ` {"a": 1.50 }`, `{"a":1.50}`},
		{"msgpack to JSON", plainjson.Codec{}, packed, text},
		{"NaN", plainjson.Codec{}, "\x81\xA1a\xCB\x7F\xF8\x00\x00\x00\x00\x00\x00", `{"a":null}`},
		{"JSON to msgpack", msgpack.Codec{}, text, "\x83\xA1b\xA4aGk=\xA1a\x91\x01\xA1t\xB41970-01-01T00:00:01Z"},
		{"the empty ones", msgpack.Codec{}, "{}", "\x80"},
		{"and back", plainjson.Codec{}, "\x80", "{}"},
		{"pickle as it is", pickle.Codec{}, pickled, pickled},
		{"pickle to msgpack", msgpack.Codec{}, pickled, "\x83\xA1b\xC4\x02hi\xA1a\x91\x01\xA1s\x91\xA1x"},
		{"pickle to JSON", plainjson.Codec{}, pickled, `{"b":"aGk=","a":[1],"s":["x"]}`},
		{"Python 2's", msgpack.Codec{}, "(dp1\nS'a'\nI01\nsS'b'\nL1L\ns.", "\x82\xA1a\xC3\xA1b\x01"},
		{"of an unknown class, to pickle", pickle.Codec{}, classy, classy},
		{"msgpack to pickle", pickle.Codec{}, "\x82\xA1b\xC4\x02hi\xA1a\x91\x01", "\x80\x04\x95\x17\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01b\x94C\x02hi\x94\x8c\x01a\x94]\x94K\x01au."},
		{"JSON to pickle", pickle.Codec{}, `{"a":1}`, "\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s."},
		{"to another codec", taggedjson.Codec{}, packed, `{"a":[1],"b":{" b":"aGk="},"t":{" d":"Thu, 01 Jan 1970 00:00:01 GMT"}}`},
	} {
		s := sniff.New(c.write)
		entries, err := s.Split([]byte(c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got, err := s.Join(nil, entries)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		write codec.Codec
		data  string
	}{
		"nothing":                 {msgpack.Codec{}, ""},
		"white space":             {msgpack.Codec{}, " \n"},
		"an int":                  {msgpack.Codec{}, "\x05"},
		"a list":                  {msgpack.Codec{}, "\x92\x01\x02"},
		"cut":                     {msgpack.Codec{}, "\x82\xA1a\x01"},
		"cut JSON":                {msgpack.Codec{}, `{"a":1`},
		"2^64 in JSON":            {msgpack.Codec{}, `{"a":18446744073709551616}`},
		"an extension":            {plainjson.Codec{}, "\x81\xA1a\xD4\x05\x01"},
		"a map with a key of int": {plainjson.Codec{}, "\x81\xA1a\x81\x01\x02"},
		"a pickled class":         {msgpack.Codec{}, classy},
		"a pickled complex":       {plainjson.Codec{}, "}U\x01acbuiltins\ncomplex\nG\x00\x00\x00\x00\x00\x00\x00\x00G\x00\x00\x00\x00\x00\x00\x00\x00\x86Rs."},
		"a pickle that is cut":    {msgpack.Codec{}, pickled[:20]},
		"another codec's Opaque":  {pickle.Codec{}, "\x81\xA1a\xD4\x05\x01"},
		"too deep to write":       {msgpack.Codec{}, `{"a":` + strings.Repeat("[", 400) + strings.Repeat("]", 400) + `}`},
	} {
		entries, err := sniff.New(c.write).Split([]byte(c.data))
		if !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%s: got %v, %v, want ErrMalformed", name, entries, err)
		}
		if _, ok := errors.AsType[*codec.ValueError](err); ok {
			t.Errorf("%s: got a *ValueError, which blames the caller", name)
		}
	}
}

// Whatever form it came in, what is split is the codec for writing's.
func FuzzSplit(f *testing.F) {
	for _, data := range []string{packed, text, "\x80\x04.", "(dp0\n.", " {}", "\x80", `{"a":1e5,"b":{"c":[null]}}`, "\x81\xA1a\xD4\x05\x01", pickled, classy} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, write := range []codec.Codec{msgpack.Codec{}, plainjson.Codec{}, pickle.Codec{}} {
			if err := codectest.Split(sniff.New(write), data); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAllocations(t *testing.T) {
	s := sniff.New(msgpack.Codec{})
	data := []byte(packed)
	if got := testing.AllocsPerRun(200, func() { s.Split(data) }); got > 2 {
		t.Errorf("got %v allocations for a session in the configured format, want its codec's 2", got)
	}
}
