package taggedjson

import (
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/jsontext"
)

// Marshal returns the session that holds m, as Flask writes it. A nil map gives
// "{}". Its errors are those of [Codec.Encode].
func Marshal(m map[string]any) ([]byte, error) {
	if m == nil {
		m = map[string]any{}
	}
	return Codec{}.Encode(nil, m)
}

// Unmarshal returns what a session holds, as Flask reads it, with all values
// decoded; the empty session gives an empty map. Its errors are those of
// [Codec.Split].
func Unmarshal(data []byte) (map[string]any, error) {
	entries, err := Codec{}.Split(data)
	if err != nil {
		return nil, err
	}
	m := make(map[string]any, len(entries))
	for _, e := range entries {
		if m[e.Key], err = (Codec{}).Decode(e.Raw); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Canonical appends what Flask would write for the session that it reads from
// data: no white space, sorted keys, dates in one form. Where data can't be
// read or written it returns the error of [Codec.Split] or [Codec.Encode], and
// dst as it was. It prints what is nested as deeply as can be read, which is
// deeper than Encode writes.
func Canonical(dst, data []byte) ([]byte, error) {
	m, err := Unmarshal(data)
	if err != nil {
		return dst, err
	}
	out, err := Codec{}.encode(dst, m, codec.MaxDepth-jsontext.MaxNesting)
	if err != nil {
		return dst, err
	}
	return out, nil
}
