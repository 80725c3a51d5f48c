package taggedjson_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

func TestEncodeGoValues(t *testing.T) {
	type item struct {
		SKU  string `json:"sku"`
		N    uint8  `json:"n"`
		Note string `json:"note,omitempty"`
	}
	n := 7
	zone := time.FixedZone("", 3600)
	for _, tt := range []struct {
		v    any
		want string
	}{
		{nil, `null`},
		{42, `42`},
		{uint64(1 << 63), `9223372036854775808`},
		{float32(0.5), `0.5`},
		{&n, `7`},
		{(*int)(nil), `null`},
		{[]any(nil), `[]`},
		{map[string]any(nil), `{}`},
		{[]string{"a", "<&>"}, `["a","<&>"]`},
		{[]item{{"x", 1, ""}}, `[{"n":1,"sku":"x"}]`},
		{map[string]any{" t": 1}, `{" di":{" t__":1}}`},
		{map[string]int{" u": 1}, `{" di":{" u__":1}}`},
		{map[string]any{" x": 1}, `{" x":1}`},
		{codec.Tuple{}, `{" t":[]}`},
		{[]byte{0xFB, 0xFF}, `{" b":"+/8="}`},
		{codec.Markup("<b>"), `{" m":"<b>"}`},
		{codec.UUID{15: 1}, `{" u":"00000000000000000000000000000001"}`},
		{time.Date(2024, 2, 29, 13, 34, 56, 999, zone), `{" d":"Thu, 29 Feb 2024 12:34:56 GMT"}`},
		{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), `{" d":"Mon, 01 Jan 0001 00:00:00 GMT"}`},
		{time.Duration(5), `5`},
		{"\xed\xa0\xbd\xed\xb8\x80", `"\ud83d\ude00"`},
		{"\x00\x1f\x7f/\u2028", `"\u0000\u001f\u007f/\u2028"`},
	} {
		got, err := taggedjson.Codec{}.Encode(nil, tt.v)
		if err != nil || string(got) != tt.want {
			t.Errorf("%T %v: got %s, %v, want %s", tt.v, tt.v, got, err, tt.want)
		}
	}
}

// Flask's parser takes years under 100 for those of our time. What stands in the
// package comment against it works.
func TestYearsUnder100AreReadAsFlaskReadsThem(t *testing.T) {
	for year, want := range map[int]int{1: 2001, 68: 2068, 69: 1969, 99: 1999, 100: 100, 9999: 9999} {
		raw, err := taggedjson.Codec{}.Encode(nil, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		if v, err := (taggedjson.Codec{}).Decode(raw); err != nil || v != time.Date(want, 1, 1, 0, 0, 0, 0, time.UTC) {
			t.Errorf("%d: got %v, %v, want %d", year, v, err, want)
		}
	}
	type visit struct {
		Left  time.Time  `json:"left,omitzero"`
		Ended *time.Time `json:"ended"`
	}
	raw, err := taggedjson.Codec{}.Encode(nil, visit{})
	if err != nil || string(raw) != `{"ended":null}` {
		t.Fatalf("got %s, %v", raw, err)
	}
	v, err := taggedjson.Codec{}.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := codec.As[visit](v); err != nil || got != (visit{}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	cycle := map[string]any{}
	cycle["a"] = []any{cycle}
	for name, v := range map[string]any{
		"func":              func() {},
		"chan":              make(chan int),
		"complex":           1i,
		"cycle":             cycle,
		"not text":          "a\xff",
		"a key":             map[string]any{"a\xff": 1},
		"markup":            codec.Markup("\xc0\x80"),
		"year 0":            time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600)),
		"year 10000":        time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600)),
		"of another codec":  codec.Opaque{Kind: "set", Raw: []byte("x")},
		"far down":          []any{map[string]any{"a": codec.Tuple{func() {}}}},
		"a lone tag's":      map[string]any{" t": func() {}},
		"300 tuples":        nest(200, func(v any) any { return codec.Tuple{v} }),
		"301 lists":         nest(301, func(v any) any { return []any{v} }),
		"151 escaped dicts": nest(151, func(v any) any { return map[string]any{" t": v} }),
	} {
		got, err := taggedjson.Codec{}.Encode([]byte("x"), v)
		if _, ok := errors.AsType[*codec.ValueError](err); !ok || string(got) != "x" {
			t.Errorf("%s: got %.50q, %v, want a *ValueError", name, got, err)
		}
	}
}

// What can be written can be read again.
func TestDeepestValue(t *testing.T) {
	for _, v := range []any{
		nest(300, func(v any) any { return []any{v} }),
		nest(150, func(v any) any { return codec.Tuple{v} }),
		nest(150, func(v any) any { return map[string]any{" t": v} }),
	} {
		b, err := taggedjson.Codec{}.Encode(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (taggedjson.Codec{}).Split([]byte(`{"v":` + string(b) + `}`)); err != nil {
			t.Error(err)
		}
	}
}

func nest(n int, wrap func(any) any) any {
	var v any = 1
	for range n {
		v = wrap(v)
	}
	return v
}

func TestMarshalUnmarshalCanonical(t *testing.T) {
	b, err := taggedjson.Marshal(nil)
	if err != nil || string(b) != "{}" {
		t.Errorf("Marshal(nil): got %s, %v", b, err)
	}
	m, err := taggedjson.Unmarshal([]byte(`null`))
	if err != nil || m == nil || len(m) != 0 {
		t.Errorf("Unmarshal of an empty session: got %v, %v", m, err)
	}
	for data, want := range map[string]string{
		` { "b" : 1.50, "a" : "é" } `:                                      `{"a":"\u00e9","b":1.5}`,
		`{"d":{" d":"29-Feb-24 13:34:56 +0100"}}`:                          `{"d":{" d":"Thu, 29 Feb 2024 12:34:56 GMT"}}`,
		`{" di":{" t__":{" u":"{00000000-0000-0000-0000-00000000000A}"}}}`: `{" di":{" t__":{" u":"0000000000000000000000000000000a"}}}`,
	} {
		got, err := taggedjson.Canonical([]byte("x"), []byte(data))
		if err != nil || string(got) != "x"+want {
			t.Errorf("%s: got %s, %v, want x%s", data, got, err, want)
		}
	}
	got, err := taggedjson.Canonical([]byte("x"), []byte(`{"a":{" t":1}}`))
	if !errors.Is(err, codec.ErrMalformed) || string(got) != "x" {
		t.Errorf("got %s, %v, want ErrMalformed", got, err)
	}
	if strings.Contains(err.Error(), "a") && strings.Contains(err.Error(), `" t"`) {
		t.Errorf("the error quotes the data: %v", err)
	}
}
