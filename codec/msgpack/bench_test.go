package msgpack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
)

// small is {"_permanent": true, "csrf_token": "3f9a7c1e5b", "user_id": 42}.
const small = "\x83\xAA_permanent\xC3\xAAcsrf_token\xAA3f9a7c1e5b\xA7user_id\x2A"

func allocs(t *testing.T, name string, most float64, f func()) {
	t.Helper()
	if got := testing.AllocsPerRun(200, f); got > most {
		t.Errorf("%s: got %v allocations, want at most %v", name, got, most)
	}
}

func TestAllocations(t *testing.T) {
	var c msgpack.Codec
	data := []byte(small)
	entries, err := c.Split(data)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 256)
	// The keys in one, the entries in another.
	allocs(t, "Split", 2, func() { c.Split(data) })
	allocs(t, "Join", 0, func() { c.Join(buf, entries) })
	allocs(t, "Decode of a bool", 0, func() { c.Decode(entries[0].Raw) })
	// A large number in an any is one.
	long := []byte("\xCE\x65\x53\xF1\x00")
	allocs(t, "Decode of an int", 1, func() { c.Decode(long) })
	allocs(t, "Decode of a string", 2, func() { c.Decode(entries[1].Raw) })
	for name, v := range map[string]any{
		"nil": nil, "bool": true, "int": 1 << 40, "int64": int64(1 << 40), "float64": 1.5, "string": "ada é",
		"bytes": []byte("hello"), "markup": codec.Markup("<b>"), "time": time.Unix(1, 0),
		"map": map[string]any{"b": "x", "a": []any{1.5, nil}},
	} {
		allocs(t, "Encode of "+name, 0, func() { c.Encode(buf, v) })
	}
}

func BenchmarkSplit(b *testing.B) {
	for name, data := range map[string]string{
		"small": small,
		"2k":    "\x82\xAA_permanent\xC3\xA4blob\xDA\x08\x00" + strings.Repeat("x", 2048),
		"lists": "\x81\xA4cart\xDC\x00\x64" + strings.Repeat("\x82\xA3sku\xA3A-1\xA1n\x02", 100),
	} {
		b.Run(name, func(b *testing.B) {
			var c msgpack.Codec
			raw := []byte(data)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				c.Split(raw)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, data := range map[string]string{
		"int":     "\xCE\x65\x53\xF1\x00",
		"string":  "\xAA3f9a7c1e5b",
		"flashes": "\x91\x92\xA7message\xA5Hello",
		"time":    "\xD6\xFF\x65\x53\xF1\x00",
	} {
		b.Run(name, func(b *testing.B) {
			var c msgpack.Codec
			raw := []byte(data)
			b.ReportAllocs()
			for b.Loop() {
				c.Decode(raw)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for name, v := range map[string]any{
		"int":     42,
		"string":  "3f9a7c1e5b",
		"flashes": []any{codec.Tuple{"message", "Hello"}},
		"map":     map[string]any{"user_id": 42, "name": "ada", "admin": false},
	} {
		b.Run(name, func(b *testing.B) {
			var c msgpack.Codec
			buf := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				c.Encode(buf, v)
			}
		})
	}
}

func BenchmarkJoin(b *testing.B) {
	var c msgpack.Codec
	entries, err := c.Split([]byte(small))
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		c.Join(buf, entries)
	}
}
