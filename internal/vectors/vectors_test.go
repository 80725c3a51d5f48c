package vectors

import (
	"math"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// Every value of the recording has a Go value, or is of a class that only
// Python has.
func TestAllValuesAreUnderstood(t *testing.T) {
	f, err := Load("../../testdata/flask_cookie.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) < 300 || len(f.DumpErrors) == 0 || len(f.Exchanges) < 100 || f.Meta.FrozenNow == 0 {
		t.Fatalf("got %d cases, %d dump errors, %d exchanges", len(f.Cases), len(f.DumpErrors), len(f.Exchanges))
	}
	strange := 0
	for _, c := range f.Cases {
		for _, v := range []Typed{c.Session, c.Loaded, c.Value} {
			if v.Type == "" {
				continue
			}
			if _, err := v.Go(); err != nil {
				strange++
			}
		}
	}
	if strange > 11 {
		t.Errorf("%d values aren't understood", strange)
	}
}

func TestGo(t *testing.T) {
	f, err := Load("../../testdata/flask_cookie.json")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"one_int":               map[string]any{"a": int64(1)},
		"flash_one":             map[string]any{"_flashes": []any{codec.Tuple{"message", "Hello"}}},
		"str_lone_high":         map[string]any{"s": "a\xed\xa0\x80b"},
		"datetime_offset_plus":  nil,
		"key_bool":              nil,
		"list_of_bytes":         nil,
		"datetime_offset_minus": nil,
	}
	found := 0
	for _, c := range f.Cases {
		w, ok := want[c.Name]
		if !ok {
			continue
		}
		found++
		got, err := c.Session.Go()
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if w != nil && !Equal(got, w) {
			t.Errorf("%s: got %#v, want %#v", c.Name, got, w)
		}
	}
	if found != len(want) {
		t.Errorf("only %d of %d cases are there", found, len(want))
	}
}

func TestEqual(t *testing.T) {
	now := time.Unix(1, 0).UTC()
	for _, same := range []any{nil, 1.5, math.NaN(), "a", []byte("a"), now, []any{codec.Tuple{}}, map[string]any{"a": nil}} {
		if !Equal(same, same) {
			t.Errorf("%#v isn't itself", same)
		}
	}
	for _, pair := range [][2]any{
		{int64(1), 1.0},
		{0.0, math.Copysign(0, -1)},
		{"a", codec.Markup("a")},
		{[]any{}, codec.Tuple{}},
		{nil, false},
		{now, now.In(time.FixedZone("", 60))},
		{map[string]any{"a": nil}, map[string]any{"b": nil}},
		{[]any{nil}, []any{}},
		{"a", []byte("a")},
	} {
		if Equal(pair[0], pair[1]) || Equal(pair[1], pair[0]) {
			t.Errorf("%#v and %#v are taken for the same", pair[0], pair[1])
		}
	}
}
