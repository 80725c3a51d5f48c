package msgpack

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec/internal/fault"
)

// appendInt appends the shortest form: unsigned from 0 on, signed below.
func appendInt(dst []byte, n int64) []byte {
	switch {
	case n >= -32 && n <= math.MaxInt8:
		return append(dst, byte(n))
	case n < math.MinInt32:
		return binary.BigEndian.AppendUint64(append(dst, 0xD3), uint64(n))
	case n < math.MinInt16:
		return binary.BigEndian.AppendUint32(append(dst, 0xD2), uint32(n))
	case n < math.MinInt8:
		return binary.BigEndian.AppendUint16(append(dst, 0xD1), uint16(n))
	case n < 0:
		return append(dst, 0xD0, byte(n))
	case n <= math.MaxUint8:
		return append(dst, 0xCC, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, 0xCD), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, 0xCE), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xCF), uint64(n))
}

// appendText appends s. MessagePack's text is UTF-8, and so has no surrogates.
func appendText(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fault.NotUTF8(s)
	}
	return append(appendHead(dst, str, len(s)), s...), nil
}

// appendHead appends the shortest head for n bytes, elements or pairs.
func appendHead(dst []byte, k kind, n int) []byte {
	var fix, first byte // the head that has n in it, the first of those that don't
	fits, narrow := 0, false
	switch k {
	case str:
		fix, fits, first, narrow = 0xA0, 31, 0xD9, true
	case bin:
		fits, first, narrow = -1, 0xC4, true
	case array:
		fix, fits, first = 0x90, 15, 0xDC
	case mapping:
		fix, fits, first = 0x80, 15, 0xDE
	}
	switch {
	case n <= fits:
		return append(dst, fix|byte(n))
	case narrow && n <= math.MaxUint8:
		return append(dst, first, byte(n))
	}
	if narrow {
		first++
	}
	if n <= math.MaxUint16 {
		return binary.BigEndian.AppendUint16(append(dst, first), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, first+1), uint32(n))
}
