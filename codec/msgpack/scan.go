package msgpack

import "unicode/utf8"

// What a session may ask for. Python's own limit is on nesting, by its stack.
const (
	maxNesting = 500
	maxValues  = 1 << 20
)

// A scanner finds where values end and checks them on the way. It decodes
// nothing and allocates next to nothing, whatever lengths the data claims.
type scanner struct {
	data   []byte
	values int // how many were met

	// opaque are the maps with a key that isn't text: where each begins, and
	// where it ends.
	opaque map[int]int
}

// whole checks that the data is one value.
func (s *scanner) whole() error {
	end, err := s.value(0, 0)
	if err == nil && end != len(s.data) {
		err = malformed(end)
	}
	return err
}

// value returns the end of the value that begins at i, inside of depth levels.
func (s *scanner) value(i, depth int) (int, error) {
	if s.values++; s.values > maxValues {
		return 0, beyondLimit(i)
	}
	h := headAt(s.data, i)
	if h.kind == invalid || h.body > len(s.data) || h.n > uint64(len(s.data)-h.body) {
		return 0, malformed(i) // an element is a byte at least
	}
	switch h.kind {
	case array:
		return s.array(i, h, depth+1)
	case mapping:
		return s.mapping(i, h, depth+1)
	}
	end := h.body + int(h.n)
	switch h.kind {
	case str:
		if !utf8.Valid(s.data[h.body:end]) {
			return 0, malformed(i)
		}
	case ext:
		if s.data[h.body-1] == timestamp {
			if _, ok := toTime(s.data[h.body:end]); !ok {
				return 0, malformed(i)
			}
		}
	}
	return end, nil
}

func (s *scanner) array(i int, h head, depth int) (int, error) {
	if depth > maxNesting {
		return 0, beyondLimit(i)
	}
	end := h.body
	for range h.n {
		var err error
		if end, err = s.value(end, depth); err != nil {
			return 0, err
		}
	}
	return end, nil
}

func (s *scanner) mapping(i int, h head, depth int) (int, error) {
	if depth > maxNesting {
		return 0, beyondLimit(i)
	}
	end, plain := h.body, true
	for range h.n {
		plain = plain && headAt(s.data, end).kind == str
		var err error
		if end, err = s.value(end, depth); err != nil {
			return 0, err
		}
		if end, err = s.value(end, depth); err != nil {
			return 0, err
		}
	}
	if !plain {
		if s.opaque == nil {
			s.opaque = map[int]int{}
		}
		s.opaque[i] = end
	}
	return end, nil
}
