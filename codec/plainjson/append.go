package plainjson

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec/internal/fault"
)

// appendFloat appends the shortest digits that give f back, in fixed notation
// for 1e-5 <= |f| < 1e16 and else with an exponent that has neither a plus nor
// zeros in front (msgspec: src/msgspec/ryu.h, write_f64).
func appendFloat(dst []byte, f float64) []byte {
	a := math.Abs(f)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	n := len(dst)
	if a != 0 && (a < 1e-5 || a >= 1e16) {
		return shortExponent(strconv.AppendFloat(dst, f, 'e', -1, 64), n)
	}
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if f == math.Trunc(f) {
		dst = append(dst, '.', '0')
	}
	return dst
}

// shortExponent makes 1e16 of the 1e+16 that begins at n, and 1e-6 of 1e-06.
func shortExponent(dst []byte, n int) []byte {
	e := n
	for dst[e] != 'e' {
		e++
	}
	sign, digits := dst[e+1], dst[e+2:]
	if digits[0] == '0' {
		digits = digits[1:]
	}
	dst = dst[:e+1]
	if sign == '-' {
		dst = append(dst, '-')
	}
	return append(dst, digits...)
}

// appendText appends s in quotes. Escapes stand only where JSON asks for them.
func appendText(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fault.NotUTF8(s)
	}
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(append(dst, s[start:i]...), '\\')
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, c)
		case '\b':
			dst = append(dst, 'b')
		case '\f':
			dst = append(dst, 'f')
		case '\n':
			dst = append(dst, 'n')
		case '\r':
			dst = append(dst, 'r')
		case '\t':
			dst = append(dst, 't')
		default:
			const hex = "0123456789abcdef"
			dst = append(dst, 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[start:]...), '"'), nil
}

// appendTime appends what msgspec writes for a datetime with a zone, of which
// it knows the offset in minutes. Other offsets become UTC.
func appendTime(dst []byte, t time.Time) ([]byte, error) {
	utc := t.UTC()
	if !hasYear(utc) {
		return nil, fault.Unfit(t, "its year isn't one of 1 to 9999 in UTC")
	}
	if _, offset := t.Zone(); offset%60 != 0 || !hasYear(t) {
		t = utc
	}
	layout := `"2006-01-02T15:04:05Z07:00"`
	if t.Nanosecond() >= 1000 {
		layout = `"2006-01-02T15:04:05.000000Z07:00"`
	}
	return t.AppendFormat(dst, layout), nil
}

func hasYear(t time.Time) bool {
	return t.Year() >= 1 && t.Year() <= 9999
}
