package deflate

// numLenSymbols is the size of the alphabet in which code lengths are sent:
// the lengths 0 to 15 and three kinds of repetition (RFC 1951 section 3.2.7).
const (
	numLenSymbols = 19
	repeatLast    = 16 // the previous length 3 to 6 times
	repeatZero    = 17 // 0, 3 to 10 times
	repeatZeros   = 18 // 0, 11 to 138 times
)

// repeatExtra holds the number of extra bits of the three repetitions.
var repeatExtra = [...]uint8{2, 3, 7}

// lenSymbolOrder is the order in which the lengths of the codes of code
// lengths are sent (RFC 1951 section 3.2.7).
var lenSymbolOrder = [numLenSymbols]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// A lenRun is a symbol of the alphabet of code lengths and its extra bits.
type lenRun struct{ symbol, value uint8 }

// dynamicCodes are the codes of a block with dynamic Huffman codes, and the
// header that describes them.
type dynamicCodes struct {
	litLen, dist codeTable

	runs     [numLitLen + numDist]lenRun // the lengths of litLen, then of dist
	numRuns  int
	runFreq  [numLenSymbols]uint16
	runCodes codeTable
	numSent  int // how many lengths of runCodes are sent, in lenSymbolOrder

	builder treeBuilder
}

// build makes the codes for the given frequencies, all but their bits.
func (d *dynamicCodes) build(litLenFreq, distFreq []uint16) {
	d.builder.build(&d.litLen, litLenFreq, maxCodeLen)
	d.builder.build(&d.dist, distFreq, maxCodeLen)

	// RFC 1951 lets a run go on from the one alphabet to the other. zlib's
	// do not.
	d.numRuns = 0
	clear(d.runFreq[:])
	d.addLengths(&d.litLen)
	d.addLengths(&d.dist)

	const maxLen = 7 // three bits each
	d.builder.build(&d.runCodes, d.runFreq[:], maxLen)
	d.numSent = numLenSymbols
	for d.numSent > 4 && d.runCodes.codes[lenSymbolOrder[d.numSent-1]].len == 0 {
		d.numSent--
	}
}

// addLengths appends the lengths of c to the runs.
func (d *dynamicCodes) addLengths(c *codeTable) {
	next := uint16(0)
	for used := c.used(); len(used) > 0; {
		symbol := used[0]
		d.addZeros(int(symbol - next))

		length := c.codes[symbol].len
		n := 1
		for n < len(used) && used[n] == symbol+uint16(n) && c.codes[used[n]].len == length {
			n++
		}
		d.addRun(length, 0)
		d.addRepeats(length, n-1)
		next = symbol + uint16(n)
		used = used[n:]
	}
}

// addZeros appends n lengths of 0, in repetitions as long as possible.
func (d *dynamicCodes) addZeros(n int) {
	for n > 0 {
		k := min(n, 138)
		switch {
		case k < 3:
			for range k {
				d.addRun(0, 0)
			}
		case k < 11:
			d.addRun(repeatZero, uint8(k-3))
		default:
			d.addRun(repeatZeros, uint8(k-11))
		}
		n -= k
	}
}

// addRepeats appends n more of the length just added.
func (d *dynamicCodes) addRepeats(length uint8, n int) {
	for n > 0 {
		k := min(n, 6)
		if k < 3 {
			for range k {
				d.addRun(length, 0)
			}
		} else {
			d.addRun(repeatLast, uint8(k-3))
		}
		n -= k
	}
}

func (d *dynamicCodes) addRun(symbol, value uint8) {
	d.runs[d.numRuns] = lenRun{symbol, value}
	d.numRuns++
	d.runFreq[symbol]++
}

// headerSize returns the number of bits that writeHeader writes.
func (d *dynamicCodes) headerSize() int {
	n := 5 + 5 + 4 + 3*d.numSent
	for symbol, f := range d.runFreq {
		bits := int(d.runCodes.codes[symbol].len)
		if symbol >= repeatLast {
			bits += int(repeatExtra[symbol-repeatLast])
		}
		n += int(f) * bits
	}
	return n
}

// setBits completes the codes for sending.
func (d *dynamicCodes) setBits() {
	d.litLen.setBits()
	d.dist.setBits()
	d.runCodes.setBits()
}

// writeHeader writes what comes before the tokens (RFC 1951 section 3.2.7).
func (d *dynamicCodes) writeHeader(w *bitWriter) {
	w.write(uint64(d.litLen.sent()-firstLength), 5)
	w.write(uint64(d.dist.sent()-1), 5)
	w.write(uint64(d.numSent-4), 4)
	for _, symbol := range lenSymbolOrder[:d.numSent] {
		w.write(uint64(d.runCodes.codes[symbol].len), 3)
	}
	for _, run := range d.runs[:d.numRuns] {
		extra := uint(0)
		if run.symbol >= repeatLast {
			extra = uint(repeatExtra[run.symbol-repeatLast])
		}
		w.writeCode(d.runCodes.codes[run.symbol], uint(run.value), extra)
	}
}
