package msgpack

import (
	"fmt"
	"slices"

	"github.com/dewar-go/dewar/codec"
)

// Join appends the map of entries in the order given, which is a Python dict's:
// as it was read, and what is new at the end. So Join is what [Codec.Split] was
// of, up to longer headers than necessary. (Flask-Session begins a new session
// with "_permanent", and so does what is to look the same.)
//
// It refuses an entry without a value ([codec.ErrMalformed]) and a key that
// isn't UTF-8 (*[codec.ValueError]); dst then comes back as it was. The values
// are not checked otherwise.
func (Codec) Join(dst []byte, all []codec.Entry) ([]byte, error) {
	out := slices.Grow(dst, joinedLen(all))
	out = appendHead(out, mapping, len(all))
	for i := range all {
		if len(all[i].Raw) == 0 {
			return dst, fmt.Errorf("msgpack: entry without a value: %w", codec.ErrMalformed)
		}
		var err error
		if out, err = appendText(out, all[i].Key); err != nil {
			return dst, err
		}
		out = append(out, all[i].Raw...)
	}
	return out, nil
}

// joinedLen is never too small.
func joinedLen(all []codec.Entry) int {
	n := 5
	for i := range all {
		n += 5 + len(all[i].Key) + len(all[i].Raw)
	}
	return n
}
