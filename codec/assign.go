package codec

import (
	"fmt"
	"math/big"
	"reflect"
)

// An AssignError says that a plain value can't become what was asked for.
type AssignError struct {
	Want string // the Go type that was to be filled
	Got  string // the type of the value, with a clause where the type alone would do
	Path string // where in the value, as .field[2]; empty at its top
}

// Error names the two types. It leaves the path out: map keys can be somebody's
// data.
func (e *AssignError) Error() string {
	return "codec: want " + e.Want + ", the session has " + e.Got
}

// Assign stores the plain value v in what dst points to, exactly or not at all:
// a number that doesn't fit, text where a number is wanted and the like give an
// *[AssignError], and dst may then be partly filled.
//
// A value whose type dst has is stored as it is, lists and maps not copied; so
// is any value where dst is an any. A nil gives the zero value. Whole numbers
// fit every kind of number that can hold them, and floats too, as Python's
// users write 1 for 1.0, but for those that the float would round; a float64
// fits floats only, and a float32 takes it rounded. [Markup] fits strings, but
// a string doesn't fit Markup or template.HTML: nobody vouched for it. Lists
// and tuples fit slices, and arrays of the same length; maps fit maps, and
// structs by their json tags, whose case matters: keys without a field are
// ignored, fields without a key left alone. A UUID fits every [16]byte called
// UUID, as does its text. A pointer gets a new value to point to. UnmarshalJSON
// is given the value's JSON, UnmarshalText its text.
//
// Bytes fit slices of bytes, and arrays of as many. So does a string that is
// their base64, from whatever codec it comes, for JSON has no bytes: in the
// standard alphabet, padded, and nothing else in it (RFC 4648, section 4).
//
// Assign panics if dst isn't a pointer or is nil: that is a mistake in the
// program.
func Assign(dst any, v any) error {
	rv := reflect.ValueOf(dst)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		panic("codec: Assign to something that isn't a pointer")
	}
	return assign(rv.Elem(), v)
}

// As returns v, which is plain, as a T, under [Assign]'s rules.
func As[T any](v any) (T, error) {
	if t, ok := v.(T); ok {
		return t, nil
	}
	var t T
	if n, ok := v.(int64); ok {
		switch p := any(&t).(type) {
		case *int:
			if *p = int(n); int64(*p) == n {
				return t, nil
			}
		case *float64:
			if f, ok := exactFloat(n); ok {
				*p = f
				return t, nil
			}
		}
	}
	return assigned[T](v)
}

// assigned is apart from As so that only here a T moves to the heap.
func assigned[T any](v any) (T, error) {
	var t T
	err := Assign(&t, v)
	return t, err
}

func assign(dst reflect.Value, v any) error {
	if v == nil {
		dst.SetZero()
		return nil
	}
	if rv := reflect.ValueOf(v); rv.Type().AssignableTo(dst.Type()) {
		dst.Set(rv)
		return nil
	}
	if ok, err := assignForeign(dst, v); ok {
		return err
	}
	if dst.Kind() == reflect.Pointer {
		p := reflect.New(dst.Type().Elem())
		if err := assign(p.Elem(), v); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	}
	if ok, err := unmarshaled(dst, v); ok {
		return err
	}
	switch v := v.(type) {
	case bool:
		if dst.Kind() == reflect.Bool {
			dst.SetBool(v)
			return nil
		}
	case int64:
		return assignInt(dst, v)
	case *big.Int:
		if v.IsUint64() && dst.CanUint() {
			return assignUint(dst, v.Uint64(), v)
		}
	case float64:
		if dst.CanFloat() {
			return assignFloat(dst, v)
		}
	case string:
		if dst.Kind() == reflect.String && !isMarkup(dst.Type()) {
			dst.SetString(v)
			return nil
		}
		if holdsBytes(dst) {
			return assignBase64(dst, v)
		}
	case Markup:
		if dst.Kind() == reflect.String {
			dst.SetString(string(v))
			return nil
		}
	case []byte:
		return assignBytes(dst, v)
	case []any:
		return assignList(dst, v, v)
	case Tuple:
		return assignList(dst, v, v)
	case map[string]any:
		return assignMap(dst, v)
	}
	return mismatch(dst, v)
}

func mismatch(dst reflect.Value, v any) error {
	return &AssignError{Want: dst.Type().String(), Got: fmt.Sprintf("%T", v)}
}

func refused(dst reflect.Value, v any, why string) error {
	return &AssignError{Want: dst.Type().String(), Got: fmt.Sprintf("%T that %s", v, why)}
}

// below puts the place of v's element in front of where the element has its
// fault.
func below(place string, err error) error {
	if e, ok := err.(*AssignError); ok {
		e.Path = place + e.Path
	}
	return err
}
