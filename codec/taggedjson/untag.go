package taggedjson

import (
	"encoding/base64"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// untag is JSONTag.to_python for the tag called name: what inner, untagged
// already, stands for. It takes what Python takes, which is more than Flask
// writes, and returns false where Python raises.
func (d *decoder) untag(name string, inner any) (any, bool) {
	if t := d.codec.tag(name); t != nil {
		v, err := t.Decode(settled(inner))
		return v, err == nil
	}
	switch name {
	case tagDict:
		return unescapeDict(inner)
	case tagTuple:
		return toTuple(inner)
	case tagBytes:
		return toBytes(inner)
	case tagMarkup:
		return d.toMarkup(inner)
	case tagUUID:
		return toUUID(inner)
	default:
		return toDateTime(inner)
	}
}

// unescapeDict is TagDict.to_python: it keeps the first key, less its last two
// characters, whatever they are.
func unescapeDict(inner any) (any, bool) {
	d, ok := inner.(dict)
	if !ok || len(d.keys) == 0 {
		return nil, false
	}
	key := wtf8.CutLast(d.keys[0], 2)
	return dict{[]string{key}, map[string]any{key: d.m[d.keys[0]]}}, true
}

// toMarkup is Markup(inner), str(inner) where that isn't text. Each of nested
// ones repeats what is in it, with twice the backslashes.
func (d *decoder) toMarkup(inner any) (any, bool) {
	switch v := inner.(type) {
	case string:
		return codec.Markup(v), true
	case codec.Markup:
		return v, true
	}
	text, ok := appendStr(nil, inner)
	d.printed += len(text)
	return codec.Markup(text), ok
}

// toTuple is tuple(inner): of text its characters, of bytes numbers, of a dict
// its keys.
func toTuple(inner any) (any, bool) {
	switch v := inner.(type) {
	case []any:
		return codec.Tuple(v), true
	case codec.Tuple:
		return v, true
	case string:
		return characters(v), true
	case codec.Markup:
		return characters(string(v)), true
	case []byte:
		t := make(codec.Tuple, len(v))
		for i, b := range v {
			t[i] = int64(b)
		}
		return t, true
	case dict:
		t := make(codec.Tuple, len(v.keys))
		for i, k := range v.keys {
			t[i] = k
		}
		return t, true
	}
	return nil, false
}

func characters(s string) codec.Tuple {
	t := codec.Tuple{}
	for s != "" {
		_, n := wtf8.DecodeRune(s)
		t = append(t, s[:n])
		s = s[n:]
	}
	return t
}

// toBytes is base64.b64decode(inner).
func toBytes(inner any) (any, bool) {
	var text string
	switch v := inner.(type) {
	case string:
		text = v
	case codec.Markup:
		text = string(v)
	case []byte:
		return lenientBase64(string(v))
	default:
		return nil, false
	}
	if b, err := base64.StdEncoding.Strict().DecodeString(text); err == nil {
		return b, true
	}
	for i := range len(text) {
		if text[i] >= 0x80 {
			return nil, false
		}
	}
	return lenientBase64(text)
}

// lenientBase64 is binascii.a2b_base64 without strict mode (CPython:
// Modules/binascii.c): characters outside the alphabet are passed over, as are
// pads that come too early, and whatever follows a complete pad.
func lenientBase64(text string) (any, bool) {
	b := make([]byte, 0, len(text)/4*3)
	quad, pads := 0, 0
	var left byte
	for i := range len(text) {
		c := text[i]
		if c == '=' {
			if quad >= 2 {
				if pads++; quad+pads >= 4 {
					return b, true
				}
			}
			continue
		}
		six, ok := sixBits(c)
		if !ok {
			continue
		}
		pads = 0
		switch quad {
		case 0:
			left = six
		case 1:
			b = append(b, left<<2|six>>4)
			left = six & 0x0F
		case 2:
			b = append(b, left<<4|six>>2)
			left = six & 0x03
		case 3:
			b = append(b, left<<6|six)
		}
		quad = (quad + 1) % 4
	}
	return b, quad == 0
}

func sixBits(c byte) (byte, bool) {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A', true
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26, true
	case c >= '0' && c <= '9':
		return c - '0' + 52, true
	case c == '+':
		return 62, true
	case c == '/':
		return 63, true
	}
	return 0, false
}
