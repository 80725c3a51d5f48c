package msgpack_test

import (
	"encoding/hex"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
)

func TestEncode(t *testing.T) {
	at := func(sec, nsec int64) time.Time { return time.Unix(sec, nsec) }
	for _, c := range []struct {
		v    any
		want string
	}{
		{nil, "c0"},
		{false, "c2"},
		{true, "c3"},
		{0, "00"},
		{127, "7f"},
		{128, "cc80"},
		{255, "ccff"},
		{256, "cd0100"},
		{65535, "cdffff"},
		{65536, "ce00010000"},
		{math.MaxUint32, "ceffffffff"},
		{1 << 32, "cf0000000100000000"},
		{math.MaxInt64, "cf7fffffffffffffff"},
		{uint64(math.MaxUint64), "cfffffffffffffffff"},
		{-1, "ff"},
		{-32, "e0"},
		{-33, "d0df"},
		{-128, "d080"},
		{-129, "d1ff7f"},
		{-32768, "d18000"},
		{-32769, "d2ffff7fff"},
		{math.MinInt32, "d280000000"},
		{math.MinInt32 - 1, "d3ffffffff7fffffff"},
		{math.MinInt64, "d38000000000000000"},
		{1.0, "cb3ff0000000000000"},
		{float32(1.5), "cb3ff8000000000000"},
		{math.Inf(-1), "cbfff0000000000000"},
		{"", "a0"},
		{"é", "a2c3a9"},
		{codec.Markup("<b>"), "a33c623e"},
		{[]byte("hi"), "c4026869"},
		{[]byte{}, "c400"},
		{codec.UUID{15: 1}, "d924" + hex.EncodeToString([]byte("00000000-0000-0000-0000-000000000001"))},
		{[]any{}, "90"},
		{codec.Tuple{1, nil}, "9201c0"},
		{[]int(nil), "90"},
		{map[string]any{}, "80"},
		{map[string]any{"b": 1, "a": "x"}, "82a161a178a16201"},
		{struct {
			N int `json:"n"`
		}{7}, "81a16e07"},
		{at(0, 0), "d6ff00000000"},
		{at(1<<32-1, 0), "d6ffffffffff"},
		{at(1<<32, 0), "d7ff0000000100000000"},
		{at(1, 1000), "d7ff00000fa000000001"},
		{at(1<<34-1, 0), "d7ff00000003ffffffff"},
		{at(1<<34, 0), "c70cff000000000000000400000000"},
		{at(-1, 999999000), "c70cff3b9ac618ffffffffffffffff"},
		{at(0, 0).In(time.FixedZone("", 7200)), "d6ff00000000"},
		{[]any{codec.Opaque{Kind: "ext 5", Raw: []byte{0xD4, 5, 1}}}, "91d40501"},
		{codec.Opaque{Kind: "map", Raw: []byte{0x81, 1, 0xC0}}, "8101c0"},
	} {
		got, err := msgpack.Codec{}.Encode([]byte("x"), c.v)
		if err != nil || hex.EncodeToString(got) != "78"+c.want {
			t.Errorf("%#v: got %x, %v, want 78%s", c.v, got, err, c.want)
		}
	}
}

// Where one header ends and the next begins.
func TestEncodeHeads(t *testing.T) {
	for _, c := range []struct {
		n                    int
		str, bin, list, mapp string
	}{
		{1, "a1", "c401", "91", "81"},
		{15, "af", "c40f", "9f", "8f"},
		{16, "b0", "c410", "dc0010", "de0010"},
		{31, "bf", "c41f", "dc001f", "de001f"},
		{32, "d920", "c420", "dc0020", "de0020"},
		{255, "d9ff", "c4ff", "dc00ff", "de00ff"},
		{256, "da0100", "c50100", "dc0100", "de0100"},
		{65535, "daffff", "c5ffff", "dcffff", "deffff"},
		{65536, "db00010000", "c600010000", "dd00010000", "df00010000"},
	} {
		text := strings.Repeat("x", c.n)
		m := make(map[string]any, c.n)
		for i := range c.n {
			m[big.NewInt(int64(i)).Text(62)] = nil
		}
		for want, v := range map[string]any{c.str: text, c.bin: []byte(text), c.list: make([]any, c.n), c.mapp: m} {
			got, err := msgpack.Codec{}.Encode(nil, v)
			if err != nil || !strings.HasPrefix(hex.EncodeToString(got[:min(len(got), 8)]), want) {
				t.Errorf("%d of %T: got %.8x, %v, want %s", c.n, v, got, err, want)
			}
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	deep := any(1)
	for range codec.MaxDepth + 1 {
		deep = []any{deep}
	}
	huge, _ := new(big.Int).SetString("18446744073709551616", 10)
	for name, v := range map[string]any{
		"2^64":                     huge,
		"-2^63-1":                  new(big.Int).Sub(big.NewInt(math.MinInt64), big.NewInt(1)),
		"a lone surrogate":         "\xed\xa0\x80",
		"one in a key":             map[string]any{"\xed\xa0\x80": 1},
		"no UTF-8":                 codec.Markup("\xff"),
		"a func":                   func() {},
		"the year 0":               time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC),
		"the year 10000":           time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		"rounded, the year 10000":  time.Date(9999, 12, 31, 23, 59, 59, 999999500, time.UTC),
		"301 levels":               deep,
		"a pickle":                 codec.Opaque{Kind: "decimal.Decimal", Raw: []byte("\x80\x04.")},
		"another kind":             codec.Opaque{Kind: "ext 6", Raw: []byte{0xD4, 5, 1}},
		"no extension":             codec.Opaque{Kind: "ext 5", Raw: []byte{1}},
		"two of them":              codec.Opaque{Kind: "ext 5", Raw: []byte{0xD4, 5, 1, 0xD4, 5, 1}},
		"a map that Go's maps are": codec.Opaque{Kind: "map", Raw: []byte{0x80}},
		"nothing":                  codec.Opaque{},
	} {
		for _, v := range []any{v, []any{v}, map[string]any{"k": v}} {
			got, err := msgpack.Codec{}.Encode([]byte("x"), v)
			if _, ok := errors.AsType[*codec.ValueError](err); !ok || string(got) != "x" {
				t.Errorf("%s: got %x, %v, want a *ValueError and what was there", name, got, err)
			}
		}
	}
	_, err := msgpack.Codec{}.Encode(nil, map[string]any{"a": []any{1, "\xff"}})
	if e, ok := errors.AsType[*codec.ValueError](err); !ok || e.Path != ".a[1]" {
		t.Errorf("got %#v, want the path .a[1]", err)
	}
}

// An opaque map counts where it is put, not where it was read.
func TestOpaqueIsNotNestedTooDeeply(t *testing.T) {
	raw := []byte("\x81\x01" + strings.Repeat("\x91", 450) + "\xC0")
	v, err := msgpack.Codec{}.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (msgpack.Codec{}).Encode(nil, v); err != nil {
		t.Error(err)
	}
	for range 60 {
		v = []any{v}
	}
	if got, err := (msgpack.Codec{}).Encode(nil, v); err == nil {
		_, err := msgpack.Codec{}.Decode(got)
		t.Errorf("it was encoded, and decodes with %v", err)
	}
}
