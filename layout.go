package dewar

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// Layout says how a session lies in a store.
type Layout uint8

const (
	// NativeLayout: keys are digests of ids, so that a leaked store holds no
	// sessions to take over; records begin with a header.
	NativeLayout Layout = iota

	// FlaskLayout: Flask-Session's. Keys are the ids, records are the codec's
	// bytes.
	FlaskLayout
)

// recordKey is where the record of an id is kept.
func (c *InStore) recordKey(id string) string {
	if c.Layout == FlaskLayout {
		return c.Prefix + id
	}
	var room [maxPrefix + 43]byte
	h := digest("record", id)
	return string(base64.RawURLEncoding.AppendEncode(append(room[:0], c.Prefix...), h[:]))
}

// header is what stands before the codec's bytes in the native layout.
type header struct {
	created time.Time // whole seconds
	renewed time.Time // when it got its id
	life    time.Duration
	marked  bool // somebody may be renewing it
	unused  bool // it was renewed, and nobody has come with its id yet
}

// The header on the wire: version and marks, created, renewed, life (seconds,
// big-endian), a stamp that is new with each write, a digest of the id.
const (
	headerVersion = 1
	headerMark    = 0x80 // beside the version
	headerUnused  = 0x40
	headerLen     = 1 + 8 + 8 + 4 + 8 + 8
)

func (h header) append(dst []byte, id string) []byte {
	first := byte(headerVersion)
	if h.marked {
		first |= headerMark
	}
	if h.unused {
		first |= headerUnused
	}
	dst = append(dst, first)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.created.Unix()))
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.renewed.Unix()))
	dst = binary.BigEndian.AppendUint32(dst, uint32(min(h.life, maxLife)/time.Second))
	var stamp [8]byte
	rand.Read(stamp[:])
	dst = append(dst, stamp[:]...)
	check := digest("check", id)
	return append(dst, check[:8]...)
}

// parseHeader reads a native record. One that another id's key led to, or that
// isn't one, is ErrUndecodable.
func parseHeader(data []byte, id string) (h header, payload []byte, err error) {
	check := digest("check", id)
	if !hasHeader(data) || !bytes.Equal(data[headerLen-8:headerLen], check[:8]) {
		return header{}, nil, ErrUndecodable
	}
	h.marked, h.unused = data[0]&headerMark != 0, data[0]&headerUnused != 0
	h.created = time.Unix(int64(binary.BigEndian.Uint64(data[1:])), 0)
	h.renewed = time.Unix(int64(binary.BigEndian.Uint64(data[9:])), 0)
	h.life = time.Duration(binary.BigEndian.Uint32(data[17:])) * time.Second
	return h, data[headerLen:], nil
}

func hasHeader(data []byte) bool {
	return len(data) >= headerLen && data[0]&^(headerMark|headerUnused) == headerVersion
}
