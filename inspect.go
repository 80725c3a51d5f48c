package dewar

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// What tools need that look into a store from outside. Nothing here is for
// handlers.

// KeyOf gives the key under which the record of an id is kept. The error is
// ErrMalformed if that is no id.
func (c *InStore) KeyOf(id string) (string, error) {
	if !validID(id) {
		return "", ErrMalformed
	}
	return c.recordKey(id), nil
}

// IsLink reports whether a key holds the link that leads from a renewed
// session's previous id to it, not a session.
func (c *InStore) IsLink(key string) bool {
	return strings.HasPrefix(key, c.Prefix+linkPrefix)
}

// Read takes a record's bytes apart, whosever it is. created is when the
// session began, zero in Flask's layout, which doesn't say. The error is
// ErrUndecodable if they are no record.
func (c *InStore) Read(data []byte) (created time.Time, entries []Entry, err error) {
	if c.Layout == NativeLayout {
		if !hasHeader(data) {
			return time.Time{}, nil, ErrUndecodable
		}
		created, data = time.Unix(int64(binary.BigEndian.Uint64(data[1:])), 0), data[headerLen:]
	}
	entries, err = c.SessionCodec().Split(data)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	return created, entries, nil
}
