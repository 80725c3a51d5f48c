package msgpack

import (
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/entries"
)

// Split checks all of data in one pass and returns the entries of the map that
// it is. What it accepts decodes, each value. Values point into data; keys
// don't.
//
// Anything but a map with keys of text gives [codec.ErrMalformed] with the byte
// offset, or [codec.ErrLimit].
func (Codec) Split(data []byte) ([]codec.Entry, error) {
	s := scanner{data: data}
	h := headAt(data, 0)
	if h.kind != mapping {
		return nil, malformed(0)
	}
	var room [16]entries.Span
	var keyRoom [256]byte
	spans, keys := room[:0], keyRoom[:0]
	end := h.body
	for range h.n {
		key := headAt(data, end)
		if key.kind != str {
			return nil, malformed(end)
		}
		keyEnd, err := s.value(end, 1)
		if err != nil {
			return nil, err
		}
		if end, err = s.value(keyEnd, 1); err != nil {
			return nil, err
		}
		start := len(keys)
		keys = append(keys, data[key.body:keyEnd]...)
		spans = append(spans, entries.Span{Key: start, KeyEnd: len(keys), Value: keyEnd, ValueEnd: end})
	}
	if end != len(data) {
		return nil, malformed(end)
	}
	return entries.Make(string(keys), data, spans), nil
}
