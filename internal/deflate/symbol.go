package deflate

import "math/bits"

// The alphabets of RFC 1951 section 3.2.5.
const (
	numLitLen   = 286 // literals, endOfBlock, match lengths
	numDist     = 30
	endOfBlock  = 256
	firstLength = 257
)

// lengthSymbol returns the symbol of a match length, less minMatch, and the
// number and value of the extra bits that follow it.
func lengthSymbol(length uint) (symbol, extra, value uint) {
	switch {
	case length < 4:
		return firstLength + length, 0, 0
	case length == maxMatch-minMatch:
		return numLitLen - 1, 0, 0 // has a symbol of its own
	}
	// Each power of two is divided into four symbols.
	extra = uint(bits.Len(length)) - 3
	return firstLength + 4*extra + length>>extra, extra, length & (1<<extra - 1)
}

// lengthExtra returns the number of extra bits after a length symbol.
func lengthExtra(symbol int) int {
	if symbol < firstLength+4 || symbol == numLitLen-1 {
		return 0
	}
	return (symbol-firstLength)/4 - 1
}

// distSymbol is lengthSymbol for a distance, less 1.
func distSymbol(distance uint) (symbol, extra, value uint) {
	if distance < 2 {
		return distance, 0, 0
	}
	// Each power of two is divided into two symbols.
	extra = uint(bits.Len(distance)) - 2
	return 2*extra + distance>>extra, extra, distance & (1<<extra - 1)
}

// distExtra returns the number of extra bits after a distance symbol.
func distExtra(symbol int) int { return max(symbol/2-1, 0) }

// The codes of RFC 1951 section 3.2.6. They are never written to.
var (
	fixedLitLen = newFixedCodes(maxSymbols, fixedLength)
	fixedDist   = newFixedCodes(numDist, func(int) uint8 { return 5 })
)

func fixedLength(symbol int) uint8 {
	switch {
	case symbol < 144:
		return 8
	case symbol < 256:
		return 9
	case symbol < 280:
		return 7
	default:
		return 8
	}
}

func newFixedCodes(n int, length func(symbol int) uint8) *codeTable {
	c := &codeTable{n: n}
	for symbol := range n {
		c.codes[symbol].len = length(symbol)
		c.symbols[symbol] = uint16(symbol)
	}
	c.setBits()
	return c
}
