package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"

	"github.com/dewar-go/dewar/codec/internal/pyfloat"
)

// What CPython's pickler writes in protocol 4, each value and each part of one
// that it memoizes followed by MEMOIZE. Nothing here ever reads the memo, so
// that a value's bytes can stand anywhere.

// batch is how many elements go on one MARK.
const batch = 1000

func appendInt(dst []byte, n int64) []byte {
	switch {
	case n >= 0 && n <= math.MaxUint8:
		return append(dst, opBinInt1, byte(n))
	case n >= 0 && n <= math.MaxUint16:
		return binary.LittleEndian.AppendUint16(append(dst, opBinInt2), uint16(n))
	case n >= math.MinInt32 && n <= math.MaxInt32:
		return binary.LittleEndian.AppendUint32(append(dst, opBinInt), uint32(n))
	}
	return appendBig(dst, big.NewInt(n))
}

// appendBig appends n in two's complement, as few bytes as it takes.
func appendBig(dst []byte, n *big.Int) []byte {
	size := n.BitLen()/8 + 1
	if n.Sign() < 0 && new(big.Int).Not(n).BitLen()/8+1 < size {
		size--
	}
	if size <= math.MaxUint8 {
		dst = append(dst, opLong1, byte(size))
	} else {
		dst = binary.LittleEndian.AppendUint32(append(dst, opLong4), uint32(size))
	}
	start := len(dst)
	dst = append(dst, make([]byte, size)...)
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	n.FillBytes(dst[start:])
	slices.Reverse(dst[start:])
	return dst
}

// appendFloat writes Go's NaN as Python has it.
func appendFloat(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, opBinFloat), pyfloat.Bits(f))
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, opNewTrue)
	}
	return append(dst, opNewFalse)
}

func appendText(dst []byte, s string) []byte {
	dst = appendSize(dst, len(s), opShortBinUnicode, opBinUnicode, opBinUnicode8)
	return append(append(dst, s...), opMemoize)
}

func appendBytes(dst, b []byte) []byte {
	dst = appendSize(dst, len(b), opShortBinBytes, opBinBytes, opBinBytes8)
	return append(append(dst, b...), opMemoize)
}

func appendSize(dst []byte, n int, short, normal, long byte) []byte {
	switch {
	case n <= math.MaxUint8:
		return append(dst, short, byte(n))
	case uint64(n) <= math.MaxUint32:
		return binary.LittleEndian.AppendUint32(append(dst, normal), uint32(n))
	}
	return binary.LittleEndian.AppendUint64(append(dst, long), uint64(n))
}

func appendGlobal(dst []byte, module, name string) []byte {
	return append(appendText(appendText(dst, module), name), opStackGlobal, opMemoize)
}

func appendMarkup(dst []byte, s string) []byte {
	dst = appendText(appendGlobal(dst, "markupsafe", "Markup"), s)
	return append(dst, opTuple1, opMemoize, opNewObj, opMemoize)
}

// openTuple and closeTuple stand around the n elements of a tuple.
func openTuple(dst []byte, n int) []byte {
	if n > 3 {
		return append(dst, opMark)
	}
	return dst
}

func closeTuple(dst []byte, n int) []byte {
	switch {
	case n == 0:
		return append(dst, opEmptyTuple)
	case n <= 3:
		return append(dst, opTuple1+byte(n-1), opMemoize)
	}
	return append(dst, opTuple, opMemoize)
}

// beforeItem and afterItem stand around the i-th of n elements of a list, or
// pairs of a dict: a single one has an opcode of its own.
func beforeItem(dst []byte, i, n int) []byte {
	if n > 1 && i%batch == 0 {
		return append(dst, opMark)
	}
	return dst
}

func afterItem(dst []byte, i, n int, one, many byte) []byte {
	if n == 1 {
		return append(dst, one)
	}
	return endBatch(dst, i, n, many)
}

// endBatch ends a batch after the i-th of n elements, if there it ends. When the
// last one is full, CPython begins another, of nothing, but for lists
// (Modules/_pickle.c: batch_dict_exact and save_set go on while i == BATCHSIZE).
func endBatch(dst []byte, i, n int, many byte) []byte {
	full, last := i%batch == batch-1, i == n-1
	if full || last {
		dst = append(dst, many)
	}
	if full && last && many != opAppends {
		dst = append(dst, opMark, many)
	}
	return dst
}
