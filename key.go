package dewar

import (
	"errors"
	"fmt"

	"github.com/dewar-go/dewar/codec"
)

// A Key is the name of a value whose type the compiler knows:
//
//	const Views = dewar.Key[int]("views")
//
//	Views.Update(s, func(n int) int { return n + 1 })
//
// T may be any type that package codec can assign a value to: the plain ones,
// structs by their json tags, maps and slices of these. What is changed in
// place in a T isn't seen, unless T is one of those that [Session.Get] hands
// out (any, map[string]any, []any, Tuple): Set or Update it.
type Key[T any] string

// Get returns the value, or the zero T if there is none or if it is of another
// type; Lookup tells these apart.
func (k Key[T]) Get(s *Session) T {
	v, _ := k.Lookup(s)
	return v
}

// Lookup returns the value. The error is ErrNoValue if there is none and a
// *TypeError if it can't be a T.
func (k Key[T]) Lookup(s *Session) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return k.lookup(s)
}

func (k Key[T]) lookup(s *Session) (T, error) {
	var zero T
	v, err := s.lookup(string(k), live[T]())
	if err != nil {
		return zero, err
	}
	t, err := codec.As[T](v)
	if err != nil {
		e := &TypeError{Key: string(k), Want: fmt.Sprintf("%T", zero), Got: fmt.Sprintf("%T", v)}
		if a := (*codec.AssignError)(nil); errors.As(err, &a) {
			e.Want, e.Got = a.Want, a.Got
		}
		return zero, e
	}
	return t, nil
}

// live reports whether a T is handed out as it is, not as a copy.
func live[T any]() bool {
	switch any((*T)(nil)).(type) {
	case *any, *map[string]any, *[]any, *Tuple:
		return true
	}
	return false
}

// Set puts v under the key, as [Session.Set] does.
func (k Key[T]) Set(s *Session, v T) { s.Set(string(k), v) }

// Update puts f of the value (the zero T if there is none, or of another type)
// in its place and returns it. As in [Session.Update], f may run again, and
// must not use the session.
func (k Key[T]) Update(s *Session, f func(T) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteInPlace(string(k))
	v, _ := k.lookup(s)
	v = f(v)
	again := func(now any) any {
		t, _ := codec.As[T](now)
		return f(t)
	}
	s.set(string(k), v, change{op: opUpdate, key: string(k), f: again})
	return v
}

// Take returns the value and forgets it: for what is good once, such as an
// OAuth state. Of two requests at once that take it, the later can't be saved
// and is answered with an error (ErrConflict), and so is one that took what
// another replaced meanwhile: a third may have taken it before. It reports false, and forgets nothing,
// if there is none or it is of another type.
func (k Key[T]) Take(s *Session) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := k.lookup(s)
	if err != nil {
		return v, false
	}
	c := change{op: opTake, key: string(k)}
	if i := s.vals.find(c.key); i >= 0 {
		c.raw = s.vals.entries[i].Raw
	}
	s.remove(c.key, c)
	return v, true
}
