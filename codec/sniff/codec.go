package sniff

import (
	"fmt"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/plainjson"
)

// A Codec writes one format and reads all that [Of] knows, as Flask-Session 0.7
// and later do, but never executes a pickle. Make one with [New].
//
// Everything but Split is done by the codec for writing, which so is the only
// one that the values of entries are ever encoded in.
type Codec struct {
	codec.Codec
}

// New returns a Codec that writes with write: a [msgpack.Codec] or a
// [plainjson.Codec] as Flask-Session since 0.7 does, a [pickle.Codec] as those
// before, which read nothing else.
func New(write codec.Codec) Codec {
	return Codec{write}
}

// Split returns the entries of data, values encoded by the codec for writing.
// Where data is in its format it does what that codec does; otherwise each value
// is decoded and encoded again, as Flask-Session does: in JSON bytes and times
// become text and NaN null, and out of a pickle sets become lists ([pickle.Convert]).
//
// The error is [codec.ErrMalformed], also for what isn't any of the formats and
// for a record with a value that the codec for writing can't express, such as an
// object of an unknown class in a pickle: nobody could save that one again.
func (c Codec) Split(data []byte) ([]codec.Entry, error) {
	switch Of(data) {
	case MsgPack:
		read := msgpack.Codec{}
		_, same := c.Codec.(msgpack.Codec)
		return c.split(data, read.Split, read.Decode, same)
	case JSON:
		read := plainjson.Codec{}
		_, same := c.Codec.(plainjson.Codec)
		return c.split(data, read.Split, read.Decode, same)
	case Pickle:
		if data[0] == pickle.Bang {
			data = data[1:]
		}
		return c.split(data, pickle.Codec{}.Split, pickle.Convert, c.pickles())
	}
	return nil, fmt.Errorf("sniff: neither MessagePack nor JSON nor a pickle: %w", codec.ErrMalformed)
}

// pickles reports whether c writes pickles.
func (c Codec) pickles() bool {
	switch c.Codec.(type) {
	case pickle.Codec, pickle.RedisCache:
		return true
	}
	return false
}

// Mark is that of the codec whose format data is in.
func (c Codec) Mark(data []byte) []byte { return marker(data).Mark(data) }

// Marked is that of the codec whose format data is in; what no codec reads is
// marked.
func (c Codec) Marked(data []byte) bool {
	m := marker(data)
	return m == nil || m.Marked(data)
}

func marker(data []byte) codec.Marker {
	switch Of(data) {
	case MsgPack:
		return msgpack.Codec{}
	case JSON:
		return plainjson.Codec{}
	case Pickle:
		return pickle.Codec{}
	}
	return nil
}

func (c Codec) split(data []byte, read func([]byte) ([]codec.Entry, error), decode func([]byte) (any, error), same bool) ([]codec.Entry, error) {
	entries, err := read(data)
	if err != nil || same {
		return entries, err
	}
	for i := range entries {
		e := &entries[i]
		v, err := decode(e.Raw)
		if err != nil {
			return nil, err
		}
		if e.Raw, err = c.Encode(nil, v); err != nil {
			return nil, fmt.Errorf("sniff: entry %d can't be written in the configured format: %w", i, codec.ErrMalformed)
		}
	}
	return entries, nil
}
