package codec

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// MaxDepth is how many levels of lists, tuples and maps a value may have. Flask
// refuses to write 333 of them (Python's recursion limit of 1000), so that a
// deeper value would be one that it can read and never save again.
const MaxDepth = 300

// maxDigits is Python's limit on the text of a whole number
// (sys.set_int_max_str_digits).
const maxDigits = 4300

// Plain returns v as the plain values that the package comment lists; nil and
// nil pointers give nil, nil slices and nil maps give empty ones, for Python
// has no nil list.
//
// Whole numbers of any kind become int64, or *big.Int beyond it; named types
// lose their names; pointers are followed; slices and arrays become []any, of
// bytes []byte; a named [16]byte called UUID becomes a [UUID], template.HTML
// becomes [Markup]. A struct becomes a map by its json tags (name, omitempty,
// omitzero, "-", embedding, all as encoding/json has them; the option string is
// ignored). Keys of maps become text as Python's json writes them. A type that
// is none of these and has MarshalJSON or MarshalText becomes what that says.
//
// Lists and maps in the result are new; []byte, *big.Int and [Opaque] are
// shared with v. What can't be part of a session gives a *[ValueError]: funcs,
// channels, complex numbers, strings that aren't text, numbers of more than
// 4300 digits (Python's limit), more than [MaxDepth] levels, and so cycles.
func Plain(v any) (any, error) {
	return plain(v, 0)
}

func plain(v any, depth int) (any, error) {
	v, err := Shallow(v)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case []any:
		return plainList(v, v, depth+1)
	case Tuple:
		list, err := plainList(v, v, depth+1)
		return Tuple(list), err
	case map[string]any:
		if depth == MaxDepth {
			return nil, tooDeep(v)
		}
		m := make(map[string]any, len(v))
		for k, e := range v {
			if !wtf8.Valid(k) {
				return nil, notText(k)
			}
			if m[k], err = plain(e, depth+1); err != nil {
				return nil, under("."+k, err)
			}
		}
		return m, nil
	}
	return v, nil
}

func plainList(whole any, v []any, depth int) ([]any, error) {
	if depth > MaxDepth {
		return nil, tooDeep(whole)
	}
	list := make([]any, len(v))
	for i, e := range v {
		var err error
		if list[i], err = plain(e, depth); err != nil {
			return nil, under("["+strconv.Itoa(i)+"]", err)
		}
	}
	return list, nil
}

// Shallow is [Plain] for the outermost level only: the elements of a list, a
// tuple or a map come back as they are in v. It is for codecs that have
// something to say about elements before Plain does. A value that is plain
// already comes back itself, not a copy; its elements are not looked at.
func Shallow(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64, float64, []byte, []any, Tuple, map[string]any, UUID, time.Time, Opaque:
		return v, nil
	case string:
		if !wtf8.Valid(v) {
			return nil, notText(v)
		}
		return v, nil
	case Markup:
		if !wtf8.Valid(string(v)) {
			return nil, notText(v)
		}
		return v, nil
	case *big.Int:
		return plainBig(v)
	case int:
		return int64(v), nil
	case uint64:
		return plainUint(v), nil
	case json.Number:
		return plainNumber(v)
	}
	return reflected(v)
}

func plainUint(n uint64) any {
	if n <= math.MaxInt64 {
		return int64(n)
	}
	return new(big.Int).SetUint64(n)
}

// plainBig returns n itself where int64 can't hold it.
func plainBig(n *big.Int) (any, error) {
	switch {
	case n == nil:
		return nil, nil
	case n.IsInt64():
		return n.Int64(), nil
	case tooManyDigits(n):
		return nil, &ValueError{Type: "*big.Int", Reason: "it has more than 4300 digits"}
	}
	return n, nil
}

// tooManyDigits spares the text of all numbers but those about as long as the
// limit: 14285 bits are 4300 or 4301 digits.
func tooManyDigits(n *big.Int) bool {
	switch bits := n.BitLen(); {
	case bits < 14285:
		return false
	case bits > 14285:
		return true
	}
	return len(new(big.Int).Abs(n).Text(10)) > maxDigits
}

// marshaled returns what v says of itself, and false where it says nothing.
func marshaled(v any) (any, bool, error) {
	switch m := v.(type) {
	case json.Marshaler:
		text, err := m.MarshalJSON()
		if err != nil {
			return nil, true, typed(v, "its MarshalJSON returned an error")
		}
		p, err := plainJSON(text)
		if err != nil {
			return nil, true, typed(v, "its MarshalJSON returned something else than JSON")
		}
		return p, true, nil
	case encoding.TextMarshaler:
		text, err := m.MarshalText()
		if err != nil {
			return nil, true, typed(v, "its MarshalText returned an error")
		}
		if !wtf8.Valid(string(text)) {
			return nil, true, notText(v)
		}
		return string(text), true, nil
	}
	return nil, false, nil
}

// under puts the place of v's element in front of where the element has its
// fault.
func under(place string, err error) error {
	if e, ok := err.(*ValueError); ok {
		e.Path = place + e.Path
	}
	return err
}

func typed(v any, reason string) error {
	return &ValueError{Type: fmt.Sprintf("%T", v), Reason: reason}
}

func notText(v any) error {
	return typed(v, "it isn't UTF-8")
}

func tooDeep(v any) error {
	return typed(v, "it is nested deeper than 300 levels")
}
