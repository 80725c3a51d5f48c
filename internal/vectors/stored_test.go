package vectors

import (
	"testing"
	"time"
)

func TestStoredValuesAreUnderstood(t *testing.T) {
	f, err := LoadStore("../../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) < 300 || len(f.Stacks) < 5 || f.SecretKey == "" {
		t.Fatalf("got %d cases and %d stacks", len(f.Cases), len(f.Stacks))
	}
	seen, strange, records := 0, map[string]int{}, 0
	for _, c := range f.Cases {
		for _, s := range c.Steps {
			for _, r := range s.Store {
				if r.Key != "" && len(r.Bytes) == r.Len {
					records++
				}
			}
			if s.AfterView == nil {
				continue
			}
			seen++
			if _, err := s.AfterView.Go(); err != nil {
				strange[err.Error()]++
			}
		}
	}
	if seen < 500 || records < 250 {
		t.Errorf("got %d sessions and %d records", seen, records)
	}
	for message, n := range strange {
		if n > 14 {
			t.Errorf("%d sessions: %s", n, message)
		}
	}
}

func TestStoredValues(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want any
	}{
		{Value{Type: "int", V: []byte(`"18446744073709551615"`)}, nil},
		{Value{Type: "str", V: []byte(`"\ud800"`)}, "\xed\xa0\x80"},
		{Value{Type: "str", Repeat: "x", Len: 3}, "xxx"},
		{Value{Type: "datetime", V: []byte(`"2024-01-02T03:04:05"`)}, "2024-01-02T03:04:05"},
		{Value{Type: "datetime", V: []byte(`"2024-01-02T03:04:05.000006+00:00"`), Aware: true}, time.Date(2024, 1, 2, 3, 4, 5, 6000, time.UTC)},
		{Value{Type: "float", Bits: "3ff8000000000000"}, 1.5},
		{Value{Type: "set", V: []byte(`[{"t":"none"}]`)}, []any{nil}},
	} {
		got, err := c.v.Go()
		if err != nil || c.want != nil && !Equal(got, c.want) {
			t.Errorf("%s %s: got %#v, %v, want %#v", c.v.Type, c.v.V, got, err, c.want)
		}
	}
	for _, v := range []Value{
		{Type: "complex", V: []byte(`"1j"`)},
		{Type: "dict", V: []byte(`[[{"t":"int","v":"1"},{"t":"none"}]]`)},
		{Type: "object:x"},
	} {
		if got, err := v.Go(); err == nil {
			t.Errorf("%s: got %v, want an error", v.Type, got)
		}
	}
}
