package taggedjson

import (
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/pyfloat"
	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// maxPrinted is how many bytes of Python's words for values may be made of a
// session: as many as a cookie inflates to. Flask makes none, it writes Markup
// of text only.
const maxPrinted = 256 << 10

// appendStr appends Python's str(v) of what isn't text, for a Markup of that. It
// returns false for what a custom tag made: only Python knows how that prints
// itself.
func appendStr(dst []byte, v any) ([]byte, bool) {
	switch v := v.(type) {
	case codec.UUID:
		return append(dst, v.String()...), true
	case time.Time:
		return v.AppendFormat(dst, "2006-01-02 15:04:05-07:00"), true
	}
	return appendRepr(dst, v)
}

// appendRepr appends Python's repr(v).
func appendRepr(dst []byte, v any) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return append(dst, "None"...), true
	case bool:
		if v {
			return append(dst, "True"...), true
		}
		return append(dst, "False"...), true
	case int64:
		return strconv.AppendInt(dst, v, 10), true
	case *big.Int:
		return v.Append(dst, 10), true
	case float64:
		return pyfloat.Append(dst, v), true
	case string:
		return appendStrRepr(dst, v), true
	case []byte:
		return appendBytesRepr(dst, v), true
	case codec.Markup:
		return append(appendStrRepr(append(dst, "Markup("...), string(v)), ')'), true
	case codec.UUID:
		return append(append(append(dst, "UUID('"...), v.String()...), "')"...), true
	case time.Time:
		return appendTimeRepr(dst, v), true
	case []any:
		dst, ok := appendElements(append(dst, '['), v)
		return append(dst, ']'), ok
	case codec.Tuple:
		dst, ok := appendElements(append(dst, '('), v)
		if len(v) == 1 {
			dst = append(dst, ',')
		}
		return append(dst, ')'), ok
	case dict:
		return appendDictRepr(dst, v)
	}
	return dst, false
}

func appendElements(dst []byte, v []any) ([]byte, bool) {
	for i, e := range v {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		var ok bool
		if dst, ok = appendRepr(dst, e); !ok {
			return dst, false
		}
	}
	return dst, true
}

func appendDictRepr(dst []byte, d dict) ([]byte, bool) {
	dst = append(dst, '{')
	for i, k := range d.keys {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(appendStrRepr(dst, k), ": "...)
		var ok bool
		if dst, ok = appendRepr(dst, d.m[k]); !ok {
			return dst, false
		}
	}
	return append(dst, '}'), true
}

// quoteOf prefers the single quote, and takes the double one if that saves
// escapes.
func quoteOf(s string) byte {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return '"'
	}
	return '\''
}

// appendStrRepr follows CPython's unicode_repr (Objects/unicodeobject.c).
func appendStrRepr(dst []byte, s string) []byte {
	quote := quoteOf(s)
	dst = append(dst, quote)
	for s != "" {
		r, n := wtf8.DecodeRune(s)
		switch {
		case r == rune(quote) || r == '\\':
			dst = append(dst, '\\', byte(r))
		case unicode.IsPrint(r):
			dst = append(dst, s[:n]...)
		case r < 0x100:
			dst = appendByteEscape(dst, byte(r))
		case r < 0x10000:
			dst = append(dst, '\\', 'u')
			dst = appendHex(dst, r, 4)
		default:
			dst = append(dst, '\\', 'U')
			dst = appendHex(dst, r, 8)
		}
		s = s[n:]
	}
	return append(dst, quote)
}

func appendBytesRepr(dst, b []byte) []byte {
	quote := quoteOf(string(b))
	dst = append(dst, 'b', quote)
	for _, c := range b {
		switch {
		case c == quote || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ' && c < 0x7F:
			dst = append(dst, c)
		default:
			dst = appendByteEscape(dst, c)
		}
	}
	return append(dst, quote)
}

func appendByteEscape(dst []byte, c byte) []byte {
	switch c {
	case '\t':
		return append(dst, '\\', 't')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	}
	return appendHex(append(dst, '\\', 'x'), rune(c), 2)
}

// appendHex appends n lower-case digits.
func appendHex(dst []byte, r rune, n int) []byte {
	for n--; n >= 0; n-- {
		dst = append(dst, "0123456789abcdef"[r>>(4*n)&15])
	}
	return dst
}

// appendTimeRepr follows datetime.__repr__: the seconds are left out when there
// are none.
func appendTimeRepr(dst []byte, t time.Time) []byte {
	dst = append(dst, "datetime.datetime("...)
	year, month, day := t.Date()
	parts := []int{year, int(month), day, t.Hour(), t.Minute(), t.Second()}
	if t.Second() == 0 {
		parts = parts[:5]
	}
	for _, n := range parts {
		dst = append(strconv.AppendInt(dst, int64(n), 10), ", "...)
	}
	dst = append(dst, "tzinfo=datetime.timezone"...)
	_, offset := t.Zone()
	switch {
	case offset == 0:
		return append(dst, ".utc)"...)
	case offset < 0: // a timedelta's seconds are never negative
		dst = append(dst, "(datetime.timedelta(days=-1, seconds="...)
		offset += 86400
	default:
		dst = append(dst, "(datetime.timedelta(seconds="...)
	}
	return append(strconv.AppendInt(dst, int64(offset), 10), ")))"...)
}
