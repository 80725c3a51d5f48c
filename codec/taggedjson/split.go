package taggedjson

import (
	"maps"
	"slices"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/jsontext"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// Split checks all of data, syntax and tags, and returns the entries of its top
// level, as Flask's session_class(loads(data)) has them: an object whose only
// key is a tag is untagged first, and null, "", [] and their like are the empty
// session (dict([]) is {}). What it accepts decodes, each value. Values point
// into data, without the white space around them; keys don't.
//
// The error is [codec.ErrMalformed] or [codec.ErrLimit], with the byte offset,
// which counts from the value's beginning where a tag is at fault.
func (c Codec) Split(data []byte) ([]codec.Entry, error) {
	s := jsontext.Scanner{Data: data, Grammar: &python, Wary: len(c.custom) > 0}
	start := s.Space(0)
	if start == len(data) || data[start] != '{' {
		return c.fromValue(data)
	}
	entries, end, err := s.Split(start)
	if err != nil {
		return nil, err
	}
	if s.Suspect {
		if err := c.checkTags(entries); err != nil {
			return nil, err
		}
	}
	if len(entries) == 1 && c.isTag(entries[0].Key) {
		return c.untagged(entries[0], data[start:end:end])
	}
	return entries, nil
}

// checkTags decodes the values to see whether they do, all under one limit on
// what is printed.
func (c Codec) checkTags(entries []codec.Entry) error {
	d := decoder{codec: c}
	for _, e := range entries {
		if _, err := d.whole(e.Raw); err != nil {
			return err
		}
	}
	return nil
}

// untagged returns the entries of an object that has one key, and that a tag.
// Of " di" the value stays encoded: Flask wraps a session so whose only key
// looks like a tag. Other keys in it are dropped.
func (c Codec) untagged(only codec.Entry, data []byte) ([]codec.Entry, error) {
	if only.Key != tagDict || c.tag(tagDict) != nil {
		return c.fromValue(data)
	}
	if only.Raw[0] != '{' {
		return nil, malformed(0)
	}
	inner, err := c.Split(only.Raw)
	if err != nil {
		return nil, err
	}
	if len(inner) == 0 {
		return nil, malformed(0)
	}
	return []codec.Entry{{Key: wtf8.CutLast(inner[0].Key, 2), Raw: inner[0].Raw}}, nil
}

// fromValue is Python's dict(value) for the values of which it makes an empty
// one, and for what a custom tag says is a map. Flask also takes a list of
// pairs, which nothing ever writes.
func (c Codec) fromValue(data []byte) ([]codec.Entry, error) {
	v, err := c.Decode(data)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if v == "" {
			return nil, nil
		}
	case codec.Markup:
		if v == "" {
			return nil, nil
		}
	case []byte:
		if len(v) == 0 {
			return nil, nil
		}
	case []any:
		if len(v) == 0 {
			return nil, nil
		}
	case codec.Tuple:
		if len(v) == 0 {
			return nil, nil
		}
	case map[string]any:
		return c.encodeEntries(v)
	}
	return nil, malformed(0)
}

func (c Codec) encodeEntries(m map[string]any) ([]codec.Entry, error) {
	entries := make([]codec.Entry, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		raw, err := c.Encode(nil, m[k])
		if err != nil {
			return nil, err
		}
		entries = append(entries, codec.Entry{Key: k, Raw: raw})
	}
	return entries, nil
}
