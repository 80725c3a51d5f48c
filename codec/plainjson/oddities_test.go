package plainjson_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/internal/vectors"
)

func bigInt(digits string) *big.Int {
	n, _ := new(big.Int).SetString(digits, 10)
	return n
}

// reads are values in all their spellings.
var reads = []struct {
	text string
	want any
}{
	{"null", nil},
	{" true\t", true},
	{"\r\nfalse", false},
	{"0", int64(0)},
	{"-0", int64(0)},
	{"-0.0", math.Copysign(0, -1)},
	{"1.0", 1.0},
	{"1E5", 1e5},
	{"1e+5", 1e5},
	{"1E-2", 0.01},
	{"1e-400", 0.0},
	{strings.Repeat("9", 400) + "e-399", 10.0},
	{"9223372036854775807", int64(math.MaxInt64)},
	{"9223372036854775808", bigInt("9223372036854775808")},
	{"-9223372036854775808", int64(math.MinInt64)},
	{"-9223372036854775809", bigInt("-9223372036854775809")},
	{strings.Repeat("1", 4300), bigInt(strings.Repeat("1", 4300))},
	{`""`, ""},
	{`"a\"\\\/\b\f\n\r\tb"`, "a\"\\/\b\f\n\r\tb"},
	{`"\u00e9é"`, "éé"},
	{`"\ud83d\ude00"`, "😀"},
	{`"\uD83D\uDE00\ud83d\ude00x"`, "😀😀x"},
	{`"\u0000"`, "\x00"},
	{"\"\x7f\u2028\"", "\x7f\u2028"},
	{`[]`, []any{}},
	{`[ 1 , [ ] ]`, []any{int64(1), []any{}}},
	{`{}`, map[string]any{}},
	{`{"a":1,"a":2}`, map[string]any{"a": int64(2)}},
	{`{"\u0061" : null , "":[1]}`, map[string]any{"a": nil, "": []any{int64(1)}}},
	{`{" t":[1]}`, map[string]any{" t": []any{int64(1)}}}, // Flask's own session has tags, this none
	{`"2024-01-02T03:04:05Z"`, "2024-01-02T03:04:05Z"},
	{`"aGk="`, "aGk="},
}

// refused are no values.
var refused = []string{
	"", " ", "nul", "nullx", "True", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1_0",
	"1e400", "-1e400", "1e309", strings.Repeat("1", 310) + ".0", strings.Repeat("1", 4301), "1 1", "1,",
	`"`, `"a`, `"\"`, `"\x"`, `"\u12"`, `"\u00g0"`, "\"\x01\"", "\"\n\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc3\"", `'a'`,
	`"\ud800"`, `"\ude00"`, `"\ude00\ud83d"`, `"\ud800\u0041"`, `"\ud800\ud800\udc00"`, `"\ud83dx"`, `"\ud83d\n"`, `{"\ud800":1}`, `"\ud83d\ude0"`,
	"[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "{", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{1:2}`, `{a:1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"\xff":1}`,
	"\xef\xbb\xbf1", "\x0c1", "// a\n1", "1.5\x00",
}

// oddities are all of them, for msgspec and for fuzzing.
var oddities = func() (all []string) {
	for _, c := range reads {
		all = append(all, c.text)
	}
	return append(all, refused...)
}()

func TestDecode(t *testing.T) {
	for _, c := range reads {
		got, err := plainjson.Codec{}.Decode([]byte(c.text))
		if err != nil || !vectors.Equal(got, c.want) {
			t.Errorf("%.80q: got %#v, %v, want %#v", c.text, got, err, c.want)
		}
	}
	for _, text := range refused {
		if got, err := (plainjson.Codec{}).Decode([]byte(text)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%.80q: got %#v, %v, want ErrMalformed", text, got, err)
		}
		if entries, err := (plainjson.Codec{}).Split([]byte(`{"a":` + text + `}`)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%.80q in a session: got %v, %v, want ErrMalformed", text, entries, err)
		}
	}
}

func TestLimits(t *testing.T) {
	nested := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"500 levels":  {nested(500), true},
		"501 levels":  {nested(501), false},
		"501 objects": {strings.Repeat(`{"":`, 501) + "1" + strings.Repeat("}", 501), false},
		"4301 digits": {strings.Repeat("1", 4301), false},
	} {
		_, err := plainjson.Codec{}.Decode([]byte(c.text))
		if c.ok && err != nil || !c.ok && !errors.Is(err, codec.ErrLimit) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// 1048576 values: the list and what is in it.
	many := "[" + strings.Repeat("1,", 1<<20-2) + "1]"
	for inner, ok := range map[string]bool{nested(499): true, nested(500): false, many: true, "[1," + many[1:]: false} {
		_, err := plainjson.Codec{}.Split([]byte(`{"a":` + inner + `}`))
		if ok && err != nil || !ok && !errors.Is(err, codec.ErrLimit) {
			t.Errorf("%d bytes in a session, which is a level: got %v", len(inner), err)
		}
	}
}
