package signing

import (
	"bytes"
	"compress/zlib"
	"io"
	"slices"
)

// keepBytes is the largest buffer that is kept for the next call. A payload
// that needs more is rare, and its buffer would be held for nothing.
const keepBytes = 64 << 10

// An inflater is a zlib reader and the buffers around it, for use again and
// again.
type inflater struct {
	deflated []byte
	inflated []byte
	src      bytes.Reader
	zlib     io.ReadCloser // nil until a first stream had a good header
}

// inflate returns what text, base64 of a zlib stream, inflates to. More than
// limit bytes are ErrTooLarge, and no more than one over it are ever inflated.
func (in *inflater) inflate(text string, limit int) (payload []byte, err error) {
	defer in.trim()
	if in.deflated, err = appendDecoded(in.deflated[:0], text); err != nil {
		return nil, err
	}
	if err := in.open(); err != nil {
		return nil, ErrPayload
	}
	out := in.inflated[:0]
	for {
		if len(out) == cap(out) {
			out = slices.Grow(out, min(max(len(out), 4096), limit+1-len(out)))
			in.inflated = out
		}
		n, err := in.zlib.Read(out[len(out):min(cap(out), limit+1)])
		out = out[:len(out)+n]
		switch {
		case len(out) > limit:
			return nil, ErrTooLarge
		case err == io.EOF: // the checksum was right
			return bytes.Clone(out), nil
		case err != nil:
			return nil, ErrPayload
		}
	}
}

// open makes the zlib reader ready for in.deflated. A stream that asks for a
// preset dictionary is refused here: compress/zlib would take one that asks for
// the empty dictionary, and Python's zlib.decompress takes none.
func (in *inflater) open() error {
	const fdict = 0x20 // RFC 1950, section 2.2
	if len(in.deflated) > 1 && in.deflated[1]&fdict != 0 {
		return zlib.ErrDictionary
	}
	in.src.Reset(in.deflated)
	if in.zlib != nil {
		return in.zlib.(zlib.Resetter).Reset(&in.src, nil)
	}
	r, err := zlib.NewReader(&in.src)
	if err == nil {
		in.zlib = r
	}
	return err
}

// trim lets go of buffers that grew too large to keep.
func (in *inflater) trim() {
	if cap(in.deflated) > keepBytes {
		in.deflated = nil
		in.src.Reset(nil)
	}
	if cap(in.inflated) > keepBytes {
		in.inflated = nil
	}
}
