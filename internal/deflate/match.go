package deflate

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const (
	minMatch   = 3
	maxMatch   = 258
	windowSize = 1 << 15
	windowMask = windowSize - 1
	hashBits   = 15
	hashMask   = 1<<hashBits - 1
	hashShift  = hashBits / minMatch

	// zlib reads its input into a buffer of two windows and refills it when
	// fewer than minLookahead bytes are left, so that a match of full length
	// and the hash behind it never run off the end. To have them in the
	// buffer, it gives up the same number of bytes of the longest distance.
	minLookahead = maxMatch + minMatch + 1
	maxDistance  = windowSize - minLookahead
)

// A match says that length bytes are the same as those distance bytes before.
// The zero match is none.
type match struct{ length, distance int }

// A matcher finds earlier occurrences of the bytes at a position, through
// chains of the positions whose next three bytes have the same hash.
//
// Positions are indices of the input. The table of chain heads outlives an
// input, and is not cleared for the next one: heads are stored with origin
// added, and origin grows by the length of every input, so that what earlier
// inputs left behind reads as a negative position.
type matcher struct {
	head   [1 << hashBits]uint32 // by hash: origin + the latest position
	prev   [windowSize]uint16    // by position modulo windowSize: how far back the chain goes on
	origin int
	base   int // the input position where zlib's buffer starts
}

// maxOrigin bounds the stored positions: origin + base stays below it, and
// with the buffer added the sum fits in 31 bits.
const maxOrigin = 1 << 30

// reset makes m ready for a new input.
func (m *matcher) reset() {
	m.base = 0
	m.rebase()
}

// release makes the positions of an input of n bytes stale.
func (m *matcher) release(n int) { m.origin += n }

// slide moves base when zlib would move the upper half of its buffer down:
// ahead bytes of input are left at position i, fewer than minLookahead of them
// are in the buffer, and everything in the lower half is too far away.
//
// Since positions here never change, base is all that moves. It matters
// because zlib uses offset 0 in its buffer for "no position", so no match
// starts at base.
func (m *matcher) slide(i, ahead int) {
	const full = windowSize + maxDistance
	if i-m.base > full || i-m.base == full && ahead < minLookahead {
		m.base += windowSize
		m.rebase()
	}
}

// rebase subtracts from all stored positions what keeps them below maxOrigin.
// zlib does so whenever the window slides; here it is once in a gigabyte.
func (m *matcher) rebase() {
	d := m.origin + m.base
	if d < maxOrigin {
		return
	}
	for i, p := range &m.head {
		m.head[i] = p - min(p, uint32(d))
	}
	m.origin -= d
}

// insert records position i, where at least three bytes must be left, and
// returns the latest earlier position with the same hash. That position may
// be out of reach, or negative for none.
func (m *matcher) insert(src []byte, i int) (candidate int) {
	s := src[i : i+minMatch]
	h := hash(hash(hash(0, s[0]), s[1]), s[2])
	return i - m.link(h, i)
}

// insertAll is insert for the positions from i up to but not including end.
func (m *matcher) insertAll(src []byte, i, end int) {
	if i >= end {
		return
	}
	s := src[i : end+minMatch-1]
	h := hash(hash(0, s[0]), s[1])
	for _, c := range s[2:] {
		h = hash(h, c)
		m.link(h, i)
		i++
	}
}

// hash adds a byte to a hash, from which the byte three earlier drops out. It
// is zlib's: which bytes share a chain decides which candidates are among the
// first maxChain.
func hash(h uint, c byte) uint { return (h<<hashShift ^ uint(c)) & hashMask }

// link makes position i the head of a chain, and returns how far back the
// chain goes on.
func (m *matcher) link(h uint, i int) int {
	position := uint32(m.origin + i)
	back := position - m.head[h]
	m.head[h] = position
	// The largest value leads out of the buffer from wherever it is taken.
	m.prev[i&windowMask] = uint16(min(back, math.MaxUint16))
	return int(back)
}

// longest returns the longest match for position i that is longer than best,
// or none. Of equally long matches it is the nearest. best is at least 2.
// candidate is what insert returned for i.
func (m *matcher) longest(src []byte, i, candidate, best int) match {
	// Along the chain zlib wants distances below maxDistance, and only at its
	// head takes maxDistance itself.
	if candidate <= m.base || i-candidate > maxDistance {
		return match{}
	}
	limit := max(m.base, i-maxDistance)

	scan := src[i:min(i+maxMatch, len(src))]
	if best >= len(scan) {
		return match{}
	}
	nice := min(niceLength, len(scan))
	chain := maxChain
	if best >= goodLength {
		chain /= 4
	}

	var found match
	last, beforeLast := scan[best], scan[best-1]
	for {
		// A longer match must agree in the two bytes that end it, which is
		// quicker to see than where it first differs.
		if src[candidate+best] == last && src[candidate+best-1] == beforeLast {
			if n := commonPrefix(scan, src[candidate:]); n > best {
				best = n
				found = match{n, i - candidate}
				if n >= nice {
					return found
				}
				last, beforeLast = scan[best], scan[best-1]
			}
		}
		candidate -= int(m.prev[candidate&windowMask])
		if chain--; candidate <= limit || chain == 0 {
			return found
		}
	}
}

// commonPrefix returns how many bytes a and b start with in common. b is no
// shorter than a.
func commonPrefix(a, b []byte) int {
	b = b[:len(a)]
	n := 0
	for ; len(a)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:])
		if x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n
}
