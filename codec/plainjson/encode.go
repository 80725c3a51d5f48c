package plainjson

import (
	"encoding/base64"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/fault"
)

// Encode appends v as msgspec writes it, the keys of maps in the order of their
// code points, times with their offset from UTC and cut to microseconds.
//
// What [codec.Plain] refuses, text with lone surrogates, times outside of the
// years 1 to 9999 in UTC, an [codec.Opaque] and more than [codec.MaxDepth]
// levels give a *[codec.ValueError], and dst comes back as it was.
func (Codec) Encode(dst []byte, v any) ([]byte, error) {
	out, err := encode(dst, v, 0)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// encode appends v, which stands inside of depth levels.
func encode(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v), nil
	case string:
		return appendText(dst, v)
	case codec.Markup:
		return appendText(dst, string(v))
	case codec.UUID:
		return appendText(dst, v.String())
	case []byte:
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), v)
		return append(dst, '"'), nil
	case []any:
		return encodeList(dst, v, depth)
	case codec.Tuple:
		return encodeList(dst, v, depth)
	case map[string]any:
		return encodeMap(dst, v, depth)
	case time.Time:
		return appendTime(dst, v)
	case codec.Opaque:
		return nil, fault.Unfit(v, "it comes from another codec")
	}
	p, err := codec.Shallow(v)
	if err != nil {
		return nil, err
	}
	if n, ok := p.(*big.Int); ok {
		return n.Append(dst, 10), nil
	}
	return encode(dst, p, depth)
}

func encodeList(dst []byte, list []any, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(list)
	}
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = encode(dst, v, depth+1); err != nil {
			return nil, fault.Under("["+strconv.Itoa(i)+"]", err)
		}
	}
	return append(dst, ']'), nil
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
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendText(dst, k); err != nil {
			return nil, err
		}
		if dst, err = encode(append(dst, ':'), m[k], depth+1); err != nil {
			return nil, fault.Under("."+k, err)
		}
	}
	return append(dst, '}'), nil
}

func tooDeep(v any) error {
	return fault.Unfit(v, "it is nested deeper than 300 levels")
}
