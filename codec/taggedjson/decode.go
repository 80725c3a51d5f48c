package taggedjson

import "github.com/dewar-go/dewar/codec/internal/jsontext"

// Decode returns the value that raw encodes, untagged from the inside out
// (TaggedJSONSerializer._untag_scan). White space around it is allowed. A tag
// whose contents Flask would fail on is [codec.ErrMalformed].
func (c Codec) Decode(raw []byte) (any, error) {
	d := decoder{codec: c}
	return d.whole(raw)
}

// whole decodes raw, and nothing may stand after its value.
func (d *decoder) whole(raw []byte) (any, error) {
	d.Scanner = jsontext.Scanner{Data: raw, Grammar: &python}
	v, end, err := d.decode(d.Space(0), 0)
	if err != nil {
		return nil, err
	}
	if rest := d.Space(end); rest != len(raw) {
		return nil, d.Malformed(rest)
	}
	return v, nil
}

// python is what Python's json reads, with an eye on tags.
var python = jsontext.Grammar{Package: "taggedjson", Python: true, Suspicious: mayBeMalformed}

// A decoder is a scanner that makes the values it passes.
type decoder struct {
	jsontext.Scanner
	codec Codec

	// ordered says that objects become dicts, for a tag around them that
	// depends on the order of keys, which a Go map forgets.
	ordered bool

	printed int // bytes that toMarkup made, of all values together
}

func (d *decoder) decode(i, depth int) (v any, end int, err error) {
	if i >= len(d.Data) {
		return nil, 0, d.Malformed(i)
	}
	switch d.Data[i] {
	case '{', '[':
		// They count themselves here, the others in Value.
		depth++
		if err := d.Enter(i, depth); err != nil {
			return nil, 0, err
		}
		if d.Data[i] == '{' {
			return d.decodeObject(i, depth)
		}
		return d.decodeArray(i, depth)
	}
	end, err = d.Value(i, depth)
	if err != nil {
		return nil, 0, err
	}
	return jsontext.Scalar(d.Data[i:end]), end, nil
}

func (d *decoder) decodeArray(i, depth int) (any, int, error) {
	list := []any{}
	i, done := d.First(i, ']')
	for !done {
		v, end, err := d.decode(i, depth)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, v)
		if i, done, err = d.More(end, ']'); err != nil {
			return nil, 0, err
		}
	}
	return list, i, nil
}
