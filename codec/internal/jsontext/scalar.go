package jsontext

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
)

// Scalar returns the value of a token that a Scanner has checked and that is
// neither an object nor an array: nil, bool, int64, *big.Int, float64 or string.
func Scalar(token []byte) any {
	switch token[0] {
	case '"':
		return Unquoted(token)
	case 't':
		return true
	case 'f':
		return false
	case 'n':
		return nil
	case 'N':
		return math.NaN()
	case 'I':
		return math.Inf(1)
	case '-':
		if token[1] == 'I' {
			return math.Inf(-1)
		}
	}
	return number(token)
}

// Unquoted returns what a string token that a Scanner has checked stands for.
func Unquoted(token []byte) string {
	inside := token[1 : len(token)-1]
	for _, c := range inside {
		if c == '\\' {
			return string(appendUnescaped(make([]byte, 0, len(inside)), inside))
		}
	}
	return string(inside)
}

// number makes int64, *big.Int or float64 by how the number is written. One too
// large for a float is an infinity, as in Python.
func number(token []byte) any {
	if n, ok := smallInt(token); ok {
		return n
	}
	text := string(token)
	if bytes.ContainsAny(token, ".eE") {
		f, _ := strconv.ParseFloat(text, 64)
		return f
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	n, _ := new(big.Int).SetString(text, 10)
	return n
}

// smallInt reads whole numbers of so few digits that they can't overflow.
func smallInt(token []byte) (int64, bool) {
	if len(token) > 18 {
		return 0, false
	}
	digits := token
	if token[0] == '-' {
		digits = token[1:]
	}
	var n int64
	for _, c := range digits {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) != len(token) {
		n = -n
	}
	return n, true
}
