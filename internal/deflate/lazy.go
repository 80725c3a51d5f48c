package deflate

// The parameters of zlib's level 6.
const (
	goodLength = 8   // with a match this long in hand, search a quarter as far
	maxLazy    = 16  // with a match this long in hand, do not look for a better one
	niceLength = 128 // a match this long ends the search
	maxChain   = 128 // how many earlier positions one search looks at
)

// tooFar is the distance beyond which three literals are taken to be cheaper
// than a match of length 3.
const tooFar = 4096

// compress writes the deflate blocks of src, the last one marked as last.
//
// Matching is lazy: a match found at one position is held back until the next
// position has been searched too. When that one has a longer match, the held
// one shrinks to a literal; otherwise the held one is written.
func (e *encoder) compress(src []byte) {
	var (
		m, b  = &e.matcher, &e.block
		start = 0     // where the current block starts in src
		held  = false // src[i-1] is not yet in the block
		cur   match   // the match found at i; while it is held, at i-1
	)
	for i := 0; i < len(src); {
		m.slide(i, len(src)-i)

		prev := cur
		cur = match{}
		if len(src)-i >= minMatch {
			candidate := m.insert(src, i)
			if prev.length < maxLazy {
				cur = m.longest(src, i, candidate, max(prev.length, minMatch-1))
			}
			if cur.length == minMatch && cur.distance > tooFar {
				cur = match{}
			}
		}

		switch {
		case prev.length > 0 && cur.length == 0: // nothing longer here
			b.addMatch(prev)
			end := i - 1 + prev.length
			m.insertAll(src, i+1, min(end, len(src)-minMatch+1))
			i = end
			held, cur = false, match{}
			if b.full() {
				e.flush(src[start:i], start, false)
				start = i
			}
			continue
		case held:
			b.addLiteral(src[i-1])
			if b.full() {
				e.flush(src[start:i], start, false)
				start = i
			}
		}
		held = true
		i++
	}
	if held {
		b.addLiteral(src[len(src)-1])
	}
	// When the last match filled a block, the one written here is empty: zlib
	// does not look ahead to see that no data is left.
	e.flush(src[start:], start, true)
}

// flush writes the block, whose data starts at start in the input, and
// empties it.
func (e *encoder) flush(data []byte, start int, last bool) {
	// zlib can store a block only while all of its data is in its buffer, so
	// never 64 KiB or more. In practice, blocks so long are all matches and
	// smaller compressed.
	e.block.write(&e.bits, data, start >= e.matcher.base, last)
	e.block.reset()
}
