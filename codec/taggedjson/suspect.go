package taggedjson

import (
	"bytes"

	"github.com/dewar-go/dewar/codec/internal/jsontext"
)

// A value with a malformed tag in it must be refused when the session is opened,
// as Flask refuses it, though values aren't decoded then. So the scanner looks
// at tags: those as Flask writes them are known to decode, and whatever else
// could be a tag makes the session suspect. A suspect session is decoded to see.

// mayBeMalformed says whether m might be a tag of Flask's that doesn't decode.
func mayBeMalformed(data []byte, m jsontext.Member) bool {
	if m.Escaped {
		return true
	}
	inner := data[m.Value:m.ValueEnd]
	switch string(data[m.Key+1 : m.KeyEnd-1]) {
	case tagTuple:
		return inner[0] != '['
	case tagMarkup:
		return inner[0] != '"'
	case tagBytes:
		return !isBase64(inner)
	case tagUUID:
		return !isHex32(inner)
	case tagDateTime:
		return !isHarmlessDate(inner)
	case tagDict:
		return !isEscapedDict(inner)
	}
	return false
}

// isBase64 takes what Flask writes, and some that is as good.
func isBase64(token []byte) bool {
	inside, ok := textInside(token)
	if !ok || len(inside)%4 != 0 {
		return false
	}
	inside = bytes.TrimSuffix(inside, []byte("="))
	inside = bytes.TrimSuffix(inside, []byte("="))
	for _, c := range inside {
		if _, ok := sixBits(c); !ok {
			return false
		}
	}
	return true
}

func isHex32(token []byte) bool {
	inside, ok := textInside(token)
	if !ok || len(inside) != 32 {
		return false
	}
	for i := 0; i < 32; i += 4 {
		if _, ok := jsontext.Hex4(inside[i:]); !ok {
			return false
		}
	}
	return true
}

// isHarmlessDate takes text without a number that is too long for a C int:
// whatever else it says, it is a date or nil.
func isHarmlessDate(token []byte) bool {
	inside, ok := textInside(token)
	run := 0
	for _, c := range inside {
		if c == '\\' || c == '_' || c >= 0x80 {
			return false
		}
		if run++; c-'0' > 9 {
			run = 0
		}
		if run > 9 {
			return false
		}
	}
	return ok
}

// isEscapedDict takes an object whose first key isn't a tag, so that it stays an
// object.
func isEscapedDict(token []byte) bool {
	key, ok := bytes.CutPrefix(token, []byte(`{"`))
	end := bytes.IndexByte(key, '"')
	return ok && end >= 0 && bytes.HasSuffix(key[:end], []byte(escapeSuffix))
}

// textInside returns what stands between the quotes, if the token is a string.
func textInside(token []byte) ([]byte, bool) {
	if token[0] != '"' {
		return nil, false
	}
	return token[1 : len(token)-1], true
}
