package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/fault"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// Join appends a pickle of protocol 4 of the entries in the order given, which
// is a Python dict's: as it was read, and what is new at the end. It is what
// CPython writes where no two of the values are the same object.
//
// Where the value of an entry is of an unknown class, Join appends the pickle
// that it was read from, without FRAMEs and STOP, and to it what has changed:
// Python sets that when all else is there. Every other entry of that pickle
// must still be there, and under its key: it can't be taken out again, and gives
// [ErrOpaque] otherwise. What Join once appended is replaced, so that a record
// doesn't grow with each change, and when no value of an unknown class is left,
// nothing is kept of its pickle.
//
// An entry without a value gives [codec.ErrMalformed], a key that isn't text, and
// more than 16 MiB, a *[codec.ValueError]; dst then comes back as it was. The
// values are not checked otherwise.
func (Codec) Join(dst []byte, all []codec.Entry) ([]byte, error) {
	var base []byte
	for i := range all {
		switch raw := all[i].Raw; {
		case len(raw) == 0:
			return dst, fmt.Errorf("pickle: entry without a value: %w", codec.ErrMalformed)
		case !wtf8.Valid(all[i].Key):
			return dst, fault.Unfit(all[i].Key, "it isn't UTF-8")
		case isBound(raw):
			b, err := unbind(raw)
			if err != nil {
				return dst, err
			}
			if base != nil && !same(base, b.pickle) {
				return dst, inseparable("it comes from another session")
			}
			base = b.pickle
		}
	}
	var out []byte
	var err error
	if base == nil {
		out = joinAnew(dst, all)
	} else if out, err = joinOnto(dst, base, all); err != nil {
		return dst, err
	}
	if len(out)-len(dst) > maxSize {
		return dst, fault.Unfit(all, "they are larger than 16 MiB")
	}
	return out, nil
}

const (
	frameLen = 9
	minFrame = 4 // CPython frames nothing shorter (FRAME_SIZE_MIN)
)

func joinAnew(dst []byte, all []codec.Entry) []byte {
	n := 2 + frameLen + 4
	for i := range all {
		n += 8 + len(all[i].Key) + len(all[i].Raw)
	}
	out := append(slices.Grow(dst, n), opProto, 4, opFrame, 0, 0, 0, 0, 0, 0, 0, 0)
	start := len(out)
	out = append(out, opEmptyDict, opMemoize)
	for i := range all {
		out = appendText(beforeItem(out, i, len(all)), all[i].Key)
		out = append(out, all[i].Raw...)
		out = afterItem(out, i, len(all), opSetItem, opSetItems)
	}
	out = append(out, opStop)
	if len(out)-start < minFrame {
		return slices.Delete(out, start-frameLen, start)
	}
	binary.LittleEndian.PutUint64(out[start-8:], uint64(len(out)-start))
	return out
}

// joinOnto appends to what is a pickle already.
func joinOnto(dst, pickle []byte, all []codec.Entry) ([]byte, error) {
	r, err := read(pickle)
	if err != nil {
		return nil, err
	}
	read := r.entries()
	if slices.EqualFunc(read, all, unchanged) {
		return append(dst, pickle...), nil
	}
	there := map[string][]byte{} // what the pickle sets up to the cut
	for _, s := range r.spans[:r.pairs] {
		there[r.keys[s.Key:s.KeyEnd]] = r.raw[s.Value:s.ValueEnd]
	}
	var changed []codec.Entry
	kept := 0
	for _, e := range all {
		old, ok := there[e.Key]
		if ok {
			kept++
		}
		switch {
		case isBound(e.Raw):
			b, err := unbind(e.Raw)
			if err != nil || uint64(b.place) >= uint64(len(read)) || !unchanged(read[b.place], e) {
				return nil, inseparable("it was moved to another key")
			}
		case !ok || !bytes.Equal(old, e.Raw):
			changed = append(changed, e)
		}
	}
	if kept < len(there) {
		return nil, inseparable("another entry of its session was deleted")
	}
	out, from := dst, 0
	for _, at := range append(r.frames, r.cut) {
		if at >= from && at <= r.cut {
			out = append(out, pickle[from:at]...)
			from = at + frameLen
		}
	}
	for i, e := range changed {
		if i%batch == 0 {
			out = append(out, opMark)
		}
		out = append(appendText(out, e.Key), e.Raw...)
		if i%batch == batch-1 || i == len(changed)-1 {
			out = append(out, opSetItems)
		}
	}
	return append(out, opStop), nil
}

// same is bytes.Equal, which looks into what Split has put into memory once.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || bytes.Equal(a, b))
}

// unchanged compares two entries. The pickles of those that are bound to one are
// the same.
func unchanged(a, b codec.Entry) bool {
	if a.Key != b.Key || isBound(a.Raw) != isBound(b.Raw) {
		return false
	}
	if !isBound(a.Raw) {
		return bytes.Equal(a.Raw, b.Raw)
	}
	was, err := unbind(a.Raw)
	is, err2 := unbind(b.Raw)
	return err == nil && err2 == nil && was.place == is.place && bytes.Equal(was.kind, is.kind)
}
