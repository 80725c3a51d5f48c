package dewar_test

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// printed gives what fmt prints of v where a program keeps it in a field of its own:
// it calls no method of what it finds there.
func printed[T any](v T) string {
	kept := struct{ last T }{v}
	return fmt.Sprintf("%v %+v %#v", kept, kept, kept)
}

// walk gives what a printer finds in v that follows every pointer.

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
		var b strings.Builder
		walk(&b, reflect.ValueOf(e), map[uintptr]bool{})
		got := printed(e) + b.String()
		if found := secretive.FindString(got); found != "" || !strings.Contains(got, e.Handle()) {
			t.Errorf("%v: printed %q", e, got)
		}
	}
}

// Nor does fmt give away what handlers are given: the session, the context, the
// response writer, the manager and its options, the session's errors.
func TestWhatHandlersKeepIsNotPrinted(t *testing.T) {
	for name, backend := range map[string]dewar.Backend{"store": dewar.Stored(memstore.New(memstore.Options{})).Backend, "cookie": dewar.Cookies(ring(t, secret)).Backend} {
		m := managing(t, backend, nil)
		text := strings.Repeat("content", 5)
		cookie := signedIn(t, m, map[string]any{text: text})
		do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s := dewar.From(r.Context())
			_, err := dewar.Key[int](text).Lookup(s)
			s.Set(text+"2", map[string]any{text: func() {}})
			for i, v := range []any{s, r.Context(), w, m, m.Options(), err, s.Err()} {
				if got := printed(v) + fmt.Sprintf("%v %+v", v, v); v == nil || strings.Contains(got, text) || strings.Contains(got, cookie[16:40]) || strings.Contains(got, string(secret)) {
					t.Errorf("%s: %d: %T: %s", name, i, v, got)
				}
			}
		})), cookie)
	}
}
