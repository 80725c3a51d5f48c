package plainjson_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/plainjson"
)

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{nil, "null"},
		{true, "true"},
		{false, "false"},
		{0, "0"},
		{int64(math.MinInt64), "-9223372036854775808"},
		{uint64(math.MaxUint64), "18446744073709551615"},
		{bigInt(strings.Repeat("7", 4300)), strings.Repeat("7", 4300)},
		{0.0, "0.0"},
		{math.Copysign(0, -1), "-0.0"},
		{1.0, "1.0"},
		{123456.789, "123456.789"},
		{1e-5, "0.00001"},
		{1.23e-5, "0.0000123"},
		{9.9e-6, "9.9e-6"},
		{1e-6, "1e-6"},
		{1.234567e-6, "1.234567e-6"},
		{-1e-7, "-1e-7"},
		{1e-10, "1e-10"},
		{5e-324, "5e-324"},
		{9007199254740992.0, "9007199254740992.0"},
		{9999999999999998.0, "9999999999999998.0"},
		{1e16, "1e16"},
		{-1e16, "-1e16"},
		{1.2345678901234568e17, "1.2345678901234568e17"},
		{1.5e300, "1.5e300"},
		{math.MaxFloat64, "1.7976931348623157e308"},
		{math.NaN(), "null"},
		{math.Inf(1), "null"},
		{math.Inf(-1), "null"},
		{"", `""`},
		{"é😀", `"é😀"`},
		{codec.Markup("<b>/</b>"), `"<b>/</b>"`},
		{"\x00\b\v\f\n\r\t\x1f\x7f\u2028\"\\", `"\u0000\b\u000b\f\n\r\t\u001f` + "\x7f\u2028" + `\"\\"`},
		{[]byte("hi"), `"aGk="`},
		{[]byte{0xFF, 0xFE, 0xFD, 0xFC}, `"//79/A=="`},
		{[]byte{}, `""`},
		{codec.UUID{15: 1}, `"00000000-0000-0000-0000-000000000001"`},
		{[]any{}, "[]"},
		{codec.Tuple{1, []any{nil}}, "[1,[null]]"},
		{map[string]any{}, "{}"},
		{map[string]any{"b": 1, "a": "x", `"`: 2}, `{"\"":2,"a":"x","b":1}`},
		{time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), `"2024-01-02T03:04:05Z"`},
		{time.Date(2024, 1, 2, 3, 4, 5, 1000, time.UTC), `"2024-01-02T03:04:05.000001Z"`},
		{time.Date(2024, 1, 2, 3, 4, 5, 678901999, time.UTC), `"2024-01-02T03:04:05.678901Z"`},
		{time.Date(2024, 1, 2, 3, 4, 5, 999, time.UTC), `"2024-01-02T03:04:05Z"`},
		{time.Date(2024, 1, 2, 3, 4, 5, 0, time.FixedZone("", 7200)), `"2024-01-02T03:04:05+02:00"`},
		{time.Date(2024, 1, 2, 3, 4, 5, 1000, time.FixedZone("", -5400)), `"2024-01-02T03:04:05.000001-01:30"`},
		{time.Date(2024, 1, 2, 3, 4, 5, 0, time.FixedZone("", 30)), `"2024-01-02T03:03:35Z"`},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.FixedZone("", 7200)), `"9999-12-31T22:00:00Z"`},
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), `"0001-01-01T00:00:00Z"`},
	} {
		got, err := plainjson.Codec{}.Encode([]byte("x"), c.v)
		if err != nil || string(got) != "x"+c.want {
			t.Errorf("%#v: got %s, %v, want x%s", c.v, got, err, c.want)
		}
	}
}

// Of the types that JSON has no word for, codec.As makes of the text what was
// encoded.
func TestAsIsEncodesWayBack(t *testing.T) {
	type keys struct {
		Secret []byte             `json:"secret"`
		Nonce  [4]byte            `json:"nonce"`
		Many   map[string][2]byte `json:"many"`
	}
	back(t, []byte("hi\xff"))
	back(t, []byte{})
	back(t, [3]byte{0xFF, 0xFE, 0xFD})
	back(t, [][]byte{{1}, {2, 3}})
	back(t, keys{[]byte("s\n"), [4]byte{1, 2, 3, 4}, map[string][2]byte{"a": {5, 6}}})
	back(t, codec.UUID{1})
	back(t, time.Date(2024, 2, 29, 12, 34, 56, 789000, time.UTC))
	back(t, time.Time{})
}

func back[T any](t *testing.T, v T) {
	t.Helper()
	raw, err := plainjson.Codec{}.Encode(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := plainjson.Codec{}.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := codec.As[T](plain); err != nil || !reflect.DeepEqual(got, v) {
		t.Errorf("%T: got %v, %v, want %v", v, got, err, v)
	}
}

func TestEncodeRefuses(t *testing.T) {
	deep := any(1)
	for range codec.MaxDepth + 1 {
		deep = map[string]any{"": deep}
	}
	for name, v := range map[string]any{
		"a lone surrogate": "a\xed\xa0\x80",
		"one in a key":     map[string]any{"\xed\xa0\x80": 1},
		"no UTF-8":         codec.Markup("\xff"),
		"a func":           func() {},
		"the year 0":       time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC),
		"the year 10000":   time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -7200)),
		"4301 digits":      bigInt(strings.Repeat("1", 4301)),
		"301 levels":       deep,
		"an extension":     codec.Opaque{Kind: "ext 5", Raw: []byte{0xD4, 5, 1}},
		"JSON, opaque":     codec.Opaque{Kind: "", Raw: []byte("1")},
	} {
		for _, v := range []any{v, []any{v}, map[string]any{"k": v}} {
			got, err := plainjson.Codec{}.Encode([]byte("x"), v)
			if _, ok := errors.AsType[*codec.ValueError](err); !ok || string(got) != "x" {
				t.Errorf("%s: got %s, %v, want a *ValueError and what was there", name, got, err)
			}
		}
	}
	_, err := plainjson.Codec{}.Encode(nil, map[string]any{"a": []any{1, "\xff"}})
	if e, ok := errors.AsType[*codec.ValueError](err); !ok || e.Path != ".a[1]" {
		t.Errorf("got %#v, want the path .a[1]", err)
	}
}
