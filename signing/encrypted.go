package signing

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"
)

// An Encrypted makes payloads into values that only a holder of the keys can
// read or make: AES-256-GCM, under a key that is derived anew for each value
// from a key of the ring (HKDF-SHA256, RFC 5869) and 16 random bytes. Nothing of
// itsdangerous is like it. It accepts no value but its own, signed ones least of
// all, so nobody can downgrade it.
//
// A value tells its length, and so that of its payload; nothing is compressed.
type Encrypted struct {
	ring     *Ring
	purpose  string
	maxValue int
}

// NewEncrypted returns an Encrypted with the keys of ring. Values of one purpose
// are of no use for another: give each kind of value its own.
func NewEncrypted(ring *Ring, purpose string) *Encrypted {
	if ring == nil {
		panic("signing: NewEncrypted without a ring")
	}
	return &Encrypted{ring: ring, purpose: "dewar encrypted 1\x00" + purpose, maxValue: defaultMaxValue}
}

// A value is base64 of: the version, the random bytes, and sealed, the time (8
// bytes, big-endian unix seconds) and the payload.
const (
	encryptedVersion = 1
	randomLen        = 16
	encryptedHead    = 1 + randomLen
	timeLen          = 8
	gcmTag           = 16
)

// aead is the cipher of one value. Its key is used once, so the nonce can be
// zero.
func (e *Encrypted) aead(secret, random []byte) cipher.AEAD {
	key, err := hkdf.Key(sha256.New, secret, random, e.purpose, 32)
	if err != nil {
		panic(err) // 32 bytes are not too many
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of 32 bytes is one
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has blocks of 16 bytes
	}
	return gcm
}

var zeroNonce [12]byte

// Seal appends the value that holds payload, made now under the current key, to
// dst. The payload must not stand in the room that dst has left.
func (e *Encrypted) Seal(dst, payload []byte, now time.Time) []byte {
	plain := make([]byte, encryptedHead+timeLen, encryptedHead+timeLen+len(payload)+gcmTag)
	plain[0] = encryptedVersion
	rand.Read(plain[1:encryptedHead])
	binary.BigEndian.PutUint64(plain[encryptedHead:], uint64(now.Unix()))
	plain = append(plain, payload...)
	head, body := plain[:encryptedHead:encryptedHead], plain[encryptedHead:]
	body = e.aead((*e.ring.keys.Load())[0], head[1:]).Seal(body[:0], zeroNonce[:], body, head[:1])
	return base64.RawURLEncoding.AppendEncode(dst, plain[:encryptedHead+len(body)])
}

// Unseal returns the payload of value if a key of the ring made it, for this
// purpose, and its age at now is no more than maxAge, in whole seconds. What
// isn't base64 of at least an empty value of this version is ErrMalformed, what
// no key opens ErrSignature, what is from another time ErrExpired or ErrFuture
// (info then says when and by which key it was made), and what is over 64 KiB
// ErrTooLarge.
func (e *Encrypted) Unseal(value string, now time.Time, maxAge time.Duration) (payload []byte, info Info, err error) {
	if len(value) > e.maxValue {
		return nil, Info{}, ErrTooLarge
	}
	sealed, err := appendDecoded(nil, value)
	if err != nil || len(sealed) < encryptedHead+timeLen+gcmTag || sealed[0] != encryptedVersion {
		return nil, Info{}, ErrMalformed
	}
	for i, secret := range *e.ring.keys.Load() {
		plain, err := e.aead(secret, sealed[1:encryptedHead]).Open(nil, zeroNonce[:], sealed[encryptedHead:], sealed[:1])
		if err != nil {
			continue
		}
		info = Info{At: time.Unix(int64(binary.BigEndian.Uint64(plain)), 0).UTC(), Key: i}
		if err := (&Timed{}).check(now.Unix()-info.At.Unix(), int64(maxAge/time.Second)); err != nil {
			return nil, info, err
		}
		return slices.Clip(plain[timeLen:]), info, nil
	}
	return nil, Info{}, ErrSignature
}
