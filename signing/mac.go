package signing

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"sync"
)

// maxText is the length of the longest signature: SHA-512's, in base64.
const maxText = (sha512.Size*8 + 5) / 6

// A mac is an HMAC under one derived key that is used again and again. It
// carries room for all that signing and verifying need, because whatever goes
// through the hash.Hash interface would have to be allocated otherwise: a copy
// of the value when it is a string, the sum, and a caller's stack buffer.
type mac struct {
	hash  hash.Hash
	chunk [1024]byte
	sum   [sha512.Size]byte
	text  [maxText]byte
	given [maxText]byte
}

// signature returns the signature of value as it is written: base64, URL-safe,
// without padding. It is good until the next call.
func signature[T []byte | string](m *mac, value T) []byte {
	m.hash.Reset()
	for len(value) > 0 {
		n := copy(m.chunk[:], value)
		m.hash.Write(m.chunk[:n])
		value = value[n:]
	}
	sum := m.hash.Sum(m.sum[:0])
	base64.RawURLEncoding.Encode(m.text[:], sum)
	return m.text[:base64.RawURLEncoding.EncodedLen(len(sum))]
}

// verify reports whether sig is the signature of value. It compares the texts,
// in constant time, and not what they decode to: of the four spellings of a
// 27-character signature that a base64 decoder takes, only the one that is
// written passes. A sig longer than any signature must not get here.
func (m *mac) verify(value, sig string) bool {
	n := copy(m.given[:], sig)
	return subtle.ConstantTimeCompare(signature(m, value), m.given[:n]) == 1
}

// A macPool lends the macs of one derived key.
type macPool struct{ sync.Pool }

func newMACPool(digest Digest, key []byte) *macPool {
	p := new(macPool)
	p.New = func() any { return &mac{hash: hmac.New(digests[digest].new, key)} }
	p.give(p.take()) // make the first one now: a hash that isn't allowed panics here
	return p
}

func (p *macPool) take() *mac  { return p.Get().(*mac) }
func (p *macPool) give(m *mac) { p.Put(m) }
