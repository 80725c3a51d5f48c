package codec

import (
	"math/big"
	"reflect"
	"time"

	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

var (
	timeType   = reflect.TypeFor[time.Time]()
	bigIntType = reflect.TypeFor[big.Int]()
	uuidType   = reflect.TypeFor[UUID]()
)

// reflected is Shallow for the types that it has no case for.
func reflected(v any) (any, error) {
	rv := reflect.ValueOf(v)
	for range MaxDepth {
		if p, ok, err := foreign(rv); ok {
			return p, err
		}
		if rv.Kind() != reflect.Pointer && rv.Kind() != reflect.Interface {
			return reflectedKind(rv)
		}
		if rv.IsNil() {
			return nil, nil
		}
		// A *time.Time has MarshalJSON too, so that what it points to must be
		// looked at first.
		if _, ok, _ := foreign(rv.Elem()); !ok {
			if p, ok, err := marshaled(rv.Interface()); ok {
				return p, err
			}
		}
		rv = rv.Elem()
		if rv.Kind() != reflect.Pointer && rv.Kind() != reflect.Interface {
			return Shallow(rv.Interface())
		}
	}
	return nil, tooDeep(v)
}

// foreign returns the values of other packages that stand for one of ours, and
// false for all others.
func foreign(rv reflect.Value) (any, bool, error) {
	switch rv.Kind() {
	case reflect.Struct:
		if rv.Type() == bigIntType {
			n := rv.Interface().(big.Int)
			p, err := plainBig(&n)
			return p, true, err
		}
		if isTime(rv.Type()) {
			return rv.Convert(timeType).Interface(), true, nil
		}
	case reflect.Array:
		if isUUID(rv.Type()) {
			return rv.Convert(uuidType).Interface(), true, nil
		}
	case reflect.String:
		if isMarkup(rv.Type()) {
			p, err := Shallow(Markup(rv.String()))
			return p, true, err
		}
	}
	return nil, false, nil
}

// isTime says whether t is time.Time or was defined as one.
func isTime(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(timeType)
}

// isUUID knows the UUID of any package: all of them are a [16]byte of that name.
func isUUID(t reflect.Type) bool {
	return t.Name() == "UUID" && t.ConvertibleTo(uuidType)
}

// isMarkup knows template.HTML by name, to spare every program html/template.
func isMarkup(t reflect.Type) bool {
	return t.Name() == "HTML" && t.PkgPath() == "html/template" || t == reflect.TypeFor[Markup]()
}

func reflectedKind(rv reflect.Value) (any, error) {
	if p, ok, err := marshaled(rv.Interface()); ok {
		return p, err
	}
	switch rv.Kind() {
	case reflect.Bool:
		return rv.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return rv.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return plainUint(rv.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return rv.Float(), nil
	case reflect.String:
		if !wtf8.Valid(rv.String()) {
			return nil, notText(rv.Interface())
		}
		return rv.String(), nil
	case reflect.Slice, reflect.Array:
		return reflectedList(rv), nil
	case reflect.Map:
		return reflectedMap(rv)
	case reflect.Struct:
		return reflectedStruct(rv), nil
	}
	return nil, typed(rv.Interface(), "nothing in Python corresponds to it")
}

func reflectedList(rv reflect.Value) any {
	if rv.Type().Elem().Kind() == reflect.Uint8 {
		b := make([]byte, rv.Len())
		for i := range b {
			b[i] = byte(rv.Index(i).Uint())
		}
		return b
	}
	list := make([]any, rv.Len())
	for i := range list {
		list[i] = rv.Index(i).Interface()
	}
	return list
}

func reflectedMap(rv reflect.Value) (any, error) {
	m := make(map[string]any, rv.Len())
	for it := rv.MapRange(); it.Next(); {
		k, err := keyText(it.Key())
		if err != nil {
			return nil, err
		}
		if _, ok := m[k]; ok {
			return nil, typed(rv.Interface(), "two of its keys have the same text")
		}
		m[k] = it.Value().Interface()
	}
	return m, nil
}

func reflectedStruct(rv reflect.Value) any {
	fields := fieldsOf(rv.Type())
	m := make(map[string]any, len(fields))
	for _, f := range fields {
		if v, ok := f.in(rv); ok && !f.omits(v) {
			m[f.name] = v.Interface()
		}
	}
	return m
}
