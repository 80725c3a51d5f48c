package jsontext

import (
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/entries"
)

// Split checks the object that begins at start, with whatever is after it, and
// returns its entries. Values point into the data, without the white space
// around them; keys don't. Of a key that stands there twice the last value
// counts. The end is that of the object.
func (s *Scanner) Split(start int) (all []codec.Entry, end int, err error) {
	var room [16]Member
	members := room[:0]
	end, done := s.First(start, '}')
	for !done {
		m, err := s.Member(end, 1)
		if err != nil {
			return nil, 0, err
		}
		members = append(members, m)
		if end, done, err = s.More(m.ValueEnd, '}'); err != nil {
			return nil, 0, err
		}
	}
	if rest := s.Space(end); rest != len(s.Data) {
		return nil, 0, s.Malformed(rest)
	}
	return makeEntries(s.Data, members), end, nil
}

// makeEntries has one allocation for the keys and one for the entries.
func makeEntries(data []byte, members []Member) []codec.Entry {
	var keyRoom [256]byte
	var room [16]entries.Span
	keys, spans := keyRoom[:0], room[:0]
	for i := range members {
		m := &members[i]
		start := len(keys)
		if inside := data[m.Key+1 : m.KeyEnd-1]; m.Escaped {
			keys = appendUnescaped(keys, inside)
		} else {
			keys = append(keys, inside...)
		}
		spans = append(spans, entries.Span{Key: start, KeyEnd: len(keys), Value: m.Value, ValueEnd: m.ValueEnd})
	}
	return entries.Make(string(keys), data, spans)
}
