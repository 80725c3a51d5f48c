package msgpack

import "encoding/binary"

// A kind is what a value's first byte says it is.
type kind uint8

const (
	invalid kind = iota
	null
	boolean
	signed   // two's complement, of 1, 2, 4 or 8 bytes
	unsigned // of 1, 2, 4 or 8 bytes
	fixint   // the first byte itself, as an int8
	float    // of 4 or 8 bytes
	str
	bin
	array
	mapping
	ext // the type is the byte before the body
)

// A head is what stands before a value's body.
type head struct {
	kind kind
	body int    // where the body begins
	n    uint64 // how many bytes it has, or elements, or pairs
}

// headAt reads the head that begins at i (MessagePack specification, Formats).
// Its kind is invalid if there is none, or not all of it. The body may be
// missing still.
func headAt(data []byte, i int) head {
	if i >= len(data) {
		return head{}
	}
	c := data[i]
	switch {
	case c <= 0x7F || c >= 0xE0:
		return head{fixint, i + 1, 0}
	case c <= 0x8F:
		return head{mapping, i + 1, uint64(c & 0x0F)}
	case c <= 0x9F:
		return head{array, i + 1, uint64(c & 0x0F)}
	case c <= 0xBF:
		return head{str, i + 1, uint64(c & 0x1F)}
	}
	switch c {
	case 0xC0:
		return head{null, i + 1, 0}
	case 0xC2, 0xC3:
		return head{boolean, i + 1, 0}
	case 0xC4, 0xC5, 0xC6:
		return sized(bin, data, i+1, 1<<(c-0xC4))
	case 0xC7, 0xC8, 0xC9:
		h := sized(ext, data, i+1, 1<<(c-0xC7))
		h.body++
		return h
	case 0xCA, 0xCB:
		return head{float, i + 1, 4 << (c - 0xCA)}
	case 0xCC, 0xCD, 0xCE, 0xCF:
		return head{unsigned, i + 1, 1 << (c - 0xCC)}
	case 0xD0, 0xD1, 0xD2, 0xD3:
		return head{signed, i + 1, 1 << (c - 0xD0)}
	case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8:
		return head{ext, i + 2, 1 << (c - 0xD4)}
	case 0xD9, 0xDA, 0xDB:
		return sized(str, data, i+1, 1<<(c-0xD9))
	case 0xDC, 0xDD:
		return sized(array, data, i+1, 2<<(c-0xDC))
	case 0xDE, 0xDF:
		return sized(mapping, data, i+1, 2<<(c-0xDE))
	}
	return head{} // c1, which is never used
}

// sized is a head whose length stands in the width bytes at i.
func sized(k kind, data []byte, i, width int) head {
	if len(data)-i < width {
		return head{}
	}
	return head{k, i + width, number(data[i : i+width])}
}

// number reads a big-endian number of 1, 2, 4 or 8 bytes.
func number(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	}
	return binary.BigEndian.Uint64(b)
}
