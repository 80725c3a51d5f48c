package taggedjson_test

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec"
)

var someKeys = []string{"a", "b", "user_id", " t", " di", " t__", " x", "", "é", "\U0001F600", "\uFFFF", "\xed\xa0\x80", "k\"", "\n"}

// randomValue makes plain values of all types.
func randomValue(r *rand.Rand, depth int) any {
	n := 14
	if depth == 0 {
		n = 11
	}
	switch r.IntN(n) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return int64(r.Uint64()) >> r.IntN(64)
	case 3:
		b := new(big.Int).Lsh(big.NewInt(int64(r.Uint64()|1)), uint(64+r.IntN(200)))
		return b
	case 4:
		return math.Float64frombits(r.Uint64())
	case 5:
		return []float64{0, math.Copysign(0, -1), 1, 1e16, 1e15, 123456789e-12, 1e-4, 1e-5, math.MaxFloat64, 5e-324, math.Inf(1), math.Inf(-1), math.NaN(), 0.1, 1e22, -2.5}[r.IntN(16)]
	case 6:
		return randomString(r)
	case 7:
		return codec.Markup(randomString(r))
	case 8:
		b := make([]byte, r.IntN(8))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	case 9:
		var u codec.UUID
		for i := range u {
			u[i] = byte(r.Uint32())
		}
		return u
	case 10:
		// Years 1 to 9999, less a day on both ends for the zone.
		unix := -62135510400 + r.Int64N(253402214400+62135510400)
		zone := time.UTC
		if r.IntN(2) == 0 {
			zone = time.FixedZone("", (r.IntN(2*1439)-1439)*60)
		}
		return time.Unix(unix, r.Int64N(1e6)*1000).In(zone)
	case 11:
		return randomList(r, depth)
	case 12:
		return codec.Tuple(randomList(r, depth))
	}
	m := map[string]any{}
	for range r.IntN(4) {
		m[someKeys[r.IntN(len(someKeys))]] = randomValue(r, depth-1)
	}
	return m
}

func randomList(r *rand.Rand, depth int) []any {
	list := make([]any, r.IntN(4))
	for i := range list {
		list[i] = randomValue(r, depth-1)
	}
	return list
}

func randomString(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(20) {
		switch r.IntN(6) {
		case 0:
			b.WriteByte(byte(r.IntN(128)))
		case 1:
			b.WriteString([]string{"é", "ß", "\u2028", "\x7f", "\u0080", "\uffff", "\U00010000", "\U0010ffff", "\xed\xa0\x80", "\xed\xbf\xbf", "</", `"`, `\`}[r.IntN(13)])
		default:
			b.WriteByte("abcdefgh 123"[r.IntN(12)])
		}
	}
	return b.String()
}

// typedOf writes a plain value as flask_peer.py reads it, all text as code
// points.
func typedOf(v any) map[string]any {
	switch v := v.(type) {
	case nil:
		return map[string]any{"type": "null"}
	case bool:
		return map[string]any{"type": "bool", "value": v}
	case int64, *big.Int:
		return map[string]any{"type": "int", "value": fmt.Sprint(v)}
	case float64:
		return map[string]any{"type": "float", "bits": fmt.Sprintf("%016x", math.Float64bits(v))}
	case string:
		return map[string]any{"type": "str", "codepoints": codepoints(v)}
	case codec.Markup:
		return map[string]any{"type": "markup", "codepoints": codepoints(string(v))}
	case []byte:
		return map[string]any{"type": "bytes", "hex": hex.EncodeToString(v)}
	case codec.UUID:
		return map[string]any{"type": "uuid", "value": v.String()}
	case time.Time:
		_, offset := v.Zone()
		return map[string]any{"type": "datetime", "unix": v.Unix(), "micros": v.Nanosecond() / 1000, "offset_seconds": offset}
	case []any:
		return map[string]any{"type": "list", "items": typedList(v)}
	case codec.Tuple:
		return map[string]any{"type": "tuple", "items": typedList(v)}
	}
	items := [][2]any{}
	for k, e := range v.(map[string]any) {
		items = append(items, [2]any{typedOf(k), typedOf(e)})
	}
	return map[string]any{"type": "dict", "items": items}
}

func typedList(v []any) []any {
	list := make([]any, len(v))
	for i, e := range v {
		list[i] = typedOf(e)
	}
	return list
}

func codepoints(s string) []rune {
	runes := []rune{}
	for s != "" {
		if s[0] == 0xED && s[1] >= 0xA0 {
			runes = append(runes, 0xD000|rune(s[1]&0x3F)<<6|rune(s[2]&0x3F))
			s = s[3:]
			continue
		}
		r := []rune(s)[0]
		runes = append(runes, r)
		s = s[len(string(r)):]
	}
	return runes
}

var someNumbers = []string{
	"0", "-0", "1", "42", "-7", "1.0", "-0.0", "1e5", "1E+2", "1e-7", "0.1", "9223372036854775807", "9223372036854775808",
	"-9223372036854775809", "123456789012345678901234567890", "1e400", "-1e400", "5e-324", "1e-400", "NaN", "Infinity", "-Infinity", "true", "false", "null",
}

var someStrings = []string{`""`, `"a"`, `"ab'c"`, `"a\"b'"`, `"é"`, `"\u00e9"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"\n\t\\\/\b\f\r"`, `"\u007f\u0000"`, `"\u2028\u200b"`, `"😀"`, `"a__"`, `"x"`, `" t"`}

var dateWords = []string{"Thu,", "thu", "29", "Feb", "february", "2024", "24", "68", "69", "0099", "12:34:56", "12:34", "12.34", "24:00:00", "GMT", "EST", "pdt", "+0100", "-0500", "-0000", "+0000", "+9999", "+2359", "29-Feb-24", "1,", "Jan,", "30", "1", "99999999999", "2024,", "12:34:56+0200", "12:34:56-0000", "1_0", "Z", "UTC", "x", "-5", "+99999999999999", "-99999999999999999", "٣", "12:60:00", "10000", "0"}

// randomText makes JSON in all its spellings, with tags around all sorts of
// things.
func randomText(r *rand.Rand, depth int) string {
	space := func() string { return []string{"", "", "", "", " ", "\n\t", "\r"}[r.IntN(7)] }
	n := 10
	if depth == 0 {
		n = 4
	}
	switch r.IntN(n) {
	case 0, 1:
		return space() + someNumbers[r.IntN(len(someNumbers))] + space()
	case 2, 3:
		return space() + someStrings[r.IntN(len(someStrings))] + space()
	case 4, 5:
		var parts []string
		for range r.IntN(4) {
			parts = append(parts, randomText(r, depth-1))
		}
		return space() + "[" + strings.Join(parts, ",") + space() + "]" + space()
	case 6, 7:
		var parts []string
		for range r.IntN(4) {
			parts = append(parts, space()+`"`+[]string{"a", "b", "c", " t", " m", " x", `\u0020b`, "d__"}[r.IntN(8)]+`"`+space()+":"+randomText(r, depth-1))
		}
		return space() + "{" + strings.Join(parts, ",") + space() + "}" + space()
	}
	tag := []string{" t", " b", " m", " u", " d", " di"}[r.IntN(6)]
	inner := randomText(r, depth-1)
	if r.IntN(2) == 0 {
		switch tag {
		case " b":
			inner = `"` + randomFrom(r, "QUFB+/=- !", 8) + `"`
		case " u":
			inner = `"` + randomFrom(r, "{", 1) + "0123456789abcdef-" + randomFrom(r, "0Aaf_x", 3) + "0123456789ABCDEF"[r.IntN(3):] + randomFrom(r, "}", 1) + `"`
		case " d":
			var words []string
			for range 2 + r.IntN(5) {
				words = append(words, dateWords[r.IntN(len(dateWords))])
			}
			inner = strconv.Quote(strings.Join(words, " "))
			if r.IntN(2) == 0 {
				inner = `"Thu, ` + strings.Join(words[:2], " ") + ` 2024 ` + words[len(words)-1] + ` ` + dateWords[r.IntN(len(dateWords))] + `"`
			}
		case " di":
			inner = `{"` + []string{" t__", " di__", "ab", "a", "", "é__"}[r.IntN(6)] + `":` + inner + `}`
		}
	}
	return `{"` + tag + `":` + inner + `}`
}

func randomFrom(r *rand.Rand, alphabet string, most int) string {
	b := make([]byte, r.IntN(most+1))
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// mutated changes a byte or two.
func mutated(r *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + r.IntN(2) {
		if len(b) == 0 {
			break
		}
		i := r.IntN(len(b))
		switch r.IntN(4) {
		case 0:
			b = append(b[:i], b[i+1:]...)
		case 1:
			b[i] = byte(r.Uint32())
		case 2:
			c := `{}[]",:\0-.eE +tfnu` + "\xc3\xed\x1f\x7f"
			b = append(b[:i], append([]byte{c[r.IntN(len(c))]}, b[i:]...)...)
		case 3:
			b[i] = `{}[]",:\0 -.eE+`[r.IntN(15)]
		}
	}
	return string(b)
}
