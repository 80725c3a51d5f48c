package pickle

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/fault"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// Encode appends the opcodes of v as CPython writes them in protocol 4, without
// those that begin and end a pickle; the keys of maps in the order of their
// code points.
//
// What [codec.Plain] refuses, times outside of the years 1 to 9999, another
// codec's [codec.Opaque], one of an unknown class inside of something else,
// more than 16 MiB and more than [codec.MaxDepth] levels give a
// *[codec.ValueError], and dst comes back as it was.
func (Codec) Encode(dst []byte, v any) ([]byte, error) {
	if o, ok := v.(codec.Opaque); ok && isBound(o.Raw) {
		if again, err := decodeBound(o.Raw); err != nil || again.(codec.Opaque).Kind != o.Kind {
			return dst, foreign(o)
		}
		return append(dst, o.Raw...), nil
	}
	out, err := encode(dst, v, 0)
	if err != nil {
		return dst, err
	}
	if len(out)-len(dst) > maxSize {
		return dst, fault.Unfit(v, "it is larger than 16 MiB")
	}
	return out, nil
}

// encode appends v, which stands inside of depth levels.
func encode(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, opNone), nil
	case bool:
		return appendBool(dst, v), nil
	case int:
		return appendInt(dst, int64(v)), nil
	case int64:
		return appendInt(dst, v), nil
	case float64:
		return appendFloat(dst, v), nil
	case string:
		if !wtf8.Valid(v) {
			return nil, fault.Unfit(v, "it isn't UTF-8")
		}
		return appendText(dst, v), nil
	case codec.Markup:
		if !wtf8.Valid(string(v)) {
			return nil, fault.Unfit(v, "it isn't UTF-8")
		}
		return appendMarkup(dst, string(v)), nil
	case codec.UUID:
		e := emitter{out: dst}
		err := e.uuid(uuidNode(v), depth)
		return e.out, err
	case []byte:
		return appendBytes(dst, v), nil
	case []any:
		return encodeList(dst, v, depth)
	case codec.Tuple:
		return encodeTuple(dst, v, depth)
	case map[string]any:
		return encodeMap(dst, v, depth)
	case time.Time:
		node, ok := datetime(v)
		if !ok {
			return nil, fault.Unfit(v, "its year isn't one of 1 to 9999, or its time zone is a day away")
		}
		e := emitter{out: dst}
		err := e.call(node, depth)
		return e.out, err
	case codec.Opaque:
		return encodeOpaque(dst, v)
	}
	p, err := codec.Shallow(v)
	if err != nil {
		return nil, err
	}
	if n, ok := p.(*big.Int); ok {
		return appendBig(dst, n), nil
	}
	return encode(dst, p, depth)
}

func encodeList(dst []byte, v []any, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(v)
	}
	dst = append(dst, opEmptyList, opMemoize)
	for i, e := range v {
		var err error
		if dst, err = encode(beforeItem(dst, i, len(v)), e, depth+1); err != nil {
			return nil, fault.Under("["+strconv.Itoa(i)+"]", err)
		}
		dst = afterItem(dst, i, len(v), opAppend, opAppends)
	}
	return dst, nil
}

func encodeTuple(dst []byte, v codec.Tuple, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(v)
	}
	dst = openTuple(dst, len(v))
	for i, e := range v {
		var err error
		if dst, err = encode(dst, e, depth+1); err != nil {
			return nil, fault.Under("["+strconv.Itoa(i)+"]", err)
		}
	}
	return closeTuple(dst, len(v)), nil
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
	dst = append(dst, opEmptyDict, opMemoize)
	for i, k := range keys {
		if !wtf8.Valid(k) {
			return nil, fault.Unfit(k, "it isn't UTF-8")
		}
		var err error
		if dst, err = encode(appendText(beforeItem(dst, i, len(keys)), k), m[k], depth+1); err != nil {
			return nil, fault.Under("."+k, err)
		}
		dst = afterItem(dst, i, len(keys), opSetItem, opSetItems)
	}
	return dst, nil
}

// encodeOpaque appends what Decode couldn't make anything of, if it was this
// Decode: what it says now must be what it said then.
func encodeOpaque(dst []byte, o codec.Opaque) ([]byte, error) {
	if isBound(o.Raw) {
		return nil, fault.Unfit(o, "it is of an unknown class and stays where it was stored")
	}
	v, err := Codec{}.Decode(o.Raw)
	if again, ok := v.(codec.Opaque); err != nil || !ok || again.Kind != o.Kind || !bytes.Equal(again.Raw, o.Raw) {
		return nil, foreign(o)
	}
	return append(dst, o.Raw...), nil
}

func foreign(o codec.Opaque) error { return fault.Unfit(o, "it comes from another codec") }

func tooDeep(v any) error { return fault.Unfit(v, "it is nested deeper than 300 levels") }
