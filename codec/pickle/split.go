package pickle

import "github.com/dewar-go/dewar/codec"

// Split reads the whole pickle, for its values share the memo, and returns the
// entries of the dict that it is of, each value by itself. Nothing of them
// points into data. What follows the pickle is passed over, as in Python.
//
// A value with an object of an unknown class in it, or one that holds itself,
// can't be taken out: its bytes are the pickle's, and [Codec.Decode] makes an
// [codec.Opaque] of it.
//
// Anything but a dict with keys of text gives [codec.ErrMalformed] with the
// byte offset, [ErrOutOfBand], or [codec.ErrLimit].
func (Codec) Split(data []byte) ([]codec.Entry, error) {
	r, err := read(data)
	if err != nil {
		return nil, err
	}
	return r.entries(), nil
}
