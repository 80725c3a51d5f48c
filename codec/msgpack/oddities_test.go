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
	"github.com/dewar-go/dewar/internal/vectors"
)

// reads are spellings that nothing would have to use, and what they say.
var reads = []struct {
	data string
	want any
}{
	{"cc 01", int64(1)},
	{"cd 0001", int64(1)},
	{"ce 00000001", int64(1)},
	{"cf 0000000000000001", int64(1)},
	{"d0 7f", int64(127)},
	{"d0 80", int64(-128)},
	{"d1 8000", int64(-32768)},
	{"d2 80000000", int64(math.MinInt32)},
	{"d3 8000000000000000", int64(math.MinInt64)},
	{"cf 7fffffffffffffff", int64(math.MaxInt64)},
	{"cf 8000000000000000", new(big.Int).SetUint64(1 << 63)},
	{"ca 3fc00000", 1.5},
	{"ca 7fc00000", math.NaN()},
	{"ca ff800000", math.Inf(-1)},
	{"d9 01 61", "a"},
	{"da 0001 61", "a"},
	{"db 00000001 61", "a"},
	{"c4 00", []byte{}},
	{"c5 0001 aa", []byte{0xAA}},
	{"c6 00000001 aa", []byte{0xAA}},
	{"dc 0001 c0", []any{nil}},
	{"dd 00000001 c3", []any{true}},
	{"90", []any{}},
	{"80", map[string]any{}},
	{"de 0001 a161 c2", map[string]any{"a": false}},
	{"df 00000001 a161 c2", map[string]any{"a": false}},
	{"82 a161 01 a161 02", map[string]any{"a": int64(2)}},
	{"d6 ff 00000000", time.Unix(0, 0).UTC()},
	{"c7 04 ff 00000001", time.Unix(1, 0).UTC()},
	{"c8 0004 ff 00000001", time.Unix(1, 0).UTC()},
	{"c7 08 ff 0000000000000001", time.Unix(1, 0).UTC()},
	{"d7 ff 0000000000000001", time.Unix(1, 0).UTC()},
	{"d7 ff ee6b27fc 00000001", time.Unix(1, 999999999).UTC()},
	{"c7 0c ff 00000001 ffffffffffffffff", time.Unix(-1, 1).UTC()},
	{"c7 0c ff 00000000 fffffff1886e0900", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)},
	{"d4 05 01", codec.Opaque{Kind: "ext 5", Raw: []byte{0xD4, 5, 1}}},
	{"c7 00 80", codec.Opaque{Kind: "ext -128", Raw: []byte{0xC7, 0, 0x80}}},
	{"c9 00000001 01 aa", codec.Opaque{Kind: "ext 1", Raw: []byte{0xC9, 0, 0, 0, 1, 1, 0xAA}}},
	{"81 01 c0", codec.Opaque{Kind: "map", Raw: []byte{0x81, 1, 0xC0}}},
	{"82 a161 01 c0 02", codec.Opaque{Kind: "map", Raw: []byte{0x82, 0xA1, 0x61, 1, 0xC0, 2}}},
	{"82 01 c0 a161 01", codec.Opaque{Kind: "map", Raw: []byte{0x82, 1, 0xC0, 0xA1, 0x61, 1}}},
	{"91 81 90 c0", []any{codec.Opaque{Kind: "map", Raw: []byte{0x81, 0x90, 0xC0}}}},
	{"82 a161 81 c4 01 61 0a a162 01", map[string]any{"a": codec.Opaque{Kind: "map", Raw: []byte{0x81, 0xC4, 1, 0x61, 10}}, "b": int64(1)}},
}

// refused are no values.
var refused = []string{
	"",
	"c1",
	"01 01", // two of them
	"8080", "80c0",
	"a1", "d9", "d9 01", "da 00", "db 000000 01", // cut
	"a1 ff", "a3 eda080", "81 a1ff 01", // not UTF-8
	"c4 01", "c6 ffffffff", "db ffffffff",
	"91", "dc 0001", "dd ffffffff", "dd 00ffffff 91", "df ffffffff", "81", "81 a161", "de 0001 81",
	"cc", "cf 00000000000000", "ca 000000", "cb 00",
	"d4", "d4 05", "c7", "c7 01", "c7 01 05", "d8 01 00",
	"d4 ff 00", "c7 00 ff", "c7 05 ff 0000000000", // times of no length
	"d7 ff ee6b280000000000", "c7 0c ff 3b9aca00 0000000000000000", // a second of nanoseconds
	"c7 0c ff 00000000 7fffffffffffffff", "c7 0c ff 00000000 8000000000000000",
	"c7 0c ff 00000000 fffffff1886e08ff", "c7 0c ff 00000000 0000003afff44180",
	"c7 0c ff 3b9ac9ff 0000003afff4417f", // rounded, it is the year 10000
	"81 01 c1",
}

// oddities are all of them, for msgspec and for fuzzing.
var oddities = func() (all [][]byte) {
	for _, c := range reads {
		all = append(all, unhex(c.data))
	}
	for _, data := range refused {
		all = append(all, unhex(data))
	}
	return all
}()

func unhex(digits string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func TestDecode(t *testing.T) {
	for _, c := range reads {
		got, err := msgpack.Codec{}.Decode(unhex(c.data))
		if err != nil || !vectors.Equal(got, c.want) {
			t.Errorf("%s: got %#v, %v, want %#v", c.data, got, err, c.want)
		}
	}
	for _, data := range refused {
		if got, err := (msgpack.Codec{}).Decode(unhex(data)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%s: got %#v, %v, want ErrMalformed", data, got, err)
		}
		if entries, err := (msgpack.Codec{}).Split(unhex("81 a161" + data)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%s in a session: got %v, %v, want ErrMalformed", data, entries, err)
		}
	}
}

// What was decoded belongs to the caller.
func TestDecodeKeepsNothing(t *testing.T) {
	for _, digits := range []string{"c4 01 61", "d4 05 61", "81 01 61", "a1 61"} {
		raw := unhex(digits)
		v, err := msgpack.Codec{}.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		before, _ := msgpack.Codec{}.Encode(nil, v)
		clear(raw)
		if after, _ := (msgpack.Codec{}).Encode(nil, v); string(after) != string(before) {
			t.Errorf("%s: got %x after the data was gone, want %x", digits, after, before)
		}
	}
}

func TestLimits(t *testing.T) {
	nested := func(levels int) []byte {
		return append([]byte(strings.Repeat("\x91", levels)), 0xC0)
	}
	for name, c := range map[string]struct {
		data []byte
		ok   bool
	}{
		"500 levels":       {nested(500), true},
		"501 levels":       {nested(501), false},
		"501 maps":         {[]byte(strings.Repeat("\x81\xA0", 501) + "\xC0"), false},
		"501 maps as keys": {[]byte(strings.Repeat("\x81", 501) + strings.Repeat("\xC0", 502)), false},
	} {
		_, err := msgpack.Codec{}.Decode(c.data)
		if c.ok && err != nil || !c.ok && !errors.Is(err, codec.ErrLimit) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	session := append([]byte("\x81\xA1a"), nested(500)...)
	if _, err := (msgpack.Codec{}).Split(session); !errors.Is(err, codec.ErrLimit) {
		t.Errorf("500 levels in a session, which is a level: got %v", err)
	}
	// 1048576 values: the key, the list and what is in it.
	many := append([]byte("\x81\xA1a\xDD\x00\x0F\xFF\xFE"), make([]byte, 1<<20-2)...)
	if _, err := (msgpack.Codec{}).Split(many); err != nil {
		t.Errorf("1048576 values: got %v", err)
	}
	many = append(many, 0)
	many[7]++
	if _, err := (msgpack.Codec{}).Split(many); !errors.Is(err, codec.ErrLimit) {
		t.Errorf("1048577 values: got %v", err)
	}
}

// A length is a claim. Nothing is allocated for one that isn't kept.
func TestClaimsAreFree(t *testing.T) {
	claims := []byte("\x81\xA1a" + strings.Repeat("\xDD\x00\x00\x10\x00", 400) + strings.Repeat("\xC0", 5000))
	var c msgpack.Codec
	got := testing.AllocsPerRun(10, func() {
		c.Split(claims)
		c.Decode(claims)
	})
	if got > 20 {
		t.Errorf("got %v allocations for claims that aren't kept", got)
	}
}
