package signing

import (
	"encoding/base64"
	"strings"
	"sync/atomic"
)

// sep stands between a value, its time and its signature. It is in no base64
// alphabet.
const sep = '.'

// A Signer is the first floor: bytes signed (itsdangerous' Signer).
type Signer struct {
	ring       *Ring
	salt       string
	digest     Digest
	derivation Derivation
	length     int // characters of a signature
	cache      atomic.Pointer[derived]
}

// derived are the keys of a ring as one signer uses them, in the ring's order.
type derived struct {
	from *[][]byte // the keys in the ring that these were made from; another pointer there is another generation
	macs []*macPool
}

// NewSigner returns a signer with the keys of ring. The salt is taken as it
// stands, and "" is a salt like any other: what is signed with one salt isn't
// accepted with another. (itsdangerous' default, taken when it is given None,
// is "itsdangerous.Signer".) A digest or derivation that doesn't exist panics.
func NewSigner(ring *Ring, salt string, digest Digest, derivation Derivation) *Signer {
	if int(digest) >= len(digests) || int(derivation) >= len(derivations) {
		panic("signing: no such scheme: " + digest.String() + ", " + derivation.String())
	}
	s := &Signer{
		ring: ring, salt: salt, digest: digest, derivation: derivation,
		length: base64.RawURLEncoding.EncodedLen(digests[digest].size),
	}
	s.keys()
	return s
}

// Sign appends value, "." and its signature under the current key to dst. An
// empty value can be signed. It allocates only if dst has no room.
func (s *Signer) Sign(dst, value []byte) []byte {
	return s.finish(append(dst, value...), len(dst))
}

// finish appends the signature of what stands in dst from start on.
func (s *Signer) finish(dst []byte, start int) []byte {
	current := s.keys().macs[0]
	m := current.take()
	sig := signature(m, dst[start:])
	dst = append(dst, sep)
	dst = append(dst, sig...)
	current.give(m)
	return dst
}

// Unsign returns what stands before the last "." of signed, if the rest is its
// signature. It tries the current key first, then the old ones in their order,
// and key says which it was: 0 is the current one, i is Keys.Old[i-1]. Without
// a "." the error is ErrMalformed, else ErrSignature; value and key mean
// nothing then. The value is a part of signed; nothing is allocated.
func (s *Signer) Unsign(signed string) (value string, key int, err error) {
	dot := strings.LastIndexByte(signed, sep)
	if dot < 0 {
		return "", 0, ErrMalformed
	}
	value, sig := signed[:dot], signed[dot+1:]
	if len(sig) != s.length {
		return "", 0, ErrSignature
	}
	for i, pool := range s.keys().macs {
		m := pool.take()
		ok := m.verify(value, sig)
		pool.give(m)
		if ok {
			return value, i, nil
		}
	}
	return "", 0, ErrSignature
}

// keys returns the derived keys of what the ring holds now. Two calls that
// find a swapped ring at once both derive, to the same end; one that stores
// what it made of the ring before the swap is put right by the next.
func (s *Signer) keys() *derived {
	from := s.ring.keys.Load()
	if d := s.cache.Load(); d != nil && d.from == from {
		return d
	}
	d := &derived{from: from, macs: make([]*macPool, len(*from))}
	for i, secret := range *from {
		d.macs[i] = newMACPool(s.digest, s.derivation.derive(s.digest, secret, s.salt))
	}
	s.cache.Store(d)
	return d
}
