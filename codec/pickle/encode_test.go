package pickle_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/internal/vectors"
)

// What CPython 3.11 writes between FRAME and STOP for pickle.dumps(v, 4), if
// nothing in v is the same object as something else.
func TestEncode(t *testing.T) {
	for _, row := range []struct {
		v    any
		want string
	}{
		{nil, "N"},
		{true, "\x88"},
		{false, "\x89"},
		{0, "K\x00"},
		{255, "K\xff"},
		{256, "M\x00\x01"},
		{65536, "J\x00\x00\x01\x00"},
		{-1, "J\xff\xff\xff\xff"},
		{math.MinInt32, "J\x00\x00\x00\x80"},
		{int64(1) << 31, "\x8a\x05\x00\x00\x00\x80\x00"},
		{int64(math.MinInt64), "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80"},
		{uint64(math.MaxUint64), "\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00"},
		{new(big.Int).Lsh(big.NewInt(-1), 127), "\x8a\x10" + strings.Repeat("\x00", 15) + "\x80"},
		{new(big.Int).Lsh(big.NewInt(1), 2047), "\x8b\x01\x01\x00\x00" + strings.Repeat("\x00", 255) + "\x80\x00"},
		{1.5, "G\x3f\xf8\x00\x00\x00\x00\x00\x00"},
		{"é", "\x8c\x02\xc3\xa9\x94"},
		{"\xed\xa0\x80", "\x8c\x03\xed\xa0\x80\x94"},
		{strings.Repeat("x", 256), "X\x00\x01\x00\x00" + strings.Repeat("x", 256) + "\x94"},
		{[]byte{}, "C\x00\x94"},
		{make([]byte, 256), "B\x00\x01\x00\x00" + strings.Repeat("\x00", 256) + "\x94"},
		{[]any{}, "]\x94"},
		{[]any{1}, "]\x94K\x01a"},
		{[]any{1, 2}, "]\x94(K\x01K\x02e"},
		{make([]any, 1001), "]\x94(" + strings.Repeat("N", 1000) + "e(Ne"},
		{make([]any, 1000), "]\x94(" + strings.Repeat("N", 1000) + "e"},
		{codec.Tuple{}, ")"},
		{codec.Tuple{1}, "K\x01\x85\x94"},
		{codec.Tuple{1, 2, 3}, "K\x01K\x02K\x03\x87\x94"},
		{codec.Tuple{1, 2, 3, 4}, "(K\x01K\x02K\x03K\x04t\x94"},
		{map[string]any{}, "}\x94"},
		{map[string]any{"a": 1}, "}\x94\x8c\x01a\x94K\x01s"},
		{map[string]any{"b": nil, "a": 1}, "}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94Nu"},
		{codec.Markup("<b>"), "\x8c\x0amarkupsafe\x94\x8c\x06Markup\x94\x93\x94\x8c\x03<b>\x94\x85\x94\x81\x94"},
		{codec.UUID{15: 5}, "\x8c\x04uuid\x94\x8c\x04UUID\x94\x93\x94)\x81\x94}\x94\x8c\x03int\x94K\x05sb"},
		{codec.UUID{0: 0x80}, "\x8c\x04uuid\x94\x8c\x04UUID\x94\x93\x94)\x81\x94}\x94\x8c\x03int\x94\x8a\x11" + strings.Repeat("\x00", 15) + "\x80\x00sb"},
		{
			time.Date(2024, 1, 2, 3, 4, 5, 678901999, pickle.Naive),
			"\x8c\x08datetime\x94\x8c\x08datetime\x94\x93\x94C\x0a\x07\xe8\x01\x02\x03\x04\x05\x0a\x5b\xf5\x94\x85\x94R\x94",
		},
	} {
		got, err := c.Encode([]byte("x"), row.v)
		if err != nil || string(got) != "x"+row.want {
			t.Errorf("%.80v\n got %.80q, %v\nwant %.80q", row.v, got, err, row.want)
		}
		plain, err := codec.Plain(row.v)
		if err != nil {
			t.Fatal(err)
		}
		if at, ok := plain.(time.Time); ok {
			plain = at.Truncate(time.Microsecond)
		}
		if back, err := c.Decode([]byte(row.want)); err != nil || !vectors.Equal(back, plain) {
			t.Errorf("%.80q: read as %.80v, %v", row.want, back, err)
		}
	}
}

func TestDecimals(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-1.50": true, "1E+5": true, "1.5E-123456789012345": true, "Infinity": true, "-Infinity": true, "NaN": true, "sNaN": true, "-NaN": true,
		"": false, "-": false, "1.": false, ".5": false, "1E5": false, "1E+": false, "E+1": false, "1E+1234567890123456": false, "1.5.5": false, "--1": false,
		"1E+5E+5": false, "1E+5.5": false, "1E+-5": false, "inf": false, "0x1": false, "1_0": false, "1\n": false, "٣": false,
	} {
		if got := pickle.IsDecimal(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	deep := any(nil)
	for range codec.MaxDepth + 1 {
		deep = []any{deep}
	}
	for name, row := range map[string]struct {
		v    any
		path string
	}{
		"not UTF-8":              {[]any{"\xff"}, "[0]"},
		"markup that isn't":      {codec.Markup("\xff"), ""},
		"a key that isn't":       {map[string]any{"a": map[string]any{"\xff": 1}}, ".a"},
		"year 10000":             {codec.Tuple{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, "[0]"},
		"year 0":                 {time.Date(0, 12, 31, 0, 0, 0, 0, pickle.Naive), ""},
		"a zone a day away":      {time.Date(2000, 1, 1, 0, 0, 0, 0, time.FixedZone("", 86400)), ""},
		"too many digits":        {new(big.Int).Lsh(big.NewInt(1), 15000), ""},
		"too deep":               {deep, strings.Repeat("[0]", codec.MaxDepth)},
		"17 MiB":                 {make([]byte, 17<<20), ""},
		"a func":                 {func() {}, ""},
		"MessagePack's":          {codec.Opaque{Kind: "ext 5", Raw: []byte("\xd4\x05\x01")}, ""},
		"of another kind":        {codec.Opaque{Kind: "frozenset", Raw: []byte("\x8f\x94")}, ""},
		"in other words":         {codec.Opaque{Kind: "set", Raw: []byte("\x8f")}, ""},
		"an object by its class": {codec.Opaque{Kind: "app.Cart", Raw: []byte("capp\nCart\n)R")}, ""},
	} {
		got, err := c.Encode([]byte("x"), row.v)
		e, ok := errors.AsType[*codec.ValueError](err)
		if !ok || string(got) != "x" {
			t.Errorf("%s: got %.80q, %v, want a *ValueError", name, got, err)
			continue
		}
		if e.Path != row.path {
			t.Errorf("%s: it is at %q, want %q", name, e.Path, row.path)
		}
	}
}

// A value's bytes are one value, whole.
func TestDecodeRefuses(t *testing.T) {
	for _, raw := range []string{"", "NN", "N.", "(N", "N0", "capp\nC\n)R", "cos\nsystem\n", "]q\x00h\x00a", "\x00", "\x00\x00\x00\x00\x00", "\x00\x02\x00\x00\x00}.\x00\x00\x00\x00", "\x00\xff\xff\xff\xff}.\x00\x00\x00\x00", "P1\n"} {
		if v, err := c.Decode([]byte(raw)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: got %v, %v, want ErrMalformed", raw, v, err)
		}
	}
}

// What other formats have no type for goes there as what msgspec writes.
func TestConvert(t *testing.T) {
	for raw, want := range map[string]any{
		"\x8f(K\x01\x90": []any{int64(1)},
		"(]\x85)\x91":    nil, // a list in a set
		"cbuiltins\ncomplex\nG\x00\x00\x00\x00\x00\x00\x00\x00G\x00\x00\x00\x00\x00\x00\x00\x00\x86R": "complex",
		"cdecimal\nDecimal\nU\x041E+9\x85R":                                       "1E+9",
		"cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R":                             "2024-02-29",
		"cdatetime\ntime\nC\x06\x97\x01\x02\x00\x00\x03\x85R":                     "23:01:02.000003",
		"cdatetime\ndatetime\nC\x0a\x07\xe8\x8a\x1b\x02\x1e\x00\x00\x00\x00\x85R": "2024-10-27T02:30:00", // of two
		"cdatetime\ntimedelta\nJ\xff\xff\xff\xffK\x05K\x00\x87R":                  "-PT86395S",
		"cdatetime\ntimedelta\nK\x01K\x02J\x20\xa1\x07\x00\x87R":                  "P1DT2.5S",
		"cdatetime\ntimedelta\nK\x00K\x00K\x00\x87R":                              "P0D",
	} {
		got, err := pickle.Convert([]byte(raw))
		if o, ok := got.(codec.Opaque); ok {
			got = o.Kind
		}
		if (err != nil) != (want == nil) || !vectors.Equal(got, want) {
			t.Errorf("%q: got %#v, %v, want %#v", raw, got, err, want)
		}
	}
}

// A naive datetime and one in UTC stay what they are; so does a zone's name.
func TestTimeZones(t *testing.T) {
	for _, at := range []time.Time{
		time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2024, 1, 2, 3, 4, 5, 0, pickle.Naive),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", -18000)), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.FixedZone("CET", 3600)),
	} {
		v, err := c.Decode(encoded(t, at))
		back, ok := v.(time.Time)
		if err != nil || !ok || !back.Equal(at) || back.Location().String() != at.Location().String() || (back.Location() == pickle.Naive) != (at.Location() == pickle.Naive) {
			t.Errorf("%v: got %v, %v", at, v, err)
		}
	}
}
