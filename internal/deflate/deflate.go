// Package deflate writes the zlib stream that the zlib library's
// compress() writes at its default level, byte for byte. That is what
// Python's zlib.compress(data) returns where Python is built with classic
// zlib, 1.2.11 or later. Builds on zlib-ng choose other matches: their bytes
// differ and inflate to the same data.
//
// Many byte strings inflate to the same data (RFC 1951 leaves every choice
// to the compressor), so equal output needs equal choices: which match is
// taken, how equal weights are ordered in a Huffman tree, where a block ends.
// The comments mark the choices made only because zlib makes them.
//
// The formats are RFC 1950 and RFC 1951. The algorithm, lazy matching over
// hash chains, is that of zlib by Jean-loup Gailly and Mark Adler; this is an
// independent implementation of it.
package deflate

import (
	"encoding/binary"
	"hash/adler32"
	"sync"
)

// encoders keeps encoders between calls: one is about 270 KB, and a used one
// needs no clearing.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Append appends the complete zlib stream of src to dst and returns the
// extended slice. An empty src gives the 8-byte stream of no data. src must
// not overlap the unused capacity of dst. Append does not allocate when dst
// has room for the stream, except for an encoder when none is free.
//
// It may be called from several goroutines at once.
func Append(dst, src []byte) []byte {
	e := encoders.Get().(*encoder)
	dst = e.append(dst, src)
	encoders.Put(e)
	return dst
}

// An encoder holds the tables for one stream at a time. Its zero value is
// ready for use.
type encoder struct {
	matcher matcher
	block   block
	bits    bitWriter
}

func (e *encoder) append(dst, src []byte) []byte {
	// Method deflate, window 32 KiB, default level, no dictionary (RFC 1950
	// section 2.2).
	e.bits.out = append(dst, 0x78, 0x9c)
	e.matcher.reset()
	e.compress(src)
	e.bits.align()
	e.matcher.release(len(src))

	dst = binary.BigEndian.AppendUint32(e.bits.out, adler32.Checksum(src))
	e.bits.out = nil // the pool must not keep the caller's memory
	return dst
}
