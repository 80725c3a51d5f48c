package deflate

import "encoding/binary"

// A bitWriter appends bits to out, filling every byte from its least
// significant bit (RFC 1951 section 3.1.1).
type bitWriter struct {
	out []byte
	acc uint64 // bits not yet in out
	n   uint   // how many, below 32 between calls
}

// write appends the low n bits of v, n at most 32. The other bits of v must
// be zero.
func (w *bitWriter) write(v uint64, n uint) {
	w.acc |= v << (w.n & 63)
	w.n += n
	if w.n >= 32 {
		w.out = binary.LittleEndian.AppendUint32(w.out, uint32(w.acc))
		w.acc >>= 32
		w.n -= 32
	}
}

// align appends zero bits up to the next byte boundary, and leaves all bits
// in out.
func (w *bitWriter) align() {
	for ; w.n > 8; w.n -= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
	if w.n > 0 {
		w.out = append(w.out, byte(w.acc))
	}
	w.acc, w.n = 0, 0
}
