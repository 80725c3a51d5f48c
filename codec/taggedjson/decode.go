package taggedjson

// Decode returns the value that raw encodes, untagged from the inside out
// (TaggedJSONSerializer._untag_scan). White space around it is allowed. A tag
// whose contents Flask would fail on is [codec.ErrMalformed].
func (c Codec) Decode(raw []byte) (any, error) {
	d := decoder{scanner: scanner{data: raw}, codec: c}
	v, end, err := d.decode(d.space(0), 0)
	if err != nil {
		return nil, err
	}
	if rest := d.space(end); rest != len(raw) {
		return nil, malformed(rest)
	}
	return v, nil
}

// A decoder is a scanner that makes the values it passes.
type decoder struct {
	scanner
	codec Codec

	// ordered says that objects become dicts, for a tag around them that
	// depends on the order of keys, which a Go map forgets.
	ordered bool
}

func (d *decoder) decode(i, depth int) (v any, end int, err error) {
	if i >= len(d.data) {
		return nil, 0, malformed(i)
	}
	switch d.data[i] {
	case '{', '[':
		// They count themselves here, the others in value.
		if d.values++; d.values > maxValues {
			return nil, 0, beyondLimit(i)
		}
		if depth++; depth > maxNesting {
			return nil, 0, beyondLimit(i)
		}
		if d.data[i] == '{' {
			return d.decodeObject(i, depth)
		}
		return d.decodeArray(i, depth)
	}
	end, err = d.value(i, depth)
	if err != nil {
		return nil, 0, err
	}
	return scalar(d.data[i:end]), end, nil
}

func (d *decoder) decodeArray(i, depth int) (any, int, error) {
	list := []any{}
	i, done := d.first(i, ']')
	for !done {
		v, end, err := d.decode(i, depth)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, v)
		if i, done, err = d.more(end, ']'); err != nil {
			return nil, 0, err
		}
	}
	return list, i, nil
}
