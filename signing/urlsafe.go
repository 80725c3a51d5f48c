package signing

import (
	"encoding/base64"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/deflate"
)

const (
	defaultMaxInflated = 256 << 10
	defaultMaxValue    = 64 << 10
)

// Options say how a [URLSafe] signs, and how much it reads. Of the zero Options
// only the salt isn't Flask's, which is "cookie-session".
type Options struct {
	Salt       string
	Digest     Digest
	Derivation Derivation

	// Leeway is how far in the future a value may be from, in whole seconds.
	// Zero: not at all, as in Flask. See NewTimed.
	Leeway time.Duration

	// NoCompression writes every payload as it is. The length of a compressed
	// value tells something of its content to who can put text of his own
	// beside a secret in it. Compressed values are read all the same.
	NoCompression bool

	// MaxInflated is how many bytes a compressed payload may inflate to before
	// it is refused, without inflating the rest. Zero or less: 256 KiB.
	MaxInflated int

	// MaxValue is the length in bytes over which a value is refused without
	// looking at it. Zero or less: 64 KiB.
	MaxValue int
}

// A URLSafe is the third floor: a payload with its time and signature in
// characters that pass through a URL, a cookie or a header as they are
// (itsdangerous' URLSafeTimedSerializer, less the serializer).
type URLSafe struct {
	timed       *Timed
	compress    bool
	maxValue    int
	maxInflated int
	deflated    sync.Pool // of *[]byte
	inflaters   sync.Pool // of *inflater
}

// Info is what a value says beside its payload.
type Info struct {
	At         time.Time // when it was signed, UTC, whole seconds
	Key        int       // which key signed it: 0 the current one, i Keys.Old[i-1]
	Compressed bool      // whether the payload was deflated
}

// NewURLSafe returns a URLSafe with the keys of ring. It panics where NewSigner
// does.
func NewURLSafe(ring *Ring, o Options) *URLSafe {
	if o.MaxInflated <= 0 {
		o.MaxInflated = defaultMaxInflated
	}
	o.MaxInflated = min(o.MaxInflated, math.MaxInt-1) // one byte more is asked for
	if o.MaxValue <= 0 {
		o.MaxValue = defaultMaxValue
	}
	return &URLSafe{
		timed:       NewTimed(NewSigner(ring, o.Salt, o.Digest, o.Derivation), o.Leeway),
		compress:    !o.NoCompression,
		maxValue:    o.MaxValue,
		maxInflated: o.MaxInflated,
	}
}

// Seal appends the value that holds payload, signed now under the current key,
// to dst. The payload must not stand in the room that dst has left. Whether it
// is compressed is decided as URLSafeSerializerMixin.dump_payload decides it:
// only if that saves two bytes at least. Seal doesn't look at the limits of
// Unseal. It allocates only if dst has no room.
func (u *URLSafe) Seal(dst, payload []byte, now time.Time) []byte {
	start := len(dst)
	if !u.compress {
		return u.timed.finish(u.encode(dst, payload), start, now)
	}
	buf, _ := u.deflated.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	*buf = deflate.Append((*buf)[:0], payload)
	if len(*buf) < len(payload)-1 {
		dst = append(dst, '.')
		payload = *buf
	}
	dst = u.timed.finish(u.encode(dst, payload), start, now)
	if cap(*buf) <= keepBytes {
		u.deflated.Put(buf)
	}
	return dst
}

// encode appends base64 of payload to dst, and makes room for a time and a
// signature while it is there.
func (u *URLSafe) encode(dst, payload []byte) []byte {
	const stamp = len(".") + 11 + len(".")
	text := base64.RawURLEncoding
	dst = slices.Grow(dst, text.EncodedLen(len(payload))+stamp+u.timed.signer.length)
	return text.AppendEncode(dst, payload)
}

// Unseal returns the payload of value if its signature is good and its age at
// now is no more than maxAge; see Timed.Unsign for both, and for the errors
// ErrMalformed, ErrSignature, ErrExpired and ErrFuture. A payload that isn't
// base64 as Seal writes it, or one that says it is compressed and isn't a
// whole zlib stream (RFC 1950) with a right checksum and no preset dictionary,
// is ErrPayload; bytes after the stream are ignored, as Python's
// zlib.decompress ignores them. Past a limit of Options it is ErrTooLarge.
//
// The payload belongs to the caller and is what Unseal allocates; where it is
// compressed the inflater may add to that. Info is as much as is certain: after
// ErrExpired, ErrFuture, ErrPayload and a payload that is ErrTooLarge it holds
// the time and the key, after all other errors nothing.
func (u *URLSafe) Unseal(value string, now time.Time, maxAge time.Duration) (payload []byte, info Info, err error) {
	if len(value) > u.maxValue {
		return nil, Info{}, ErrTooLarge
	}
	text, at, key, err := u.timed.Unsign(value, now, maxAge)
	info = Info{At: at, Key: key}
	if err != nil {
		return nil, info, err
	}
	text, info.Compressed = strings.CutPrefix(text, ".")
	if info.Compressed {
		payload, err = u.inflate(text)
	} else {
		payload, err = appendDecoded(nil, text)
	}
	return payload, info, err
}

// inflate returns the payload that is compressed in text.
func (u *URLSafe) inflate(text string) ([]byte, error) {
	in, _ := u.inflaters.Get().(*inflater)
	if in == nil {
		in = new(inflater)
	}
	defer u.inflaters.Put(in)
	return in.inflate(text, u.maxInflated)
}
