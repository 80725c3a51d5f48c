package codec

import (
	"encoding"
	"reflect"
	"strconv"

	"github.com/dewar-go/dewar/codec/internal/pyfloat"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// keyText returns the text of a map's key. Text that the type has for itself
// comes before what Python's json writes for numbers, bools and None (CPython:
// Modules/_json.c, encoder_encode_key_value).
func keyText(k reflect.Value) (string, error) {
	if k.Kind() == reflect.Interface {
		if k.IsNil() {
			return "null", nil
		}
		k = k.Elem()
	}
	if k.Kind() != reflect.String {
		if m, ok := k.Interface().(encoding.TextMarshaler); ok {
			text, err := m.MarshalText()
			if err != nil || !wtf8.Valid(string(text)) {
				return "", typed(k.Interface(), "as a key: its MarshalText has no text for it")
			}
			return string(text), nil
		}
	}
	switch k.Kind() {
	case reflect.String:
		if !wtf8.Valid(k.String()) {
			return "", notText(k.Interface())
		}
		return k.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(k.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(k.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(k.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		return string(pyfloat.AppendJSON(nil, k.Float())), nil
	}
	return "", typed(k.Interface(), "as a key: only text, numbers and bools can be one")
}

// setKey is keyText's way back: it reads text into k, which is settable and of
// a map's key type, and says whether that type can hold it.
func setKey(k reflect.Value, text string) bool {
	if k.Kind() != reflect.String {
		if u, ok := k.Addr().Interface().(encoding.TextUnmarshaler); ok {
			return u.UnmarshalText([]byte(text)) == nil
		}
	}
	switch k.Kind() {
	case reflect.String:
		k.SetString(text)
	case reflect.Interface:
		if k.NumMethod() > 0 {
			return false
		}
		k.Set(reflect.ValueOf(text))
	case reflect.Bool:
		k.SetBool(text == "true")
		return text == "true" || text == "false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, k.Type().Bits())
		k.SetInt(n)
		return err == nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		n, err := strconv.ParseUint(text, 10, k.Type().Bits())
		k.SetUint(n)
		return err == nil
	case reflect.Float32, reflect.Float64:
		f, err := strconv.ParseFloat(text, k.Type().Bits())
		k.SetFloat(f)
		return err == nil
	default:
		return false
	}
	return true
}
