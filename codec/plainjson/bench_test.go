package plainjson_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/plainjson"
)

const small = `{"_permanent":true,"csrf_token":"3f9a7c1e5b","user_id":42}`

func allocs(t *testing.T, name string, most float64, f func()) {
	t.Helper()
	if got := testing.AllocsPerRun(200, f); got > most {
		t.Errorf("%s: got %v allocations, want at most %v", name, got, most)
	}
}

func TestAllocations(t *testing.T) {
	var c plainjson.Codec
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
	long := []byte("1700000000")
	allocs(t, "Decode of an int", 1, func() { c.Decode(long) })
	allocs(t, "Decode of a string", 2, func() { c.Decode(entries[1].Raw) })
	for name, v := range map[string]any{
		"nil": nil, "bool": true, "int": 1 << 40, "int64": int64(1 << 40), "float64": 1.5e-9, "string": "ada é",
		"bytes": []byte("hello"), "markup": codec.Markup("<b>"), "time": time.Unix(1, 0),
		"map": map[string]any{"b": "x", "a": []any{1.5, nil}},
	} {
		allocs(t, "Encode of "+name, 0, func() { c.Encode(buf, v) })
	}
}

func BenchmarkSplit(b *testing.B) {
	for name, data := range map[string]string{
		"small": small,
		"2k":    `{"_permanent":true,"blob":"` + strings.Repeat("x", 2048) + `"}`,
		"lists": `{"cart":[` + strings.Repeat(`{"sku":"A-1","n":2},`, 100) + `0]}`,
	} {
		b.Run(name, func(b *testing.B) {
			var c plainjson.Codec
			text := []byte(data)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				c.Split(text)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, data := range map[string]string{
		"int":     `1700000000`,
		"string":  `"3f9a7c1e5b"`,
		"flashes": `[["message","Hello"]]`,
	} {
		b.Run(name, func(b *testing.B) {
			var c plainjson.Codec
			text := []byte(data)
			b.ReportAllocs()
			for b.Loop() {
				c.Decode(text)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for name, v := range map[string]any{
		"float":   1.5e-9,
		"string":  "3f9a7c1e5b",
		"flashes": []any{codec.Tuple{"message", "Hello"}},
		"map":     map[string]any{"user_id": 42, "name": "ada", "admin": false},
	} {
		b.Run(name, func(b *testing.B) {
			var c plainjson.Codec
			buf := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				c.Encode(buf, v)
			}
		})
	}
}
