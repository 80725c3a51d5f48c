package deflate

import "encoding/binary"

// blockTokens is where zlib ends a block: one less than the 16384 symbols its
// buffer has room for at the default memory level.
const blockTokens = 1<<14 - 1

// The block types of RFC 1951 section 3.2.3.
const (
	typeStored  = 0
	typeFixed   = 1
	typeDynamic = 2
)

// A token is a literal, as its value, or a match, as its distance shifted left
// by 8 and its length less minMatch.
type token uint32

// A block collects the tokens of one deflate block.
type block struct {
	tokens     [blockTokens]token
	n          int // tokens in use
	litLenFreq [numLitLen]uint16
	distFreq   [numDist]uint16
	codes      dynamicCodes
}

func (b *block) full() bool { return b.n == blockTokens }

func (b *block) addLiteral(c byte) {
	b.tokens[b.n] = token(c)
	b.n++
	b.litLenFreq[c]++
}

func (b *block) addMatch(m match) {
	length := uint(m.length - minMatch)
	b.tokens[b.n] = token(m.distance)<<8 | token(length)
	b.n++
	symbol, _, _ := lengthSymbol(length)
	b.litLenFreq[symbol]++
	symbol, _, _ = distSymbol(uint(m.distance - 1))
	b.distFreq[symbol]++
}

// reset empties the block.
func (b *block) reset() {
	b.n = 0
	clear(b.litLenFreq[:])
	clear(b.distFreq[:])
}

// write writes the block to w in the smallest of the three forms. data is what
// the tokens stand for. It may be stored only if storable.
//
// zlib compares the forms in whole bytes, as though the block started on a
// byte boundary, prefers the fixed codes on a tie, and stores the data only if
// that takes no more than either.
func (b *block) write(w *bitWriter, data []byte, storable, last bool) {
	b.litLenFreq[endOfBlock] = 1
	b.codes.build(b.litLenFreq[:], b.distFreq[:])

	const typeBits = 3
	dynamicSize := (typeBits + b.codes.headerSize() + b.size(&b.codes.litLen, &b.codes.dist) + 7) / 8
	fixedSize := (typeBits + b.size(fixedLitLen, fixedDist) + 7) / 8

	final := uint64(0)
	if last {
		final = 1
	}
	switch {
	case storable && len(data)+4 <= min(fixedSize, dynamicSize):
		w.write(typeStored<<1|final, typeBits)
		w.store(data)
	case fixedSize <= dynamicSize:
		w.write(typeFixed<<1|final, typeBits)
		b.writeTokens(w, fixedLitLen, fixedDist)
	default:
		b.codes.setBits()
		w.write(typeDynamic<<1|final, typeBits)
		b.codes.writeHeader(w)
		b.writeTokens(w, &b.codes.litLen, &b.codes.dist)
	}
}

// size returns the number of bits that writeTokens writes. It wants b.codes to
// be built, which know the symbols that occur.
func (b *block) size(litLen, dist *codeTable) int {
	n := 0
	for _, symbol := range b.codes.litLen.used() {
		n += int(b.litLenFreq[symbol]) * (int(litLen.codes[symbol].len) + lengthExtra(int(symbol)))
	}
	for _, symbol := range b.codes.dist.used() {
		n += int(b.distFreq[symbol]) * (int(dist.codes[symbol].len) + distExtra(int(symbol)))
	}
	return n
}

func (b *block) writeTokens(w *bitWriter, litLen, dist *codeTable) {
	for _, t := range b.tokens[:b.n] {
		distance := uint(t >> 8)
		if distance == 0 {
			w.writeCode(litLen.codes[t], 0, 0)
			continue
		}
		symbol, extra, value := lengthSymbol(uint(t & 0xff))
		w.writeCode(litLen.codes[symbol], value, extra)
		symbol, extra, value = distSymbol(distance - 1)
		w.writeCode(dist.codes[symbol], value, extra)
	}
	w.writeCode(litLen.codes[endOfBlock], 0, 0)
}

// writeCode appends a code and the n extra bits that follow it.
func (w *bitWriter) writeCode(c code, extra, n uint) {
	w.write(uint64(c.bits)|uint64(extra)<<c.len, uint(c.len)+n)
}

// store appends the rest of a stored block (RFC 1951 section 3.2.4). data is
// shorter than 64 KiB.
func (w *bitWriter) store(data []byte) {
	w.align()
	w.out = binary.LittleEndian.AppendUint16(w.out, uint16(len(data)))
	w.out = binary.LittleEndian.AppendUint16(w.out, ^uint16(len(data)))
	w.out = append(w.out, data...)
}
