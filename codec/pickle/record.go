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
	what   map[int]string // the kinds of those pairs that can't be by themselves
	tail   int            // how much entries writes of them

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
		if len(keys) > maxSize {
			return nil, errTooMuch
		}
		if err := e.value(root.items[2*i+1], 1); err != nil {
			what, ok := isUnknown(err)
			if !ok {
				return nil, err
			}
			if r.what == nil {
				r.what = map[int]string{}
			}
			what = kind(root.items[2*i+1], what)
			if r.tail += len(what) + tailLen; r.tail > maxSize {
				return nil, errTooMuch
			}
			r.what[i], last = what, i
			e.drop(from)
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
	kinds := make(map[string]string, len(r.what)) // of a key that stands there twice the last
	for i, s := range r.spans {
		if kind, ok := r.what[i]; ok {
			kinds[r.keys[s.Key:s.KeyEnd]] = kind
		}
	}
	buf := make([]byte, 0, len(boundMark)+4+len(r.pickle)+r.tail)
	buf = binary.LittleEndian.AppendUint32(append(buf, boundMark...), uint32(len(r.pickle)))
	buf = append(buf, r.pickle...)
	for i := range all {
		if len(all[i].Raw) == 0 {
			kind := kinds[all[i].Key]
			buf = binary.LittleEndian.AppendUint16(append(buf, kind...), uint16(len(kind)))
			buf = binary.LittleEndian.AppendUint32(buf, uint32(i))
			all[i].Raw = buf[:len(buf):len(buf)]
		}
	}
	return all
}

// kind is what an Opaque says that v is, which has what in it.
func kind(v any, what string) string {
	switch v := v.(type) {
	case *seq:
		return v.kind.String() + " with " + what
	case *dict:
		return "dict with " + what
	}
	return what
}

// The bytes of a value that can't be by itself are the whole pickle, behind a
// mark that is no opcode, its kind, and the place of its entry among the
// session's:
//
//	00 | length of the pickle (u32) | the pickle | for each: kind, length of the kind (u16), place (u32); its own the last
//
// So all such values of a session are the same bytes in memory, of different
// lengths.
const (
	boundMark = "\x00"
	tailLen   = 6 // without the kind
)

func isBound(raw []byte) bool { return len(raw) > 0 && raw[0] == boundMark[0] }

// A bound is what such bytes say.
type bound struct {
	pickle, kind []byte
	place        uint32
}

func unbind(raw []byte) (bound, error) {
	rest := raw[len(boundMark):]
	if len(rest) < 4 {
		return bound{}, malformed(len(raw))
	}
	n := uint64(binary.LittleEndian.Uint32(rest))
	if rest = rest[4:]; n > uint64(len(rest)) || len(rest)-int(n) < tailLen {
		return bound{}, malformed(len(raw))
	}
	b := bound{pickle: rest[:n:n], place: binary.LittleEndian.Uint32(rest[len(rest)-4:])}
	size := int(binary.LittleEndian.Uint16(rest[len(rest)-tailLen:]))
	if rest = rest[n : len(rest)-tailLen]; size > len(rest) {
		return bound{}, malformed(len(raw))
	}
	b.kind = rest[len(rest)-size:]
	return b, nil
}

// decodeBound gives the Opaque of a value that can't be by itself. The pickle is
// read again when Join writes it.
func decodeBound(raw []byte) (any, error) {
	b, err := unbind(raw)
	if err != nil {
		return nil, err
	}
	return codec.Opaque{Kind: string(b.kind), Raw: raw[:len(raw):len(raw)]}, nil
}
