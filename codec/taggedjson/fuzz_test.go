package taggedjson_test

import (
	"cmp"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/vectors"
)

func addSeeds(f *testing.F) {
	file, err := vectors.Load("../../testdata/flask_cookie.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range file.Cases {
		if len(c.JSON) < 500 {
			f.Add([]byte(c.JSON))
		}
	}
	for _, text := range oddities {
		f.Add([]byte(text))
	}
}

// What Split accepts decodes, and what Join writes of it splits into the same
// entries.
func FuzzSplit(f *testing.F) {
	addSeeds(f)
	c := taggedjson.Codec{}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := c.Split(data)
		if err != nil {
			if !errors.Is(err, codec.ErrMalformed) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		for _, e := range entries {
			if _, err := c.Decode(e.Raw); err != nil {
				t.Fatalf("%q: %v", e.Raw, err)
			}
		}
		joined, err := c.Join(nil, entries)
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.Split(joined)
		if err != nil {
			t.Fatalf("%q: %v", joined, err)
		}
		slices.SortFunc(entries, func(a, b codec.Entry) int { return cmp.Compare(a.Key, b.Key) })
		if show(again) != show(entries) {
			t.Fatalf("\n got %q\nwant %q", show(again), show(entries))
		}
	})
}

// What decodes encodes, to text that decodes to the same value and encodes to
// itself.
func FuzzDecode(f *testing.F) {
	addSeeds(f)
	c := taggedjson.Codec{}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := c.Decode(data)
		if err != nil {
			if !errors.Is(err, codec.ErrMalformed) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		text, err := c.Encode(nil, v)
		if err != nil {
			if _, ok := errors.AsType[*codec.ValueError](err); !ok {
				t.Fatalf("an error of another kind: %v", err)
			}
			return // nested deeper than may be written, or a date near year 10000
		}
		if !corrupts(v) {
			again, err := c.Decode(text)
			if err != nil || !vectors.Equal(inUTC(again), inUTC(v)) {
				t.Fatalf("%q\n got %#v, %v\nwant %#v", text, again, err, v)
			}
			if fixed, err := c.Encode(nil, again); err != nil || string(fixed) != string(text) {
				t.Fatalf("\n got %q, %v\nwant %q", fixed, err, text)
			}
		}
	})
}

// corrupts says whether v holds a date that leaves the years Python reads back:
// 1 to 99 are taken for years of two digits.
func corrupts(v any) bool {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Year() < 100
	case []any:
		return slices.ContainsFunc(v, corrupts)
	case codec.Tuple:
		return slices.ContainsFunc(v, corrupts)
	case map[string]any:
		for _, e := range v {
			if corrupts(e) {
				return true
			}
		}
	}
	return false
}

// inUTC changes the zones of times in v to the one in which they are written.
func inUTC(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC()
	case []any:
		for i, e := range v {
			v[i] = inUTC(e)
		}
	case codec.Tuple:
		for i, e := range v {
			v[i] = inUTC(e)
		}
	case map[string]any:
		for k, e := range v {
			v[k] = inUTC(e)
		}
	}
	return v
}
