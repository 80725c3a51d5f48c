package codec

import (
	"encoding/base64"
	"reflect"
	"strconv"
)

func holdsBytes(dst reflect.Value) bool {
	return (dst.Kind() == reflect.Slice || dst.Kind() == reflect.Array) && dst.Type().Elem().Kind() == reflect.Uint8
}

func assignBytes(dst reflect.Value, b []byte) error {
	switch {
	case holdsBytes(dst) && dst.Kind() == reflect.Slice:
		dst.SetBytes(b)
	case holdsBytes(dst) && dst.Len() == len(b):
		for i, c := range b {
			dst.Index(i).SetUint(uint64(c))
		}
	default:
		return mismatch(dst, b)
	}
	return nil
}

// assignBase64 takes one spelling only: Strict passes over line ends.
func assignBase64(dst reflect.Value, text string) error {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodedLen(len(b)) != len(text) {
		return refused(dst, text, "isn't base64")
	}
	if dst.Kind() == reflect.Array && dst.Len() != len(b) {
		return refused(dst, text, "is the base64 of more bytes, or fewer")
	}
	return assignBytes(dst, b)
}

func assignList(dst reflect.Value, list []any, whole any) error {
	switch {
	case dst.Kind() == reflect.Slice:
		dst.Set(reflect.MakeSlice(dst.Type(), len(list), len(list)))
	case dst.Kind() == reflect.Array && dst.Len() == len(list):
	case dst.Kind() == reflect.Array:
		return refused(dst, whole, "has another length")
	default:
		return mismatch(dst, whole)
	}
	for i, e := range list {
		if err := assign(dst.Index(i), e); err != nil {
			return below("["+strconv.Itoa(i)+"]", err)
		}
	}
	return nil
}

func assignMap(dst reflect.Value, m map[string]any) error {
	switch dst.Kind() {
	case reflect.Map:
		t := dst.Type()
		made := reflect.MakeMapWithSize(t, len(m))
		for k, e := range m {
			key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			if !setKey(key, k) {
				return below("."+k, refused(key, k, "is no key of that type"))
			}
			if err := assign(elem, e); err != nil {
				return below("."+k, err)
			}
			made.SetMapIndex(key, elem)
		}
		dst.Set(made)
	case reflect.Struct:
		for _, f := range fieldsOf(dst.Type()) {
			e, ok := m[f.name]
			if !ok {
				continue
			}
			at, ok := f.made(dst)
			if !ok {
				return below("."+f.name, mismatch(dst, m))
			}
			if err := assign(at, e); err != nil {
				return below("."+f.name, err)
			}
		}
	default:
		return mismatch(dst, m)
	}
	return nil
}
