package jsontext

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// Text returns the end of the string whose opening quote is at i, past the
// closing one, and whether it has escapes.
func (s *Scanner) Text(i int) (end int, escaped bool, err error) {
	data := s.Data
	for i++; ; {
		i = plainRun(data, i)
		if i >= len(data) {
			return 0, false, s.Malformed(i)
		}
		switch c := data[i]; {
		case c == '"':
			return i + 1, escaped, nil
		case c == '\\':
			escaped = true
			n := escapeLen(data[i:])
			if n == 6 && !s.Grammar.Python {
				n = pairedLen(data[i:])
			}
			if n == 0 {
				return 0, false, s.Malformed(i)
			}
			i += n
		case c < ' ':
			return 0, false, s.Malformed(i)
		case c < utf8.RuneSelf:
			i++
		default:
			_, n := utf8.DecodeRune(data[i:])
			if n == 1 {
				return 0, false, s.Malformed(i)
			}
			i += n
		}
	}
}

// plainRun returns the place of the first special byte at or after i, or a place
// less than 8 bytes before the end where none is left to be seen at once.
func plainRun(data []byte, i int) int {
	for i+8 <= len(data) {
		special := specials(binary.LittleEndian.Uint64(data[i:]))
		if special != 0 {
			return i + bits.TrailingZeros64(special)>>3
		}
		i += 8
	}
	return i
}

// specials marks, by their top bits, the bytes of w that text can't pass over:
// quotes, backslashes, control characters and what isn't ASCII. The lowest mark
// is exact; a borrow can put false ones above it.
func specials(w uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, backslash := w^ones*'"', w^ones*'\\'
	return ((w - ones*' ') | (quote - ones) | (backslash - ones) | w) & tops
}

// escapeLen returns the length of the escape that b begins with, or 0.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := Hex4(b[2:]); ok {
			return 6
		}
	}
	return 0
}

// pairedLen returns the length of the \u escape that b begins with, and of its
// other half if it is a surrogate's, or 0 if that is missing.
func pairedLen(b []byte) int {
	switch r, _ := Hex4(b[2:]); {
	case r < 0xD800 || r > 0xDFFF:
		return 6
	case r < 0xDC00:
		if _, ok := lowHalf(b[6:]); ok {
			return 12
		}
	}
	return 0
}

// Hex4 reads the four digits of a \u escape, and is false if they aren't there.
func Hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// appendUnescaped appends what the inside of a scanned string stands for. A
// surrogate escape without its other half is kept, as Python keeps it.
func appendUnescaped(dst, inside []byte) []byte {
	for i := 0; i < len(inside); {
		c := inside[i]
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		c = inside[i+1]
		i += 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r, _ := Hex4(inside[i:])
			i += 4
			if low, ok := lowHalf(inside[i:]); ok && r >= 0xD800 && r < 0xDC00 {
				r = 0x10000 + (r-0xD800)<<10 + (low - 0xDC00)
				i += 6
			}
			dst = wtf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// lowHalf returns the second half of a surrogate pair, if b begins with one.
func lowHalf(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	r, ok := Hex4(b[2:])
	return r, ok && r >= 0xDC00 && r <= 0xDFFF
}
