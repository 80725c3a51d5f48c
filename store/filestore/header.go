package filestore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// ErrLife says that a life can't be written down: it isn't positive, or it ends
// after 2106-02-07 06:28:15 UTC, the last second that four bytes can name. No
// shorter life is given in its place.
var ErrLife = errors.New("filestore: a life must be positive and end before 2106-02-07")

// A header is what stands before the data.
//
// It is four bytes, as Python's struct.pack("I") makes them: unsigned, in the
// machine's own order; 0 is never. Before cachelib 0.7 it was the pickle of the
// number, protocol 4 or 5. A file begins with such a pickle if it begins with
// all of one but the digits. As four bytes, the beginning of the longer ones
// would be a moment in 1973 or 1974: nothing that is kept says that. That of the
// shortest, whose fourth byte is its number, may be a moment of any year: there
// the pickle of the data must follow, as in those cachelibs it always did.
type header struct {
	ends uint32 // the last second of its life, Unix time; 0: never
	size int    // of the header
	at   int64  // where the four bytes of ends stand; only if ends isn't 0
	most uint32 // what they can hold
}

// headerRoom is the most that a header takes.
const headerRoom = 19

// parseHeader reads the beginning of a file. It reports false if that is too
// short.
func parseHeader(b []byte) (header, bool) {
	if len(b) < 4 {
		return header{}, false
	}
	if h, ok := parsePickled(b); ok {
		return h, true
	}
	return header{ends: binary.NativeEndian.Uint32(b), size: 4, most: math.MaxUint32}, true
}

// parsePickled reads the header of a cachelib before 0.7.
func parsePickled(b []byte) (header, bool) {
	if b[0] != 0x80 || b[1] != 4 && b[1] != 5 { // PROTO
		return header{}, false
	}
	switch b := b[2:]; {
	case len(b) >= 4 && b[0] == 'K' && b[2] == '.' && b[3] == 0x80: // BININT1, STOP, PROTO of the data
		return header{ends: uint32(b[1]), size: 5}, true
	case len(b) >= 15 && bytes.HasPrefix(b, []byte("\x95\x06\x00\x00\x00\x00\x00\x00\x00J")) && b[14] == '.': // FRAME, BININT
		return header{ends: positive(b[10:]), size: 17, at: 12, most: math.MaxInt32}, true
	case len(b) >= 17 && bytes.HasPrefix(b, []byte("\x95\x08\x00\x00\x00\x00\x00\x00\x00\x8a\x05")) && b[15] == 0 && b[16] == '.': // from 2038 on: LONG1
		return header{ends: binary.LittleEndian.Uint32(b[11:]), size: 19, at: 13, most: math.MaxUint32}, true
	}
	return header{}, false
}

// positive reads a BININT. A negative one is as long over as one of 1.
func positive(b []byte) uint32 {
	n := binary.LittleEndian.Uint32(b)
	if n > math.MaxInt32 {
		return 1
	}
	return n
}

// newHeader makes the four bytes.
func newHeader(ends uint32) []byte { return binary.NativeEndian.AppendUint32(nil, ends) }

// digits gives the four bytes that take the place of h.ends.
func (h header) digits(ends uint32) []byte {
	if h.size == 4 {
		return newHeader(ends)
	}
	return binary.LittleEndian.AppendUint32(nil, ends)
}

// over reports whether the life is: as in cachelib, it lasts to the very
// moment.
func (h header) over(now time.Time) bool {
	return h.ends != 0 && now.After(time.Unix(int64(h.ends), 0))
}

// left is 0 for a life that never ends.
func (h header) left(now time.Time) time.Duration {
	if h.ends == 0 {
		return 0
	}
	return time.Unix(int64(h.ends), 0).Sub(now)
}

// ends is the second that a life ends with, rounded up.
func ends(now time.Time, life time.Duration) (uint32, error) {
	end := now.Add(life)
	seconds := end.Unix()
	if end.Nanosecond() > 0 {
		seconds++
	}
	if life <= 0 || seconds <= 0 || seconds > math.MaxUint32 {
		return 0, ErrLife
	}
	return uint32(seconds), nil
}
