package codec_test

import (
	"encoding/json"
	"errors"
	"html/template"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/internal/vectors"
)

type (
	named   string
	flag    bool
	level   int8
	ratio   float32
	blob    []byte
	names   []named
	stamp   time.Time
	digest  [4]byte
	counts  map[level]uint
	refers  *int
	shout   string
	kelvins float64
)

func (s shout) MarshalText() ([]byte, error) {
	if s == "\xff" {
		return []byte(s), nil
	}
	return []byte(strings.ToUpper(string(s))), nil
}

func (k kelvins) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"k": float64(k), "whole": 3, "list": []int{1}, "big": json.Number("18446744073709551616")})
}

type sulky struct{}

func (sulky) MarshalJSON() ([]byte, error) { return nil, errors.New("secret") }

type mute struct{}

func (mute) MarshalText() ([]byte, error) { return nil, errors.New("secret") }

type liar struct{}

func (liar) MarshalJSON() ([]byte, error) { return []byte(`1 2`), nil }

type garbler struct{}

func (garbler) MarshalJSON() ([]byte, error) { return []byte(`{`), nil }

// UUID is what UUID packages call theirs.
type UUID [16]byte

func (UUID) MarshalText() ([]byte, error) { panic("Plain must know a UUID by its name") }

func ptr[T any](v T) *T { return &v }

func bigInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(s)
	}
	return n
}

func TestPlain(t *testing.T) {
	day := time.Date(2024, 2, 29, 12, 0, 0, 5, time.FixedZone("", 3600))
	var nothing any
	for _, tt := range []struct{ v, want any }{
		{nil, nil},
		{true, true},
		{flag(true), true},
		{1, int64(1)},
		{int8(-1), int64(-1)},
		{int16(1), int64(1)},
		{int32(1), int64(1)},
		{int64(1), int64(1)},
		{level(5), int64(5)},
		{uint(1), int64(1)},
		{uint8(255), int64(255)},
		{uint16(1), int64(1)},
		{uint32(1), int64(1)},
		{uintptr(1), int64(1)},
		{uint64(math.MaxInt64), int64(math.MaxInt64)},
		{uint64(math.MaxUint64), bigInt("18446744073709551615")},
		{big.NewInt(5), int64(5)},
		{*big.NewInt(5), int64(5)},
		{bigInt("9223372036854775808"), bigInt("9223372036854775808")},
		{(*big.Int)(nil), nil},
		{float32(0.5), 0.5},
		{1.0, 1.0},
		{ratio(2), 2.0},
		{math.NaN(), math.NaN()},
		{math.Inf(1), math.Inf(1)},
		{"a", "a"},
		{named("a"), "a"},
		{"\xed\xa0\x80", "\xed\xa0\x80"},
		{"\xed\xa0\xbd\xed\xb8\x80", "\xed\xa0\xbd\xed\xb8\x80"},
		{json.Number("1"), int64(1)},
		{json.Number("1.0"), 1.0},
		{json.Number("18446744073709551616"), bigInt("18446744073709551616")},
		{[]byte("x"), []byte("x")},
		{blob("x"), []byte("x")},
		{digest{1, 2}, []byte{1, 2, 0, 0}},
		{[]byte(nil), []byte{}},
		{codec.UUID{1}, codec.UUID{1}},
		{UUID{1}, codec.UUID{1}},
		{&UUID{1}, codec.UUID{1}},
		{[16]byte{1}, append([]byte{1}, make([]byte, 15)...)},
		{codec.Markup("<b>"), codec.Markup("<b>")},
		{template.HTML("<b>"), codec.Markup("<b>")},
		{ptr(template.HTML("<b>")), codec.Markup("<b>")},
		{day, day},
		{&day, day},
		{stamp(day), day},
		{ptr(&day), day},
		{time.Second, int64(1e9)},
		{time.March, int64(3)},
		{(*int)(nil), nil},
		{ptr(7), int64(7)},
		{ptr(ptr(7)), int64(7)},
		{refers(ptr(7)), int64(7)},
		{&nothing, nil},
		{ptr(any(ptr(7))), int64(7)},
		{[]any{1, []any{nil}}, []any{int64(1), []any{nil}}},
		{[]int{1}, []any{int64(1)}},
		{[2]bool{true}, []any{true, false}},
		{names{"a"}, []any{"a"}},
		{[]any(nil), []any{}},
		{[]int(nil), []any{}},
		{codec.Tuple(nil), codec.Tuple{}},
		{map[string]any(nil), map[string]any{}},
		{map[string]int(nil), map[string]any{}},
		{codec.Tuple{1, "a"}, codec.Tuple{int64(1), "a"}},
		{map[string]any{"a": 1}, map[string]any{"a": int64(1)}},
		{map[named]int{"a": 1}, map[string]any{"a": int64(1)}},
		{counts{-1: 2}, map[string]any{"-1": int64(2)}},
		{map[bool]int{true: 1}, map[string]any{"true": int64(1)}},
		{map[float64]int{1: 1, 0.1: 2, 1e16: 3}, map[string]any{"1.0": int64(1), "0.1": int64(2), "1e+16": int64(3)}},
		{map[uint8]int{1: 1}, map[string]any{"1": int64(1)}},
		{map[any]int{nil: 1, "a": 2, 3: 4}, map[string]any{"null": int64(1), "a": int64(2), "3": int64(4)}},
		{map[netip.Addr]int{netip.MustParseAddr("::1"): 1}, map[string]any{"::1": int64(1)}},
		{shout("a"), "A"},
		{ptr(shout("a")), "A"},
		{netip.MustParseAddr("10.0.0.1"), "10.0.0.1"},
		{kelvins(1.5), map[string]any{"k": 1.5, "whole": int64(3), "list": []any{int64(1)}, "big": bigInt("18446744073709551616")}},
		{(*url.URL)(nil), nil},
		{json.RawMessage(`[1,1.0]`), []any{int64(1), 1.0}},
		{struct{}{}, map[string]any{}},
		{struct{ A, b int }{1, 2}, map[string]any{"A": int64(1)}},
	} {
		got, err := codec.Plain(tt.v)
		if err != nil || !vectors.Equal(got, tt.want) {
			t.Errorf("%T %v: got %#v, %v, want %#v", tt.v, tt.v, got, err, tt.want)
		}
		again, err := codec.Plain(got)
		if err != nil || !vectors.Equal(again, got) {
			t.Errorf("%T %v: plain again: got %#v, %v, want %#v", tt.v, tt.v, again, err, got)
		}
	}
	if got, err := codec.Plain(big.NewInt(0).Sub(new(big.Int).Exp(big.NewInt(10), big.NewInt(4300), nil), big.NewInt(1))); err != nil {
		t.Errorf("4300 nines: got %v, %v", got, err)
	}
	opaque := codec.Opaque{Kind: "set", Raw: []byte("x")}
	if got, err := codec.Plain(opaque); err != nil || got.(codec.Opaque).Kind != "set" {
		t.Errorf("Opaque: got %v, %v", got, err)
	}
}

type loop *loop

func TestPlainRefuses(t *testing.T) {
	cycle := []any{nil}
	cycle[0] = cycle
	var ring loop
	ring = &ring
	var self any
	self = &self
	type list struct{ Next *list }
	chain := &list{}
	chain.Next = chain
	long := new(big.Int).Exp(big.NewInt(10), big.NewInt(4300), nil)
	for name, tt := range map[string]struct {
		v    any
		path string
	}{
		"func":             {func() {}, ""},
		"chan":             {make(chan int), ""},
		"complex":          {1i, ""},
		"unsafe":           {unsafe.Pointer(t), ""},
		"below":            {map[string]any{"a": []any{1, codec.Tuple{make(chan int)}}}, ".a[1][0]"},
		"in a struct":      {struct{ F []func() }{make([]func(), 2)}, ".F[0]"},
		"not text":         {"\xff", ""},
		"named, not text":  {named("\xc0\x80"), ""},
		"markup, not text": {codec.Markup("\xed\xa0"), ""},
		"html, not text":   {template.HTML("\xff"), ""},
		"key, not text":    {map[string]any{"\xff": 1}, ""},
		"named key":        {map[named]int{"\xff": 1}, ""},
		"key of a struct":  {map[struct{}]int{{}: 1}, ""},
		"key of bytes":     {map[[1]byte]int{{1}: 1}, ""},
		"two keys of one":  {map[any]int{1: 1, "1": 2}, ""},
		"digits":           {long, ""},
		"negative digits":  {new(big.Int).Neg(long), ""},
		"big value":        {*long, ""},
		"JSON fails":       {sulky{}, ""},
		"JSON isn't one":   {liar{}, ""},
		"text isn't UTF-8": {shout("\xff"), ""},
		"key's text fails": {map[mute]int{{}: 1}, ""},
		"JSON isn't any":   {garbler{}, ""},
		"text fails":       {mute{}, ""},
		"no number":        {json.Number("0x1"), ""},
		"no float":         {json.Number("1.e.5"), ""},
	} {
		_, err := codec.Plain(tt.v)
		e, ok := errors.AsType[*codec.ValueError](err)
		if !ok {
			t.Errorf("%s: got %v, want a *ValueError", name, err)
		} else if e.Path != tt.path || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got path %q and %q", name, e.Path, err)
		}
	}
	for name, v := range map[string]any{"cycle": cycle, "ring": ring, "self": self, "chain": chain} {
		_, err := codec.Plain(v)
		if _, ok := errors.AsType[*codec.ValueError](err); !ok {
			t.Errorf("%s: got %v, want a *ValueError", name, err)
		}
	}
}

func TestPlainDepth(t *testing.T) {
	for _, wrap := range []func(any) any{
		func(v any) any { return []any{v} },
		func(v any) any { return codec.Tuple{v} },
		func(v any) any { return map[string]any{"a": v} },
		func(v any) any { return &[]any{v} },
		func(v any) any { return struct{ A any }{v} },
	} {
		var v any
		for range codec.MaxDepth {
			v = wrap(v)
		}
		if _, err := codec.Plain(v); err != nil {
			t.Errorf("%T: %v", v, err)
		}
		if _, err := codec.Plain(wrap(v)); err == nil {
			t.Errorf("%T: one level more gave no error", v)
		}
	}
}

func TestPlainCopiesLists(t *testing.T) {
	list, m := []any{1}, map[string]any{"a": 1}
	got, err := codec.Plain([]any{list, m})
	if err != nil {
		t.Fatal(err)
	}
	list[0], m["a"] = 2, 2
	if want := []any{[]any{int64(1)}, map[string]any{"a": int64(1)}}; !vectors.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestShallowLeavesElements(t *testing.T) {
	f := func() {}
	got, err := codec.Shallow(struct{ F any }{f})
	m, ok := got.(map[string]any)
	if err != nil || !ok || m["F"] == nil {
		t.Errorf("got %v, %v", got, err)
	}
}

type base struct {
	ID   int `json:"id"`
	Name string
	Both string
}

type other struct {
	Both string
	Deep string `json:"Name"`
}

type deepest struct {
	*deepest
	base
	*other
	time.Month `json:"month"`
	Plain      string
	Renamed    int             `json:"renamed,omitempty"`
	Zero       time.Time       `json:"zero,omitzero"`
	Empty      []int           `json:",omitempty"`
	Full       []int           `json:"full,omitempty"`
	Never      string          `json:"-"`
	EmptyMap   map[string]int  `json:"emptyMap,omitempty"`
	NilPtr     *int            `json:"nilPtr,omitempty"`
	Ptr        *int            `json:"ptr,omitzero"`
	Struct     struct{ A int } `json:"struct,omitempty"`
	hidden     int
}

// encoding/json is the judge of what fields a struct has.
func TestStructsAreAsInEncodingJSON(t *testing.T) {
	for _, v := range []any{
		deepest{},
		deepest{base: base{1, "n", "b"}, other: &other{"B", "D"}, Month: 3, Renamed: 1, Full: []int{1}, hidden: 1, Ptr: ptr(0)},
		deepest{deepest: &deepest{Plain: "inner"}, Plain: "outer", Empty: []int{}, EmptyMap: map[string]int{"a": 1}},
		base{},
		other{},
		struct{ base }{},
		struct{ *base }{},
		struct {
			base
			Both int
		}{},
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := codec.Plain(json.RawMessage(text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := codec.Plain(v)
		if err != nil || !vectors.Equal(withoutNils(got), withoutNils(want)) {
			t.Errorf("%+v:\n got %v, %v\nwant %v", v, got, err, want)
		}
	}
}

// withoutNils takes out what differs on purpose: a nil slice is a list here and
// null there, a zero time is a time and not text.
func withoutNils(v any) any {
	m := v.(map[string]any)
	for k, e := range m {
		if list, ok := e.([]any); e == nil || ok && len(list) == 0 {
			delete(m, k)
		}
	}
	return m
}
