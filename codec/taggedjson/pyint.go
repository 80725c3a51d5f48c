package taggedjson

import (
	"strings"
	"unicode"

	"github.com/dewar-go/dewar/codec/internal/jsontext"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// isSpace is Python's str.isspace for one character.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1C && r <= 0x1F
}

// digitValue is Python's unicodedata.decimal: the value of a decimal digit of
// any script, whose blocks all are ten digits in order.
func digitValue(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r - '0'), true
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, r16 := range unicode.Nd.R16 {
		if r >= rune(r16.Lo) && r <= rune(r16.Hi) {
			return byte((r - rune(r16.Lo)) % 10), true
		}
	}
	for _, r32 := range unicode.Nd.R32 {
		if r >= rune(r32.Lo) && r <= rune(r32.Hi) {
			return byte((r - rune(r32.Lo)) % 10), true
		}
	}
	return 0, false
}

func countChars(s string) int {
	n := 0
	for s != "" {
		_, size := wtf8.DecodeRune(s)
		s = s[size:]
		n++
	}
	return n
}

// huge is more than any date has of anything. Greater numbers are taken for it.
const huge = 1 << 50

// pyInt is int(s), except that it stops at ±huge.
func pyInt(s string) (int64, bool) {
	s, negative := sign(asciiDigits(s))
	digits, ok := digitsOf(s, 10)
	if !ok || len(digits) > jsontext.MaxDigits {
		return 0, false
	}
	var n int64
	for _, d := range digits {
		n = min(n*10+int64(d), huge)
	}
	if negative {
		n = -n
	}
	return n, true
}

// pyHex is int(s, 16), as digits, for an s without a minus.
func pyHex(s string) ([]byte, bool) {
	s, _ = sign(asciiDigits(s))
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		s = strings.TrimPrefix(s[2:], "_")
	}
	return digitsOf(s, 16)
}

// asciiDigits returns s as int() looks at it: without space around it, and with
// ASCII's digits for those of other scripts.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if d, ok := digitValue(r); ok {
			return rune('0' + d)
		}
		return r
	}, strings.TrimFunc(s, isSpace))
}

func sign(s string) (rest string, negative bool) {
	if strings.HasPrefix(s, "-") {
		return s[1:], true
	}
	return strings.TrimPrefix(s, "+"), false
}

// digitsOf reads ASCII digits, which may have single underscores between them.
func digitsOf(s string, base byte) ([]byte, bool) {
	var digits []byte
	under := true // none can stand at the beginning
	for i := range len(s) {
		c := s[i]
		if c == '_' {
			if under {
				return nil, false
			}
			under = true
			continue
		}
		under = false
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return nil, false
		}
		if c >= base {
			return nil, false
		}
		digits = append(digits, c)
	}
	return digits, !under
}
