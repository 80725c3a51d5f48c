package msgpack

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/fault"
	"github.com/dewar-go/dewar/codec/internal/pyfloat"
)

// Encode appends v as msgspec writes it, the keys of maps in the order of their
// code points.
//
// What [codec.Plain] refuses, whole numbers outside of -2^63 to 2^64-1, text
// with lone surrogates, times outside of the years 1 to 9999 in UTC, another
// codec's [codec.Opaque], more than 4 GiB and more than [codec.MaxDepth] levels
// give a *[codec.ValueError], and dst comes back as it was.
func (Codec) Encode(dst []byte, v any) ([]byte, error) {
	out, err := encode(dst, v, 0)
	if err != nil {
		return dst, err
	}
	if uint64(len(out)-len(dst)) > math.MaxUint32 {
		return dst, fault.Unfit(v, "it is larger than 4 GiB")
	}
	return out, nil
}

// encode appends v, which stands inside of depth levels.
func encode(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, 0xC0), nil
	case bool:
		if v {
			return append(dst, 0xC3), nil
		}
		return append(dst, 0xC2), nil
	case int:
		return appendInt(dst, int64(v)), nil
	case int64:
		return appendInt(dst, v), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(dst, 0xCB), pyfloat.Bits(v)), nil
	case string:
		return appendText(dst, v)
	case codec.Markup:
		return appendText(dst, string(v))
	case codec.UUID:
		return appendText(dst, v.String())
	case []byte:
		return append(appendHead(dst, bin, len(v)), v...), nil
	case []any:
		return encodeList(dst, v, depth)
	case codec.Tuple:
		return encodeList(dst, v, depth)
	case map[string]any:
		return encodeMap(dst, v, depth)
	case time.Time:
		return appendTime(dst, v)
	case codec.Opaque:
		return appendOpaque(dst, v, depth)
	}
	p, err := codec.Shallow(v)
	if err != nil {
		return nil, err
	}
	if n, ok := p.(*big.Int); ok {
		if !n.IsUint64() {
			return nil, fault.Unfit(v, "it isn't in the range of -2^63 to 2^64-1")
		}
		return binary.BigEndian.AppendUint64(append(dst, 0xCF), n.Uint64()), nil
	}
	return encode(dst, p, depth)
}

func encodeList(dst []byte, list []any, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(list)
	}
	dst = appendHead(dst, array, len(list))
	for i, v := range list {
		var err error
		if dst, err = encode(dst, v, depth+1); err != nil {
			return nil, fault.Under("["+strconv.Itoa(i)+"]", err)
		}
	}
	return dst, nil
}

func encodeMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(m)
	}
	var room [16]string
	keys := room[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	dst = appendHead(dst, mapping, len(m))
	for _, k := range keys {
		var err error
		if dst, err = appendText(dst, k); err != nil {
			return nil, err
		}
		if dst, err = encode(dst, m[k], depth+1); err != nil {
			return nil, fault.Under("."+k, err)
		}
	}
	return dst, nil
}

// appendOpaque appends what Decode couldn't make anything of, if it was this
// Decode: what it says now must be what it said then.
func appendOpaque(dst []byte, o codec.Opaque, depth int) ([]byte, error) {
	s := scanner{data: o.Raw}
	if end, err := s.value(0, depth); err != nil || end != len(o.Raw) {
		return nil, fault.Unfit(o, "it comes from another codec")
	}
	d := decoder{o.Raw, s.opaque}
	if v, _ := d.value(0); !isOpaque(v, o.Kind) {
		return nil, fault.Unfit(o, "it comes from another codec")
	}
	return append(dst, o.Raw...), nil
}

func isOpaque(v any, kind string) bool {
	o, ok := v.(codec.Opaque)
	return ok && o.Kind == kind
}

func tooDeep(v any) error {
	return fault.Unfit(v, "it is nested deeper than 300 levels")
}
