package pickle

import (
	"encoding/binary"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/entries"
)

// A record is a pickle of a session that was read.
type record struct {
	pickle []byte // up to STOP, and with it
	root   *dict
	frames []int
	raw    []byte         // the values, each by itself; nothing of those that can't be
	spans  []entries.Span // of each pair of root
	keys   string
	what   map[int]string // why pairs can't be by themselves

	// The pickle up to cut sets the first pairs of root; what follows sets the
	// others and has no object in it.
	cut, pairs int
}

// read reads a pickle of a dict with keys of text.
func read(data []byte) (*record, error) {
	m := machine{data: data}
	v, err := m.pickle()
	if err != nil {
		return nil, err
	}
	root, ok := v.(*dict)
	if !ok {
		return nil, malformed(0)
	}
	r := &record{pickle: data[:m.pos:m.pos], root: root, frames: m.frames, cut: m.pos - 1, pairs: len(root.items) / 2}
	var room [256]byte
	keys, e, last := room[:0], emitter{out: make([]byte, 0, len(data))}, -1
	r.spans = make([]entries.Span, r.pairs)
	for i := range r.spans {
		key, ok := root.items[2*i].(string)
		if !ok {
			return nil, malformed(0)
		}
		start, from := len(keys), len(e.out)
		keys = append(keys, key...)
		if err := e.value(root.items[2*i+1], 1); err != nil {
			what, ok := isUnknown(err)
			if !ok {
				return nil, err
			}
			if r.what == nil {
				r.what = map[int]string{}
			}
			r.what[i], last, e.out = what, i, e.out[:from]
		}
		r.spans[i] = entries.Span{Key: start, KeyEnd: len(keys), Value: from, ValueEnd: len(e.out)}
	}
	r.keys, r.raw = string(keys), e.out
	for _, c := range m.corners {
		if c.root == root && c.at >= m.bound && c.n/2 > last {
			r.cut, r.pairs = c.at, c.n/2
			break
		}
	}
	return r, nil
}

// entries are those of a session. The values that can't be by themselves are
// bound to the pickle.
func (r *record) entries() []codec.Entry {
	all := entries.Make(r.keys, r.raw, r.spans)
	if r.what == nil {
		return all
	}
	buf := make([]byte, 0, len(boundMark)+4+len(r.pickle)+4*len(r.what))
	buf = binary.LittleEndian.AppendUint32(append(buf, boundMark...), uint32(len(r.pickle)))
	buf = append(buf, r.pickle...)
	for i := range all {
		if len(all[i].Raw) == 0 {
			buf = binary.LittleEndian.AppendUint32(buf, uint32(i))
			all[i].Raw = buf[:len(buf):len(buf)]
		}
	}
	return all
}

// kind is what an Opaque says that the value under key is.
func (r *record) kind(key string) string {
	for i := len(r.spans) - 1; i >= 0; i-- {
		s := r.spans[i]
		if r.keys[s.Key:s.KeyEnd] != key {
			continue
		}
		switch v := r.root.items[2*i+1].(type) {
		case *seq:
			return v.kind.String() + " with " + r.what[i]
		case *dict:
			return "dict with " + r.what[i]
		}
		return r.what[i]
	}
	return ""
}

// The bytes of a value that can't be by itself are the whole pickle, behind a
// mark that is no opcode, and the place of its entry among the session's:
//
//	00 | length of the pickle (u32) | the pickle | places (u32 each), its own the last
//
// So all such values of a session are the same bytes in memory, of different
// lengths.
const boundMark = "\x00"

func isBound(raw []byte) bool { return len(raw) > 0 && raw[0] == boundMark[0] }

// unbind gives the pickle and the place.
func unbind(raw []byte) (pickle []byte, place int, err error) {
	rest := raw[len(boundMark):]
	if len(rest) < 4 {
		return nil, 0, malformed(len(raw))
	}
	n := uint64(binary.LittleEndian.Uint32(rest))
	if rest = rest[4:]; n > uint64(len(rest)) || len(rest)-int(n) < 4 {
		return nil, 0, malformed(len(raw))
	}
	return rest[:n:n], int(binary.LittleEndian.Uint32(rest[len(rest)-4:])), nil
}

// decodeBound gives the Opaque of a value that can't be by itself.
func decodeBound(raw []byte) (any, error) {
	pickle, place, err := unbind(raw)
	if err != nil {
		return nil, err
	}
	r, err := read(pickle)
	if err != nil {
		return nil, err
	}
	all := r.entries()
	if place >= len(all) || !isBound(all[place].Raw) {
		return nil, malformed(len(raw))
	}
	return codec.Opaque{Kind: r.kind(all[place].Key), Raw: raw[:len(raw):len(raw)]}, nil
}
