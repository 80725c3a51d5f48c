package pickle

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/dewar-go/dewar/codec"
)

// An emitter writes what a machine has read so that it can stand by itself.
// What was shared is written each time.
type emitter struct {
	out     []byte
	dropped int // bytes that were written and dropped: they took as long
	values  int
}

// drop takes back all but the first n bytes.
func (e *emitter) drop(n int) {
	e.dropped += len(e.out) - n
	e.out = e.out[:n]
}

// errTooMuch is ErrLimit for values that are small where they share, and large
// when each stands by itself.
var errTooMuch = fmt.Errorf("pickle: its values: %w", codec.ErrLimit)

// unknownError says that a value has something in it that can't be written
// anew.
type unknownError struct{ what string }

func (unknownError) Error() string { return "pickle: an unknown class" }

// value appends v, which stands inside of depth levels.
func (e *emitter) value(v any, depth int) error {
	e.values++
	if e.values > maxValues || len(e.out)+e.dropped > maxSize || depth > maxNesting {
		return errTooMuch
	}
	switch v := v.(type) {
	case nil:
		e.out = append(e.out, opNone)
	case bool:
		e.out = appendBool(e.out, v)
	case int64:
		e.out = appendInt(e.out, v)
	case *big.Int:
		e.out = appendBig(e.out, v)
	case float64:
		e.out = appendFloat(e.out, v)
	case string:
		e.out = appendText(e.out, v)
	case []byte:
		e.out = appendBytes(e.out, v)
	case codec.Markup:
		e.out = appendMarkup(e.out, string(v))
	case byteArray:
		e.out = appendBytes(appendGlobal(e.out, "builtins", "bytearray"), v)
		e.out = append(e.out, opTuple1, opMemoize, opReduce, opMemoize)
	case *seq:
		return e.seq(v, depth+1)
	case *dict:
		return e.dict(v, depth+1)
	case *call:
		return e.call(v, depth)
	case *uuidObject:
		return e.uuid(v, depth)
	case *object:
		return unknownError{v.class}
	case *global:
		return unknownError{"the class " + v.String()}
	}
	return nil
}

var errCycle error = unknownError{"itself"}

func (e *emitter) seq(s *seq, depth int) error {
	if s.open {
		return errCycle
	}
	s.open = true
	defer func() { s.open = false }()
	n := len(s.items)
	switch s.kind {
	case list:
		e.out = append(e.out, opEmptyList, opMemoize)
	case set:
		e.out = append(e.out, opEmptySet, opMemoize)
	case tuple:
		e.out = openTuple(e.out, n)
	case frozenSet:
		e.out = append(e.out, opMark)
	}
	for i, v := range s.items {
		switch {
		case s.kind == list:
			e.out = beforeItem(e.out, i, n)
		case s.kind == set && i%batch == 0: // one for a single element too
			e.out = append(e.out, opMark)
		}
		if err := e.value(v, depth); err != nil {
			return err
		}
		switch {
		case s.kind == list:
			e.out = afterItem(e.out, i, n, opAppend, opAppends)
		case s.kind == set:
			e.out = endBatch(e.out, i, n, opAddItems)
		}
	}
	switch s.kind {
	case tuple:
		e.out = closeTuple(e.out, n)
	case frozenSet:
		e.out = append(e.out, opFrozenSet, opMemoize)
	}
	return nil
}

func (e *emitter) dict(d *dict, depth int) error {
	if d.open {
		return errCycle
	}
	d.open = true
	defer func() { d.open = false }()
	e.out = append(e.out, opEmptyDict, opMemoize)
	n := len(d.items) / 2
	for i := range n {
		e.out = beforeItem(e.out, i, n)
		if err := e.value(d.items[2*i], depth); err != nil {
			return err
		}
		if err := e.value(d.items[2*i+1], depth); err != nil {
			return err
		}
		e.out = afterItem(e.out, i, n, opSetItem, opSetItems)
	}
	return nil
}

func (e *emitter) call(c *call, depth int) error {
	e.out = appendGlobal(e.out, c.class.module, c.class.name)
	if err := e.value(&seq{kind: tuple, items: c.args}, depth); err != nil {
		return err
	}
	e.out = append(e.out, opReduce, opMemoize)
	return nil
}

func (e *emitter) uuid(u *uuidObject, depth int) error {
	if _, ok := u.value(); !ok {
		return unknownError{"uuid.UUID"}
	}
	e.out = append(appendGlobal(e.out, "uuid", "UUID"), opEmptyTuple, opNewObj, opMemoize)
	state := []any{"int", u.number}
	if u.safe != nil {
		state = append(state, "is_safe", u.safe)
	}
	if err := e.value(&dict{items: state}, depth); err != nil {
		return err
	}
	e.out = append(e.out, opBuild)
	return nil
}

func isUnknown(err error) (what string, ok bool) {
	var u unknownError
	ok = errors.As(err, &u)
	return u.what, ok
}
