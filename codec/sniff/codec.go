package sniff

import (
	"fmt"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/plainjson"
)

// ErrPickle says that a session is a pickle, which isn't read. It is
// [codec.ErrMalformed] too: the record is to be left alone.
var ErrPickle = fmt.Errorf("sniff: a pickle: %w", codec.ErrMalformed)

// A Codec writes one format and reads all that [Of] knows, as Flask-Session 0.7
// and later do. Make one with [New].
//
// Everything but Split is done by the codec for writing, which so is the only
// one that the values of entries are ever encoded in.
type Codec struct {
	codec.Codec
}

// New returns a Codec that writes with write, mostly a [msgpack.Codec] or a
// [plainjson.Codec].
func New(write codec.Codec) Codec {
	return Codec{write}
}

// Split returns the entries of data, values encoded by the codec for writing.
// Where data is in its format they point into data and stay as they are;
// otherwise each is decoded and encoded again, as Flask-Session does: in JSON
// bytes and times then become text, and NaN null.
//
// The error is [codec.ErrMalformed], also for what isn't any of the formats and
// for a record with a value that the codec for writing can't express: nobody
// could save that one again. A pickle gives [ErrPickle].
func (c Codec) Split(data []byte) ([]codec.Entry, error) {
	switch Of(data) {
	case MsgPack:
		_, same := c.Codec.(msgpack.Codec)
		return c.split(data, msgpack.Codec{}, same)
	case JSON:
		_, same := c.Codec.(plainjson.Codec)
		return c.split(data, plainjson.Codec{}, same)
	case Pickle:
		return nil, ErrPickle
	}
	return nil, fmt.Errorf("sniff: neither MessagePack nor JSON nor a pickle: %w", codec.ErrMalformed)
}

// Mark is that of the codec whose format data is in.
func (c Codec) Mark(data []byte) []byte {
	if Of(data) == JSON {
		return plainjson.Codec{}.Mark(data)
	}
	return msgpack.Codec{}.Mark(data)
}

// Marked is that of the codec whose format data is in; what no codec reads is
// marked.
func (c Codec) Marked(data []byte) bool {
	switch Of(data) {
	case MsgPack:
		return msgpack.Codec{}.Marked(data)
	case JSON:
		return plainjson.Codec{}.Marked(data)
	}
	return true
}

func (c Codec) split(data []byte, read codec.Codec, same bool) ([]codec.Entry, error) {
	entries, err := read.Split(data)
	if err != nil || same {
		return entries, err
	}
	for i := range entries {
		e := &entries[i]
		v, err := read.Decode(e.Raw)
		if err != nil {
			return nil, err
		}
		if e.Raw, err = c.Encode(nil, v); err != nil {
			return nil, fmt.Errorf("sniff: entry %d can't be written in the configured format: %w", i, codec.ErrMalformed)
		}
	}
	return entries, nil
}
