package dewar_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// printed gives all that a program can print of v where it keeps it in a field of its
// own: fmt calls no method of what it finds there, and there are printers that call
// none at all and follow every pointer.
func printed[T any](v T) string {
	kept := struct{ last T }{v}
	var b strings.Builder
	fmt.Fprintf(&b, "%v %+v %#v", kept, kept, kept)
	walk(&b, reflect.ValueOf(kept), map[uintptr]bool{})
	return b.String()
}

func walk(b *strings.Builder, v reflect.Value, been map[uintptr]bool) {
	switch v.Kind() {
	case reflect.String:
		b.WriteString(" " + v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			walk(b, v.Field(i), been)
		}
	case reflect.Pointer:
		if !been[v.Pointer()] {
			been[v.Pointer()] = true
			walk(b, v.Elem(), been)
		}
	case reflect.Interface:
		walk(b, v.Elem(), been)
	case reflect.Array, reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			fmt.Fprintf(b, " %s", v)
			return
		}
		for i := range v.Len() {
			walk(b, v.Index(i), been)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			walk(b, it.Key(), been)
			walk(b, it.Value(), been)
		}
	}
}

// secretive is the shape of an id, of a signature and of a payload.
var secretive = regexp.MustCompile(`[A-Za-z0-9_-]{20,}`)

// checkPrinted finds what events give away that a program keeps; TestEveryEvent has
// those of every kind.
func checkPrinted(t *testing.T, events []dewar.Event) {
	t.Helper()
	for _, e := range events {
		got := printed(e)
		if found := secretive.FindString(got); found != "" || !strings.Contains(got, e.Handle()) {
			t.Errorf("%v: printed %q", e, got)
		}
	}
}
