package codec

import (
	"encoding"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
)

// assignForeign is the way back from foreign: it fills the types of other
// packages that one of ours stands for.
func assignForeign(dst reflect.Value, v any) (bool, error) {
	t := dst.Type()
	switch v := v.(type) {
	case int64:
		if t == reflect.PointerTo(bigIntType) {
			dst.Set(reflect.ValueOf(big.NewInt(v)))
			return true, nil
		}
	case UUID:
		if isUUID(t) {
			dst.Set(reflect.ValueOf(v).Convert(t))
			return true, nil
		}
		if t.Kind() == reflect.String && !isMarkup(t) {
			dst.SetString(v.String())
			return true, nil
		}
	case string:
		if isUUID(t) {
			u, ok := parseUUID(v)
			if !ok {
				return true, mismatch(dst, v)
			}
			dst.Set(reflect.ValueOf(u).Convert(t))
			return true, nil
		}
	}
	if rv := reflect.ValueOf(v); rv.Type() == timeType && isTime(t) {
		dst.Set(rv.Convert(t))
		return true, nil
	}
	return false, nil
}

// unmarshaled lets dst read v itself, if it can.
func unmarshaled(dst reflect.Value, v any) (bool, error) {
	switch u := dst.Addr().Interface().(type) {
	case json.Unmarshaler:
		text, err := jsonOf(v)
		if err != nil || u.UnmarshalJSON(text) != nil {
			return true, refused(dst, v, "its UnmarshalJSON refuses")
		}
		return true, nil
	case encoding.TextUnmarshaler:
		var text string
		switch v := v.(type) {
		case string:
			text = v
		case Markup:
			text = string(v)
		default:
			return false, nil
		}
		if u.UnmarshalText([]byte(text)) != nil {
			return true, refused(dst, v, "its UnmarshalText refuses")
		}
		return true, nil
	}
	return false, nil
}

func assignInt(dst reflect.Value, n int64) error {
	switch {
	case dst.CanInt():
		if dst.OverflowInt(n) {
			return refused(dst, n, "out of its range")
		}
		dst.SetInt(n)
	case dst.CanUint():
		if n < 0 {
			return refused(dst, n, "out of its range")
		}
		return assignUint(dst, uint64(n), n)
	case dst.CanFloat():
		f, ok := exactFloat(n)
		if !ok || dst.Kind() == reflect.Float32 && float64(float32(f)) != f {
			return refused(dst, n, "it can't hold exactly")
		}
		dst.SetFloat(f)
	default:
		return mismatch(dst, n)
	}
	return nil
}

// exactFloat is false for a number that a float64 rounds. (What a conversion of
// 2^63 back to an int64 gives differs by machine.)
func exactFloat(n int64) (float64, bool) {
	f := float64(n)
	return f, f < 1<<63 && int64(f) == n
}

func assignUint(dst reflect.Value, n uint64, v any) error {
	if dst.OverflowUint(n) {
		return refused(dst, v, "out of its range")
	}
	dst.SetUint(n)
	return nil
}

func assignFloat(dst reflect.Value, f float64) error {
	if dst.OverflowFloat(f) && !math.IsInf(f, 0) {
		return refused(dst, f, "out of its range")
	}
	dst.SetFloat(f)
	return nil
}
