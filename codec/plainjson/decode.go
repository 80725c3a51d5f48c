package plainjson

import "github.com/dewar-go/dewar/codec/internal/jsontext"

// Decode returns the value that raw encodes, as the package comment says. White
// space around it is allowed. What isn't exactly one value gives
// [codec.ErrMalformed] with the byte offset, or [codec.ErrLimit].
func (Codec) Decode(raw []byte) (any, error) {
	d := decoder{jsontext.Scanner{Data: raw, Grammar: &strict}}
	v, end, err := d.decode(d.Space(0), 0)
	if err != nil {
		return nil, err
	}
	if rest := d.Space(end); rest != len(raw) {
		return nil, d.Malformed(rest)
	}
	return v, nil
}

// A decoder is a scanner that makes the values it passes.
type decoder struct {
	jsontext.Scanner
}

func (d *decoder) decode(i, depth int) (v any, end int, err error) {
	if i < len(d.Data) && (d.Data[i] == '{' || d.Data[i] == '[') {
		depth++
		if err := d.Enter(i, depth); err != nil {
			return nil, 0, err
		}
		if d.Data[i] == '{' {
			return d.object(i, depth)
		}
		return d.array(i, depth)
	}
	if end, err = d.Value(i, depth); err != nil {
		return nil, 0, err
	}
	return jsontext.Scalar(d.Data[i:end]), end, nil
}

func (d *decoder) array(i, depth int) (any, int, error) {
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

func (d *decoder) object(i, depth int) (any, int, error) {
	m := map[string]any{}
	i, done := d.First(i, '}')
	for !done {
		at, keyEnd, _, err := d.Keyed(i)
		if err != nil {
			return nil, 0, err
		}
		v, end, err := d.decode(at, depth)
		if err != nil {
			return nil, 0, err
		}
		m[jsontext.Unquoted(d.Data[i:keyEnd])] = v
		if i, done, err = d.More(end, '}'); err != nil {
			return nil, 0, err
		}
	}
	return m, i, nil
}
