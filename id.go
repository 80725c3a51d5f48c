package dewar

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

const (
	idBytes  = 32  // of entropy: Python's secrets.token_urlsafe(32), Flask-Session's default
	maxIDLen = 200 // characters; with a prefix it stays a key that every store takes
)

// newID makes an id of n random bytes, in the form of secrets.token_urlsafe.
func newID(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// newID makes an id for a session of c.
func (c *InStore) newID() string {
	if !c.UUIDs {
		return newID(c.IDBytes)
	}
	var u UUID
	rand.Read(u[:])
	u[6] = u[6]&0x0F | 0x40 // version 4
	u[8] = u[8]&0x3F | 0x80 // variant of RFC 9562
	return u.String()
}

// validID reports whether a client's text has the shape of an id: what
// token_urlsafe or str(uuid4()) make, whatever the length. Nothing else comes
// near a store: neither another application's keys (they have a colon) nor a
// path nor a line end.
func validID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return id != "" && len(id) <= maxIDLen
}

// handle is what stands for an id where others may read it: whoever knows it
// can't come with it, nor find the record.
func handle(id string) string {
	if id == "" {
		return ""
	}
	h := digest("handle", id)
	return hex.EncodeToString(h[:8])
}

// digest is a one-way name for an id, for this purpose alone.
func digest(purpose, id string) [sha256.Size]byte {
	var room [2 * maxIDLen]byte
	b := append(room[:0], "dewar "...)
	b = append(b, purpose...)
	b = append(b, 0)
	return sha256.Sum256(append(b, id...))
}
