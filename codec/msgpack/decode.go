package msgpack

import (
	"bytes"
	"math"
	"math/big"
	"strconv"

	"github.com/dewar-go/dewar/codec"
)

// Decode returns the value that raw encodes, as the package comment says. It
// keeps no part of raw. What isn't exactly one value gives [codec.ErrMalformed]
// with the byte offset, or [codec.ErrLimit].
func (Codec) Decode(raw []byte) (any, error) {
	s := scanner{data: raw}
	if err := s.whole(); err != nil {
		return nil, err
	}
	d := decoder{raw, s.opaque}
	v, _ := d.value(0)
	return v, nil
}

// A decoder makes the values of data that a scanner has checked, so that it can
// believe what heads say.
type decoder struct {
	data   []byte
	opaque map[int]int
}

func (d *decoder) value(i int) (v any, end int) {
	h := headAt(d.data, i)
	switch h.kind {
	case array:
		return d.array(h)
	case mapping:
		if end, ok := d.opaque[i]; ok {
			return codec.Opaque{Kind: kindMap, Raw: bytes.Clone(d.data[i:end])}, end
		}
		return d.mapping(h)
	}
	end = h.body + int(h.n)
	body := d.data[h.body:end]
	switch h.kind {
	case null:
		return nil, end
	case boolean:
		return d.data[i] == 0xC3, end
	case fixint:
		return int64(int8(d.data[i])), end
	case signed:
		shift := 64 - 8*len(body)
		return int64(number(body)<<shift) >> shift, end
	case unsigned:
		return whole(number(body)), end
	case float:
		if len(body) == 4 {
			return float64(math.Float32frombits(uint32(number(body)))), end
		}
		return math.Float64frombits(number(body)), end
	case str:
		return string(body), end
	case bin:
		return append([]byte{}, body...), end
	}
	extType := d.data[h.body-1]
	if extType == timestamp {
		t, _ := toTime(body)
		return t, end
	}
	return codec.Opaque{Kind: "ext " + strconv.Itoa(int(int8(extType))), Raw: bytes.Clone(d.data[i:end])}, end
}

// kindMap is the kind of a map that has keys of other types than text.
const kindMap = "map"

func whole(n uint64) any {
	if n > math.MaxInt64 {
		return new(big.Int).SetUint64(n)
	}
	return int64(n)
}

func (d *decoder) array(h head) (any, int) {
	list, end := make([]any, h.n), h.body
	for i := range list {
		list[i], end = d.value(end)
	}
	return list, end
}

func (d *decoder) mapping(h head) (any, int) {
	m, end := make(map[string]any, h.n), h.body
	for range h.n {
		key := headAt(d.data, end)
		end = key.body + int(key.n)
		m[string(d.data[key.body:end])], end = d.value(end)
	}
	return m, end
}
