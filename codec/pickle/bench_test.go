package pickle_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/pickle"
)

// small is {"_permanent": True, "csrf_token": "3f9a7c1e5b", "user_id": 42}.
const small = "\x80\x04\x95\x39\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x0a_permanent\x94\x88\x8c\x0acsrf_token\x94\x8c\x0a3f9a7c1e5b\x94\x8c\x07user_id\x94K\x2au."

func allocs(t *testing.T, name string, most float64, f func()) {
	t.Helper()
	if got := testing.AllocsPerRun(200, f); got > most {
		t.Errorf("%s: got %v allocations, want at most %v", name, got, most)
	}
}

func TestAllocations(t *testing.T) {
	entries := split(t, small)
	buf := make([]byte, 0, 512)
	allocs(t, "Join", 0, func() { c.Join(buf, entries) })
	allocs(t, "Decode of a string", 5, func() { c.Decode(entries[1].Raw) })
	for name, v := range map[string]any{
		"nil": nil, "bool": true, "int": 1 << 20, "float64": 1.5, "string": "ada é",
		"bytes": []byte("hello"), "markup": codec.Markup("<b>"), "map": map[string]any{"b": "x", "a": []any{1.5, nil}},
	} {
		allocs(t, "Encode of "+name, 0, func() { c.Encode(buf, v) })
	}
}

func BenchmarkSplit(b *testing.B) {
	for name, v := range map[string]any{
		"small": nil,
		"2k":    strings.Repeat("x", 2048),
		"lists": many(100, map[string]any{"sku": "A-1", "n": 2}),
	} {
		b.Run(name, func(b *testing.B) {
			raw := []byte(small)
			if v != nil {
				raw, _ = c.Join(nil, with(b, nil, "v", v))
			}
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				c.Split(raw)
			}
		})
	}
}

func many(n int, v any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = v
	}
	return list
}

func BenchmarkDecode(b *testing.B) {
	for name, v := range map[string]any{
		"int": 1 << 30, "string": "3f9a7c1e5b", "flashes": []any{codec.Tuple{"message", "Hello"}}, "time": time.Unix(1<<30, 0).In(pickle.Naive),
	} {
		b.Run(name, func(b *testing.B) {
			raw := encoded(b, v)
			b.ReportAllocs()
			for b.Loop() {
				c.Decode(raw)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for name, v := range map[string]any{
		"int": 42, "string": "3f9a7c1e5b", "flashes": []any{codec.Tuple{"message", "Hello"}},
		"map": map[string]any{"user_id": 42, "name": "ada", "admin": false},
	} {
		b.Run(name, func(b *testing.B) {
			buf := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				c.Encode(buf, v)
			}
		})
	}
}

func BenchmarkJoin(b *testing.B) {
	entries := split(b, small)
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		c.Join(buf, entries)
	}
}
