package pickle

import (
	"bytes"
	"math/big"

	"github.com/dewar-go/dewar/codec"
)

// Decode returns the value that raw encodes, as the package comment says. It
// keeps no part of raw but that of an [codec.Opaque] of an unknown class. What
// isn't exactly one value gives [codec.ErrMalformed] with the byte offset, or
// [codec.ErrLimit].
func (Codec) Decode(raw []byte) (any, error) {
	return decode(raw, false)
}

// Convert is Decode for a value that goes on in another format. What other
// formats have no type for becomes what msgspec, and so Flask-Session, makes of
// it: sets are []any, bytearrays []byte, decimals, dates, times, timedeltas and
// datetimes without a time zone text. Dicts with keys that aren't text, complex
// numbers and values of unknown classes stay Opaque.
func Convert(raw []byte) (any, error) {
	return decode(raw, true)
}

func decode(raw []byte, convert bool) (any, error) {
	if isBound(raw) {
		return decodeBound(raw)
	}
	m := machine{data: raw}
	node, err := m.fragment()
	if err != nil {
		return nil, err
	}
	d := decoder{convert: convert}
	v, err := d.value(node, 0)
	if _, ok := isUnknown(err); ok {
		return nil, malformed(0) // no Split makes such a one
	}
	return v, err
}

// A decoder makes Go's values of what a machine has read.
type decoder struct {
	convert bool
	values  int
	size    int // of what had to be copied
}

// value makes that of v, which stands inside of depth levels.
func (d *decoder) value(v any, depth int) (any, error) {
	if d.values++; d.values > maxValues || depth > maxNesting {
		return nil, errTooMuch
	}
	switch v := v.(type) {
	case *big.Int:
		if _, err := codec.Shallow(v); err != nil {
			return nil, errTooMuch // it has more digits than Python would print
		}
		return v, nil
	case []byte:
		return d.bytes(v)
	case byteArray:
		if d.convert {
			return d.bytes(v)
		}
		return d.opaque("bytearray", v)
	case *seq:
		return d.seq(v, depth+1)
	case *dict:
		return d.dict(v, depth+1)
	case *call:
		return d.call(v)
	case *uuidObject:
		if id, ok := v.value(); ok {
			return id, nil
		}
		return nil, unknownError{}
	case *object, *global:
		return nil, unknownError{}
	}
	return v, nil
}

func (d *decoder) bytes(b []byte) (any, error) {
	if d.size += len(b); d.size > maxSize {
		return nil, errTooMuch
	}
	return append([]byte{}, b...), nil
}

// opaque carries v as it would be written by itself.
func (d *decoder) opaque(kind string, v any) (any, error) {
	e := emitter{values: d.values}
	err := e.value(v, 0)
	d.values = e.values
	if d.size += len(e.out); err == nil && d.size > maxSize {
		err = errTooMuch
	}
	return codec.Opaque{Kind: kind, Raw: bytes.Clone(e.out)}, err
}

func (d *decoder) seq(s *seq, depth int) (any, error) {
	if s.open {
		return nil, errCycle
	}
	if (s.kind == set || s.kind == frozenSet) && !d.convert {
		return d.opaque(s.kind.String(), s)
	}
	s.open = true
	defer func() { s.open = false }()
	items := make([]any, len(s.items))
	for i, v := range s.items {
		var err error
		if items[i], err = d.value(v, depth); err != nil {
			return nil, err
		}
	}
	if s.kind == tuple {
		return codec.Tuple(items), nil
	}
	return items, nil
}

func (d *decoder) dict(v *dict, depth int) (any, error) {
	if v.open {
		return nil, errCycle
	}
	v.open = true
	defer func() { v.open = false }()
	m := make(map[string]any, len(v.items)/2)
	for i := 0; i < len(v.items); i += 2 {
		key, ok := v.items[i].(string)
		if !ok {
			v.open = false
			return d.opaque("dict", v)
		}
		value, err := d.value(v.items[i+1], depth)
		if err != nil {
			return nil, err
		}
		m[key] = value
	}
	return m, nil
}

func (d *decoder) call(c *call) (any, error) {
	kind := c.class.String()
	if d.convert {
		if v, ok := c.converted(); ok {
			return v, nil
		}
	}
	if kind == "datetime.datetime" {
		if t, ok := c.time(); ok {
			return t, nil
		}
	}
	if kind == "builtins.complex" {
		kind = "complex"
	}
	return d.opaque(kind, c)
}
