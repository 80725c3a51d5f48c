// Package pyfloat writes floating-point numbers as Python does.
package pyfloat

import (
	"math"
	"strconv"
)

// Append appends Python's repr of f: the shortest digits that give f back, in
// fixed notation for 1e-4 <= |f| < 1e16 and else with an exponent of a sign and
// at least two digits, never without "." or "e"; nan, inf and -inf
// (CPython: Python/pystrtod.c, format_float_short with code 'r').
func Append(dst []byte, f float64) []byte {
	switch a := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	case a != 0 && (a < 1e-4 || a >= 1e16):
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	n := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[n:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, '.', '0')
}

// AppendJSON is Append with the names that Python's json has for what isn't a
// number: NaN, Infinity and -Infinity.
func AppendJSON(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return Append(dst, f)
}

// Bits gives the 64 bits of f. Go's NaN, which has another bit set, becomes
// Python's float("nan").
func Bits(f float64) uint64 {
	if bits := math.Float64bits(f); bits != math.Float64bits(math.NaN()) {
		return bits
	}
	return 0x7FF8 << 48
}
