package taggedjson_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

const smallSession = `{"_permanent":true,"csrf_token":"3f9a7c1e5b","user_id":42}`

func allocs(t *testing.T, name string, most float64, f func()) {
	t.Helper()
	if got := testing.AllocsPerRun(200, f); got > most {
		t.Errorf("%s: got %v allocations, want at most %v", name, got, most)
	}
}

func TestAllocations(t *testing.T) {
	var c taggedjson.Codec
	small := []byte(smallSession)
	entries, err := c.Split(small)
	if err != nil {
		t.Fatal(err)
	}
	shuffled := []codec.Entry{entries[2], entries[0], entries[1]}
	buf := make([]byte, 0, 256)
	// The keys in one, the entries in another.
	allocs(t, "Split", 2, func() { c.Split(small) })
	// Tags as Flask writes them are known by sight.
	tagged := []byte(`{"_flashes":[{" t":["message",{" m":"<b>"}]}],"at":{" d":"Thu, 29 Feb 2024 12:34:56 GMT"},"b":{" b":"aGk="},"d":{" di":{" t__":1}},"u":{" u":"0000000000000000000000000000000a"}}`)
	allocs(t, "Split of tags", 2, func() { c.Split(tagged) })
	allocs(t, "Join", 0, func() { c.Join(buf, entries) })
	allocs(t, "Join of unsorted entries", 0, func() { c.Join(buf, shuffled) })
	allocs(t, "Decode of a bool", 0, func() { c.Decode(entries[0].Raw) })
	// A large number in an any is one.
	long := []byte("1700000000")
	allocs(t, "Decode of an int", 1, func() { c.Decode(long) })
	allocs(t, "Decode of a string", 2, func() { c.Decode(entries[1].Raw) })
	for name, v := range map[string]any{
		"nil": nil, "bool": true, "int": 1 << 40, "int64": int64(1 << 40), "float64": 1.5, "string": "ada é",
		"bytes": []byte("hello"), "uuid": codec.UUID{1}, "markup": codec.Markup("<b>"),
		"map": map[string]any{"b": "x", "a": []any{1.5, nil}},
	} {
		allocs(t, "Encode of "+name, 0, func() { c.Encode(buf, v) })
	}
}

func BenchmarkSplit(b *testing.B) {
	for name, data := range map[string]string{
		"small": smallSession,
		"2k":    `{"_permanent":true,"blob":"` + strings.Repeat("x", 2048) + `"}`,
		"lists": `{"cart":[` + strings.Repeat(`{"sku":"A-1","n":2},`, 100) + `0]}`,
	} {
		b.Run(name, func(b *testing.B) {
			var c taggedjson.Codec
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
		"flashes": `[{" t":["message","Hello"]}]`,
		"date":    `{" d":"Thu, 29 Feb 2024 12:34:56 GMT"}`,
	} {
		b.Run(name, func(b *testing.B) {
			var c taggedjson.Codec
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
		"int":     42,
		"string":  "3f9a7c1e5b",
		"flashes": []any{codec.Tuple{"message", "Hello"}},
		"map":     map[string]any{"user_id": 42, "name": "ada", "admin": false},
	} {
		b.Run(name, func(b *testing.B) {
			var c taggedjson.Codec
			buf := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				c.Encode(buf, v)
			}
		})
	}
}

func BenchmarkJoin(b *testing.B) {
	var c taggedjson.Codec
	entries, err := c.Split([]byte(smallSession))
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		c.Join(buf, entries)
	}
}
