package codec_test

import (
	"errors"
	"html/template"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec"
)

type profile struct {
	Name    string            `json:"name"`
	Age     *int              `json:"age"`
	Tags    []string          `json:"tags"`
	Limits  map[string]uint16 `json:"limits"`
	Created time.Time         `json:"created"`
	ID      UUID2             `json:"id"`
	Token   []byte            `json:"token"`
	Hash    [2]byte           `json:"hash"`
	HTML    template.HTML     `json:"html"`
	Addr    netip.Addr        `json:"addr"`
	Any     any               `json:"any"`
	Pair    [2]int            `json:"pair"`
	ByLevel map[level]bool    `json:"by_level"`
	Ratio   ratio             `json:"ratio"`
	Extra
	*More
}

type ratio32 float32

// UUID2 is here to be named something else: no UUID by our rule.
type UUID2 [16]byte

type Extra struct{ Flag flag }

type More struct {
	Count uint8 `json:"count"`
}

// What Plain makes of a value, Assign makes the value of again.
func TestAssignIsPlainsWayBack(t *testing.T) {
	for _, v := range []any{
		true, flag(true), 1, int8(-8), level(3), uint(7), uint64(math.MaxUint64), 1.5, float32(0.1), ratio(2),
		"a", named("a"), blob("x"),
		digest{1},
		UUID{1},
		codec.UUID{2},
		template.HTML("<b>"), codec.Markup("<i>"),
		bigInt("18446744073709551616"), big.NewInt(7), *big.NewInt(7), time.Unix(5, 0).UTC(), stamp(time.Unix(5, 0).UTC()),
		ptr(7), ptr(ptr("a")),
		[]int{1, 2},
		names{"a"},
		[3]bool{true},
		codec.Tuple{int64(1)},
		[]codec.Tuple{{}},
		[][]byte{{1}},
		map[string]int{"a": 1},
		map[named]named{"a": "b"},
		counts{-1: 1},
		map[bool]int{true: 1},
		map[uint16]int{7: 1},
		map[float64]int{0.5: 1},
		map[netip.Addr]int{netip.MustParseAddr("::1"): 1},
		map[any]any{"a": int64(1)},
		netip.MustParseAddr("10.0.0.1"),
		[]any{int64(1), "a", nil},
		map[string]any{"a": []any{}},
		time.Second, time.March,
		profile{
			Name: "ada", Age: ptr(36), Tags: []string{"x"}, Limits: map[string]uint16{"a": 1}, Created: time.Unix(1, 0).UTC(), ID: UUID2{1},
			Token: []byte("t"), Hash: [2]byte{1, 2}, HTML: "<b>", Addr: netip.MustParseAddr("::1"), Any: int64(1), Pair: [2]int{1, 2},
			ByLevel: map[level]bool{1: true}, Ratio: 1.5, Extra: Extra{true}, More: &More{3},
		},
	} {
		p, err := codec.Plain(v)
		if err != nil {
			t.Errorf("%T: %v", v, err)
			continue
		}
		dst := reflect.New(reflect.TypeOf(v))
		if err := codec.Assign(dst.Interface(), p); err != nil || !reflect.DeepEqual(dst.Elem().Interface(), v) {
			t.Errorf("%T: got %+v, %v, want %+v", v, dst.Elem().Interface(), err, v)
		}
	}
}

func TestAssignConverts(t *testing.T) {
	for _, tt := range []struct{ v, want any }{
		{int64(1), 1.0},
		{int64(1), float32(1)},
		{int64(1 << 53), float64(1 << 53)},
		{int64(1<<53 + 2), float64(1<<53 + 2)},
		{int64(math.MinInt64), float64(math.MinInt64)},
		{int64(math.MaxInt64 - 1023), float64(math.MaxInt64 - 1023)},
		{int64(-1 << 24), float32(-1 << 24)},
		{int64(math.MinInt64), ratio32(math.MinInt64)},
		{0.1, float32(0.1)}, // rounded
		{int64(200), uint8(200)},
		{bigInt("18446744073709551615"), uint64(math.MaxUint64)},
		{codec.Markup("<b>"), "<b>"},
		{codec.Markup("<b>"), named("<b>")},
		{codec.Markup("<b>"), template.HTML("<b>")},
		{codec.Tuple{int64(1)}, []int{1}},
		{[]any{int64(1)}, codec.Tuple{int64(1)}},
		{codec.Tuple{int64(1)}, [1]int{1}},
		{[]any{}, []int{}},
		{[]any{int64(1), int64(2)}, [2]byte{1, 2}},
		{[]byte{1, 2}, [2]byte{1, 2}},
		{[]byte("a"), blob("a")},
		{codec.UUID{15: 1}, "00000000-0000-0000-0000-000000000001"},
		{"00000000-0000-0000-0000-00000000000a", codec.UUID{15: 10}},
		{"0000000000000000000000000000000A", UUID{15: 10}},
		{"", []byte{}},
		{"aGn/", []byte("hi\xff")},
		{"aGk=", blob("hi")},
		{"aGk=", [2]byte{'h', 'i'}},
		{"AAAAAAAAAAAAAAAAAAAAAQ==", UUID2{15: 1}},
		{[]any{"aA=="}, [][]byte{{'h'}}},
		{"10.0.0.1", netip.MustParseAddr("10.0.0.1")},
		{codec.Markup("::1"), netip.MustParseAddr("::1")},
		{"2024-02-29T12:00:00Z", time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)},
		{nil, 0},
		{nil, ""},
		{nil, []int(nil)},
		{nil, (*int)(nil)},
		{nil, profile{}},
		{nil, time.Time{}},
		{math.NaN(), "NaN"},
		{math.Inf(1), float32(math.Inf(1))},
		{map[string]any{"name": "x", "Name": "y", "unknown": 1}, profile{Name: "x"}},
	} {
		if f, ok := tt.v.(float64); ok && f != f {
			continue // below
		}
		dst := reflect.New(reflect.TypeOf(tt.want))
		if err := codec.Assign(dst.Interface(), tt.v); err != nil || !reflect.DeepEqual(dst.Elem().Interface(), tt.want) {
			t.Errorf("%T to %T: got %v, %v, want %v", tt.v, tt.want, dst.Elem().Interface(), err, tt.want)
		}
	}
	if f, err := codec.As[float32](math.NaN()); err != nil || f == f {
		t.Errorf("NaN: got %v, %v", f, err)
	}
}

// As is Assign where it takes a way of its own.
func TestAsIsAssign(t *testing.T) {
	for _, n := range []int64{0, -1, 1 << 53, 1<<53 + 1, 1<<53 + 2, -1<<53 - 1, math.MinInt64, math.MinInt64 + 1, math.MaxInt64, math.MaxInt64 - 1023} {
		var want float64
		fault := codec.Assign(&want, n)
		got, err := codec.As[float64](n)
		if (err == nil) != (fault == nil) || err == nil && got != want || err != nil && got != 0 {
			t.Errorf("%d: got %v, %v, want %v, %v", n, got, err, want, fault)
		}
	}
}

func TestAssignRefuses(t *testing.T) {
	for _, tt := range []struct {
		v, dst any
		path   string
	}{
		{int64(128), int8(0), ""},
		{int64(-1), uint(0), ""},
		{int64(256), byte(0), ""},
		{bigInt("18446744073709551616"), uint64(0), ""},
		{bigInt("18446744073709551616"), 0, ""},
		{bigInt("18446744073709551615"), uint32(0), ""},
		{bigInt("18446744073709551616"), 1.0, ""},
		{int64(9007199254740993), 1.0, ""},
		{int64(-9007199254740993), ratio(0), ""},
		{int64(math.MaxInt64), 1.0, ""},
		{int64(16777217), float32(0), ""},
		{int64(math.MaxInt64), float32(0), ""},
		{[]any{int64(1), int64(9007199254740993)}, []float64{}, "[1]"},
		{1.0, 0, ""},
		{1e300, float32(0), ""},
		{"1", 0, ""},
		{int64(1), "", ""},
		{int64(1), true, ""},
		{true, 0, ""},
		{"true", true, ""},
		{"<script>", template.HTML(""), ""},
		{"<script>", codec.Markup(""), ""},
		{codec.UUID{1}, codec.Markup(""), ""},
		{[]byte("a"), "", ""},
		{"a", []byte{}, ""},
		{"secret", []byte{}, ""},
		{"aGk", []byte{}, ""},
		{"aGl=", []byte{}, ""}, // bits that nothing holds
		{"aGk=\n", []byte{}, ""},
		{"aG\nk=", [2]byte{}, ""},
		{" aGk=", []byte{}, ""},
		{"aGn_", []byte{}, ""},
		{"aGk=", [3]byte{}, ""},
		{"aGk=", [1]byte{}, ""},
		{"aGk=", []int{}, ""},
		{"aGk=", []int8{}, ""},
		{codec.Markup("aGk="), []byte{}, ""},
		{map[string]any{"token": "secret"}, profile{}, ".token"},
		{"not a uuid, but of thirty-two chars", codec.UUID{}, ""},
		{"zz000000-0000-0000-0000-000000000001", UUID{}, ""},
		{"00000000_0000_0000_0000_000000000001", UUID{}, ""},
		{[]byte{1}, codec.UUID{}, ""},
		{"secret", netip.Addr{}, ""},
		{"secret", time.Time{}, ""},
		{int64(1), time.Time{}, ""},
		{math.NaN(), time.Time{}, ""},
		{int64(1), netip.Addr{}, ""},
		{[]any{int64(1)}, [2]int{}, ""},
		{[]any{int64(1), "a"}, []int{}, "[1]"},
		{[]any{}, 0, ""},
		{[]any{}, map[string]int{}, ""},
		{map[string]any{"a": int64(1)}, []int{}, ""},
		{map[string]any{"a": []any{"x"}}, map[string][]int{}, ".a[0]"},
		{map[string]any{"x": int64(1)}, map[int]int{}, ".x"},
		{map[string]any{"300": int64(1)}, map[level]int{}, ".300"},
		{map[string]any{"x": int64(1)}, map[[1]byte]int{}, ".x"},
		{map[string]any{"maybe": int64(1)}, map[bool]int{}, ".maybe"},
		{map[string]any{"tags": []any{int64(1)}}, profile{}, ".tags[0]"},
		{map[string]any{"count": int64(1000)}, profile{}, ".count"},
		{int64(1), make(chan int), ""},
		{int64(1), func() {}, ""},
		{codec.Opaque{}, "", ""},
		{[]byte{1, 2, 3}, [2]byte{}, ""},
		{[]byte{1}, 0, ""},
		{map[string]any{"x": int64(1)}, map[interface{ M() }]int{}, ".x"},
	} {
		dst := reflect.New(reflect.TypeOf(tt.dst))
		err := codec.Assign(dst.Interface(), tt.v)
		e, ok := errors.AsType[*codec.AssignError](err)
		if !ok {
			t.Errorf("%T %v to %T: got %v, %v, want an *AssignError", tt.v, tt.v, tt.dst, dst.Elem(), err)
			continue
		}
		if e.Path != tt.path || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "maybe") {
			t.Errorf("%T to %T: got path %q and %q", tt.v, tt.dst, e.Path, err)
		}
	}
}

// A heard keeps the JSON that it is given.
type heard string

func (h *heard) UnmarshalJSON(text []byte) error {
	*h = heard(text)
	return nil
}

func TestAssignGivesUnmarshalJSONTheValuesJSON(t *testing.T) {
	for want, v := range map[heard]any{
		`1`:    int64(1),
		`true`: true,
		`{"a":[1,"00000000-0000-0000-0000-000000000001"],"t":["x",null]}`: map[string]any{
			"a": []any{int64(1), codec.UUID{15: 1}}, "t": codec.Tuple{"x", nil},
		},
	} {
		if got, err := codec.As[heard](v); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestAssignToAnInterfaceKeepsTheValue(t *testing.T) {
	list := []any{int64(1)}
	var dst any
	if err := codec.Assign(&dst, list); err != nil {
		t.Fatal(err)
	}
	dst.([]any)[0] = int64(2)
	if list[0] != int64(2) {
		t.Error("the list was copied")
	}
}

func TestAssignUnexportedEmbeddedPointer(t *testing.T) {
	var dst struct{ *base }
	err := codec.Assign(&dst, map[string]any{"id": int64(1)})
	if _, ok := errors.AsType[*codec.AssignError](err); !ok {
		t.Errorf("got %v, want an *AssignError", err)
	}
}

func TestAssignPanicsOnWhatIsNoPointer(t *testing.T) {
	for _, dst := range []any{nil, 1, (*int)(nil)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T: no panic", dst)
				}
			}()
			codec.Assign(dst, nil)
		}()
	}
}

func TestAs(t *testing.T) {
	if got, err := codec.As[int](int64(7)); err != nil || got != 7 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := codec.As[float64](int64(7)); err != nil || got != 7 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := codec.As[any](nil); err != nil || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := codec.As[*profile](map[string]any{"name": "ada"}); err != nil || got.Name != "ada" {
		t.Errorf("got %v, %v", got, err)
	}
	got, err := codec.As[int]("7")
	if e, ok := errors.AsType[*codec.AssignError](err); !ok || e.Want != "int" || e.Got != "string" || got != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, want := err.Error(), "codec: want int, the session has string"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAsAllocatesNothing(t *testing.T) {
	var n, f, s, b, m, d any = int64(1 << 40), 1.5, "text", true, map[string]any{}, time.Now()
	for name, run := range map[string]func(){
		"int":            func() { codec.As[int](n) },
		"int64":          func() { codec.As[int64](n) },
		"float64":        func() { codec.As[float64](f) },
		"float64 of int": func() { codec.As[float64](n) },
		"string":         func() { codec.As[string](s) },
		"bool":           func() { codec.As[bool](b) },
		"map":            func() { codec.As[map[string]any](m) },
		"time":           func() { codec.As[time.Time](d) },
		"any":            func() { codec.As[any](n) },
	} {
		if got := testing.AllocsPerRun(100, run); got != 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}

func TestUUIDString(t *testing.T) {
	u := codec.UUID{0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78}
	if got, want := u.String(), "12345678-1234-5678-1234-567812345678"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestValueErrorNamesNoKey(t *testing.T) {
	err := &codec.ValueError{Type: "func()", Path: ".secret", Reason: "why not"}
	if got, want := err.Error(), "codec: a value of type func() can't be part of a session: why not"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestErrLimitIsMalformed(t *testing.T) {
	if !errors.Is(codec.ErrLimit, codec.ErrMalformed) || errors.Is(codec.ErrMalformed, codec.ErrLimit) {
		t.Error("ErrLimit must be ErrMalformed, and not the other way round")
	}
}
