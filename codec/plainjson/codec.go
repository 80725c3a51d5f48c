package plainjson

import (
	"fmt"
	"slices"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/jsontext"
)

// A Codec reads and writes JSON as Flask-Session does. The zero value is ready,
// and safe for concurrent use.
type Codec struct{}

var (
	_ codec.Codec  = Codec{}
	_ codec.Marker = Codec{}
)

// strict is what msgspec reads.
var strict = jsontext.Grammar{Package: "plainjson"}

// Split checks all of data in one pass and returns the entries of the object
// that it is. What it accepts decodes, each value. Values point into data,
// without the white space around them; keys don't.
//
// Anything but an object gives [codec.ErrMalformed] with the byte offset, or
// [codec.ErrLimit].
func (Codec) Split(data []byte) ([]codec.Entry, error) {
	s := jsontext.Scanner{Data: data, Grammar: &strict}
	start := s.Space(0)
	if start == len(data) || data[start] != '{' {
		return nil, s.Malformed(start)
	}
	all, _, err := s.Split(start)
	return all, err
}

// Join appends the object of entries in the order given, which is a Python
// dict's: as it was read, and what is new at the end. So Join is what
// [Codec.Split] was of, up to white space and the spelling of keys.
// (Flask-Session begins a new session with "_permanent", and so does what is to
// look the same.)
//
// It refuses an entry without a value ([codec.ErrMalformed]) and a key that
// isn't UTF-8 (*[codec.ValueError]); dst then comes back as it was. The values
// are not checked otherwise.
func (Codec) Join(dst []byte, all []codec.Entry) ([]byte, error) {
	out := slices.Grow(dst, joinedLen(all))
	out = append(out, '{')
	for i := range all {
		if len(all[i].Raw) == 0 {
			return dst, fmt.Errorf("plainjson: entry without a value: %w", codec.ErrMalformed)
		}
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendText(out, all[i].Key); err != nil {
			return dst, err
		}
		out = append(append(out, ':'), all[i].Raw...)
	}
	return append(out, '}'), nil
}

// joinedLen is exact for keys without escapes.
func joinedLen(all []codec.Entry) int {
	n := len("{}")
	for i := range all {
		n += len(`"":,`) + len(all[i].Key) + len(all[i].Raw)
	}
	return n
}

// Mark writes a space after the object.
func (Codec) Mark(data []byte) []byte { return jsontext.Mark(data) }

// Marked reports whether white space stands after the object.
func (Codec) Marked(data []byte) bool { return jsontext.Marked(data) }
