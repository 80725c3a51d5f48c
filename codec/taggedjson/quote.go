package taggedjson

import (
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec/internal/fault"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// appendText appends s in quotes, in ASCII (CPython: Modules/_json.c,
// ascii_escape_unicode). Text that isn't UTF-8, surrogates apart, gives a
// *codec.ValueError.
func appendText(dst []byte, s string) ([]byte, error) {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7F && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		if c < utf8.RuneSelf {
			dst = appendEscape(dst, c)
			i++
		} else {
			r, n := wtf8.DecodeRune(s[i:])
			if n == 0 {
				return nil, fault.Unfit(s, "it isn't UTF-8")
			}
			dst = appendUnicode(dst, r)
			i += n
		}
		start = i
	}
	return append(append(dst, s[start:]...), '"'), nil
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return appendUnicode(dst, rune(c))
}

func appendUnicode(dst []byte, r rune) []byte {
	if r >= 0x10000 {
		r -= 0x10000
		dst = appendHex(append(dst, '\\', 'u'), 0xD800+r>>10, 4)
		r = 0xDC00 + r&0x3FF
	}
	return appendHex(append(dst, '\\', 'u'), r, 4)
}
