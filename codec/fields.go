package codec

import (
	"reflect"
	"strings"
)

// A field is one field of a struct under the name that encoding/json gives it.
type field struct {
	name                string
	index               []int
	tagged              bool
	omitEmpty, omitZero bool
}

// fieldsOf returns the fields of the struct type t as encoding/json finds them:
// of several with one name the least nested, then the one whose tag names it,
// and if more than one is left none of them.
func fieldsOf(t reflect.Type) []field {
	found := collect(nil, t, nil, map[reflect.Type]bool{})
	kept := make([]field, 0, len(found))
	for i, f := range found {
		if dominant(found, i) {
			kept = append(kept, f)
		}
	}
	return kept
}

// collect appends t's own fields and those of the structs it embeds. within
// holds the types being collected, for a struct can embed a pointer to itself.
func collect(found []field, t reflect.Type, index []int, within map[reflect.Type]bool) []field {
	if within[t] {
		return found
	}
	within[t] = true
	defer delete(within, t)
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("json")
		if tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		at := append(index[:len(index):len(index)], i)
		embedded := sf.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		if sf.Anonymous && name == "" && embedded.Kind() == reflect.Struct {
			found = collect(found, embedded, at, within)
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := field{name: name, index: at, tagged: name != ""}
		if name == "" {
			f.name = sf.Name
		}
		for option := range strings.SplitSeq(options, ",") {
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.omitZero = f.omitZero || option == "omitzero"
		}
		found = append(found, f)
	}
	return found
}

// dominant says whether nothing of found[i]'s name hides it.
func dominant(found []field, i int) bool {
	f := found[i]
	for j, g := range found {
		if j == i || g.name != f.name || len(g.index) > len(f.index) {
			continue
		}
		if len(g.index) < len(f.index) || g.tagged || !f.tagged {
			return false
		}
	}
	return true
}

// in returns the field's value in s, and false where a nil embedded pointer
// stands before it.
func (f *field) in(s reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if s.Kind() == reflect.Pointer {
			if s.IsNil() {
				return reflect.Value{}, false
			}
			s = s.Elem()
		}
		s = s.Field(i)
	}
	return s, true
}

// made is in for a struct that is being filled: it makes what embedded pointers
// point to. It returns false where it can't, as the pointer isn't exported.
func (f *field) made(s reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if s.Kind() == reflect.Pointer {
			if s.IsNil() {
				if !s.CanSet() {
					return reflect.Value{}, false
				}
				s.Set(reflect.New(s.Type().Elem()))
			}
			s = s.Elem()
		}
		s = s.Field(i)
	}
	return s, true
}

// omits says whether the field's options leave v out.
func (f *field) omits(v reflect.Value) bool {
	if f.omitZero {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
			if v.Kind() == reflect.Pointer && v.IsNil() || z.IsZero() {
				return true
			}
		} else if v.IsZero() {
			return true
		}
	}
	if !f.omitEmpty {
		return false
	}
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Array, reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
