package deflate

import "math/bits"

// A code is the Huffman code of one symbol. A length of 0 means that the
// symbol has none.
type code struct {
	bits uint16 // in the order in which they are sent, the first one lowest
	len  uint8
}

const (
	maxSymbols = 288 // the literals and lengths of the fixed codes
	maxNodes   = 2*maxSymbols - 1
	maxCodeLen = 15 // RFC 1951 section 3.2.7
)

// A codeTable holds the codes of one alphabet.
type codeTable struct {
	codes   [maxSymbols]code
	symbols [maxSymbols]uint16 // those with a code, ascending
	n       int                // how many
}

func (c *codeTable) used() []uint16 { return c.symbols[:c.n] }

// sent returns how many lengths describe the table: one more than the last
// symbol with a code.
func (c *codeTable) sent() int { return int(c.symbols[c.n-1]) + 1 }

// setBits sets the bits that go with the lengths (RFC 1951 section 3.2.2).
func (c *codeTable) setBits() {
	var count [maxCodeLen + 1]uint16
	for _, symbol := range c.used() {
		count[c.codes[symbol].len]++
	}
	var next [maxCodeLen + 1]uint16
	for l := 1; l <= maxCodeLen; l++ {
		next[l] = (next[l-1] + count[l-1]) << 1
	}
	for _, symbol := range c.used() {
		code := &c.codes[symbol]
		code.bits = bits.Reverse16(next[code.len]) >> (16 - code.len)
		next[code.len]++
	}
}

// A treeBuilder makes Huffman codes. It holds nothing between calls but the
// memory.
type treeBuilder struct {
	heap   [maxSymbols]weighted
	order  [maxNodes]uint16
	parent [maxNodes]uint16
	depth  [maxNodes]uint8
}

// A weighted is a tree node with its weight: the total frequency in the top
// 32 bits, the height of the tree below the node in the next 16, the number
// of the node in the lowest 16. Nodes below the size of the alphabet are
// symbols.
type weighted uint64

func (w weighted) node() uint16 { return uint16(w) }

// before reports whether w comes out of the heap before v. zlib breaks ties by
// height, and ties in height by place in the heap; other orders give codes as
// good, but other ones.
func (w weighted) before(v weighted) bool { return w>>16 <= v>>16 }

// join returns the parent of w and v.
func (w weighted) join(v weighted, node int) weighted {
	frequency := w>>32 + v>>32
	height := max(w>>16&0xffff, v>>16&0xffff) + 1
	return frequency<<32 | height<<16 | weighted(node)
}

// build sets the lengths of c to those of an optimal code of at most maxLen
// bits, for symbols that occur as often as freq says. It leaves the bits to
// setBits, as most codes of short inputs are never sent.
func (t *treeBuilder) build(c *codeTable, freq []uint16, maxLen uint8) {
	used := c.symbols[:0]
	for symbol, f := range freq {
		if f != 0 {
			used = append(used, uint16(symbol))
		}
	}
	used = padToTwo(used)
	c.n = len(used)

	heap := t.heap[:0]
	for _, symbol := range used {
		heap = append(heap, weighted(max(freq[symbol], 1))<<32|weighted(symbol))
	}
	order := t.merge(heap, len(freq))
	clear(c.codes[:len(freq)])
	t.setLengths(c.codes[:len(freq)], order, maxLen)
}

// padToTwo adds symbols that do not occur until there are two, since zlib
// sends no code of fewer. These are the symbols it adds.
func padToTwo(used []uint16) []uint16 {
	switch {
	case len(used) == 0:
		return append(used, 0, 1)
	case len(used) == 1 && used[0] < 2:
		return append(used, used[0]+1)
	case len(used) == 1:
		return append(used[:0], 0, used[0])
	}
	return used
}

// merge joins the two lightest nodes until one is left, numbering the new ones
// from next, and returns the nodes in the order in which they were taken. The
// root is the last.
func (t *treeBuilder) merge(heap []weighted, next int) []uint16 {
	for i := len(heap)/2 - 1; i >= 0; i-- {
		siftDown(heap, i)
	}
	order := t.order[:0]
	for ; len(heap) > 1; next++ {
		a := heap[0]
		heap[0] = heap[len(heap)-1]
		heap = heap[:len(heap)-1]
		siftDown(heap, 0)
		b := heap[0]
		heap[0] = a.join(b, next)
		siftDown(heap, 0)

		order = append(order, a.node(), b.node())
		t.parent[a.node()] = uint16(next)
		t.parent[b.node()] = uint16(next)
	}
	return append(order, heap[0].node())
}

func siftDown(heap []weighted, i int) {
	v := heap[i]
	for {
		child := 2*i + 1
		if child >= len(heap) {
			break
		}
		lightest := heap[child]
		if right := child + 1; right < len(heap) && heap[right].before(lightest) {
			child, lightest = right, heap[right]
		}
		if v.before(lightest) {
			break
		}
		heap[i] = lightest
		i = child
	}
	heap[i] = v
}

// setLengths sets the code lengths to the depths of the leaves, none of them
// beyond maxLen.
func (t *treeBuilder) setLengths(codes []code, order []uint16, maxLen uint8) {
	var count [maxCodeLen + 1]int // leaves by depth
	excess := 0                   // nodes pulled up to maxLen
	t.depth[order[len(order)-1]] = 0
	for i := len(order) - 2; i >= 0; i-- {
		node := order[i]
		depth := t.depth[t.parent[node]] + 1
		if depth > maxLen {
			depth = maxLen
			excess++
		}
		t.depth[node] = depth
		if int(node) < len(codes) {
			codes[node].len = depth
			count[depth]++
		}
	}
	if excess > 0 {
		shorten(codes, order, count[:maxLen+1], excess)
	}
}

// shorten makes the lengths those of a prefix code again, after excess nodes
// were cut to the maximum length: zlib moves a leaf from the deepest level
// that has room down beside a cut one, until it comes out even, and then deals
// out the lengths anew, the longest to the rarest symbols.
func shorten(codes []code, order []uint16, count []int, excess int) {
	longest := len(count) - 1
	for ; excess > 0; excess -= 2 {
		l := longest - 1
		for count[l] == 0 {
			l--
		}
		count[l]--
		count[l+1] += 2
		count[longest]--
	}
	l := longest
	for _, node := range order {
		if int(node) >= len(codes) {
			continue
		}
		for count[l] == 0 {
			l--
		}
		codes[node].len = uint8(l)
		count[l]--
	}
}
