package taggedjson

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/fault"
	"github.com/dewar-go/dewar/codec/internal/pyfloat"
)

// httpTime is the form of werkzeug.http.http_date, for times in UTC.
const httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"

// Encode appends v as Flask's TaggedJSONSerializer.dumps writes it: keys in the
// order of their code points, ASCII only, times in UTC and cut to seconds.
//
// What [codec.Plain] refuses, an [codec.Opaque], a time outside of the years 1
// to 9999 in UTC, and more than [codec.MaxDepth] levels, those of tags counted,
// give a *[codec.ValueError]; a custom tag's error is wrapped. In either case
// dst comes back as it was.
func (c Codec) Encode(dst []byte, v any) ([]byte, error) {
	out, err := c.encode(dst, v, 0)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// encode appends v, which stands inside of depth levels.
func (c Codec) encode(dst []byte, v any, depth int) ([]byte, error) {
	for i := range c.custom {
		t := &c.custom[i]
		inner, ok, err := t.Encode(v)
		if err != nil {
			return nil, fmt.Errorf("taggedjson: tag %q: %w", t.Name, err)
		}
		if ok {
			return c.encodeCustom(dst, t.Name, v, inner, depth)
		}
	}
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
		return pyfloat.AppendJSON(dst, v), nil
	case string:
		return appendText(dst, v)
	case []any:
		return c.encodeList(dst, v, depth)
	case map[string]any:
		return c.encodeMap(dst, v, depth)
	}
	return c.encodeTagged(dst, v, depth)
}

// encodeTagged appends the plain values that have a tag, and makes the others
// plain one level at a time, so that custom tags see what is below.
func (c Codec) encodeTagged(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case codec.Tuple:
		dst, err := c.encodeList(append(dst, `{" t":`...), v, depth+1)
		return append(dst, '}'), err
	case []byte:
		dst = base64.StdEncoding.AppendEncode(append(dst, `{" b":"`...), v)
		return append(dst, `"}`...), nil
	case codec.Markup:
		dst, err := appendText(append(dst, `{" m":`...), string(v))
		return append(dst, '}'), err
	case codec.UUID:
		dst = hex.AppendEncode(append(dst, `{" u":"`...), v[:])
		return append(dst, `"}`...), nil
	case time.Time:
		v = v.UTC()
		if v.Year() < 1 || v.Year() > 9999 {
			return nil, fault.Unfit(v, "its year isn't one of 1 to 9999 in UTC")
		}
		dst = v.AppendFormat(append(dst, `{" d":"`...), httpTime)
		return append(dst, `"}`...), nil
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
	return c.encode(dst, p, depth)
}

// encodeCustom counts a level, so that a tag that returns what it was given
// comes to an end.
func (c Codec) encodeCustom(dst []byte, name string, v, inner any, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(v)
	}
	dst, err := appendText(append(dst, '{'), name)
	if err != nil {
		return nil, err
	}
	dst, err = c.encode(append(dst, ':'), inner, depth+1)
	return append(dst, '}'), err
}

func (c Codec) encodeList(dst []byte, list []any, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(list)
	}
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = c.encode(dst, v, depth+1); err != nil {
			return nil, fault.Under("["+strconv.Itoa(i)+"]", err)
		}
	}
	return append(dst, ']'), nil
}

func (c Codec) encodeMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	if depth >= codec.MaxDepth {
		return nil, tooDeep(m)
	}
	if len(m) == 1 {
		for k, v := range m {
			if c.isTag(k) {
				return c.encodeEscaped(dst, k, v, depth)
			}
		}
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
		if dst, err = c.encode(append(dst, ':'), m[k], depth+1); err != nil {
			return nil, fault.Under("."+k, err)
		}
	}
	return append(dst, '}'), nil
}

// encodeEscaped appends a map that would read as a tag (TagDict.to_json).
func (c Codec) encodeEscaped(dst []byte, key string, v any, depth int) ([]byte, error) {
	dst, err := appendText(append(dst, `{" di":{`...), key+escapeSuffix)
	if err != nil {
		return nil, err
	}
	if dst, err = c.encode(append(dst, ':'), v, depth+2); err != nil {
		return nil, fault.Under("."+key, err)
	}
	return append(dst, '}', '}'), nil
}

// escapeSuffix tells a key that looks like a tag from the tag.
const escapeSuffix = "__"

func tooDeep(v any) error {
	return fault.Unfit(v, "it is nested deeper than 300 levels, tags counted")
}
