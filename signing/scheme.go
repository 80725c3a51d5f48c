package signing

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
)

// A Digest is the hash function under a signature (digest_method in
// itsdangerous).
//
// In Go's FIPS 140-only mode (GODEBUG=fips140=only) the standard library
// refuses SHA1 and MD5, and HMAC keys under 14 bytes, and NewSigner panics; what
// Flask signs by default can't be read there.
type Digest uint8

const (
	SHA1   Digest = iota // Flask's, and itsdangerous' default; HMAC-SHA-1 isn't broken as SHA-1 is
	SHA256               // the one to choose where nothing has to be compatible
	SHA384               // SHA-2, cut to 384 bits
	SHA512               // SHA-2
	MD5                  // for reading values that an old program wrote; don't sign with it
)

// digests is indexed by Digest.
var digests = [...]struct {
	name string
	new  func() hash.Hash
	size int
}{
	SHA1:   {"sha1", sha1.New, sha1.Size},
	SHA256: {"sha256", sha256.New, sha256.Size},
	SHA384: {"sha384", sha512.New384, sha512.Size384},
	SHA512: {"sha512", sha512.New, sha512.Size},
	MD5:    {"md5", md5.New, md5.Size},
}

// ParseDigest returns the digest of that name: sha1, sha256, sha384, sha512 or
// md5, as Python's hashlib spells them. Any other name, "" too, is an error
// that says so.
func ParseDigest(name string) (Digest, error) {
	for d := range digests {
		if digests[d].name == name {
			return Digest(d), nil
		}
	}
	return 0, fmt.Errorf("signing: unknown digest %q", name)
}

// String returns the name that ParseDigest takes, or Digest(n) for a value that
// is no digest.
func (d Digest) String() string {
	if int(d) >= len(digests) {
		return fmt.Sprintf("Digest(%d)", uint8(d))
	}
	return digests[d].name
}

// A Derivation is how a secret key and a salt become the key of the signature
// (key_derivation in itsdangerous, Signer.derive_key).
type Derivation uint8

const (
	HMAC         Derivation = iota // HMAC of the salt under the key; Flask's
	Concat                         // hash of salt and key
	DjangoConcat                   // hash of salt, "signer" and key; itsdangerous' default
	None                           // the key as it is, so the salt has no effect
)

// derivations is indexed by Derivation.
var derivations = [...]string{HMAC: "hmac", Concat: "concat", DjangoConcat: "django-concat", None: "none"}

// ParseDerivation returns the derivation of that name: hmac, concat,
// django-concat or none, as itsdangerous spells them. Any other name, "" too,
// is an error that says so.
func ParseDerivation(name string) (Derivation, error) {
	for d := range derivations {
		if derivations[d] == name {
			return Derivation(d), nil
		}
	}
	return 0, fmt.Errorf("signing: unknown derivation %q", name)
}

// String returns the name that ParseDerivation takes, or Derivation(n) for a
// value that is no derivation.
func (d Derivation) String() string {
	if int(d) >= len(derivations) {
		return fmt.Sprintf("Derivation(%d)", uint8(d))
	}
	return derivations[d]
}

// derive returns the key of the signatures that secret makes with salt.
func (d Derivation) derive(digest Digest, secret []byte, salt string) []byte {
	var h hash.Hash
	switch d {
	case HMAC:
		h = hmac.New(digests[digest].new, secret)
		h.Write([]byte(salt))
		return h.Sum(nil)
	case DjangoConcat:
		salt += "signer"
	case None:
		return secret
	}
	h = digests[digest].new()
	h.Write([]byte(salt))
	h.Write(secret)
	return h.Sum(nil)
}
