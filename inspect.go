package dewar

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// What tools need that look into a store from outside. Nothing here is for
// handlers.

// Find gives the key under which the record of an id is kept: of a session that
// was renewed, that of its present id. Where there is no
// record it is the key that one of this id would have. The error is
// ErrMalformed if that is no id, or else the store's.
func (c *InStore) Find(ctx context.Context, id string) (string, error) {
	if !validID(id) {
		return "", ErrMalformed
	}
	own := c.recordKey(id)
	for {
		key := c.recordKey(id)
		_, err := c.Store.Load(ctx, key)
		if err == nil || errors.Is(err, ErrUndecodable) {
			return key, nil
		}
		var l link
		if errors.Is(err, ErrNotFound) {
			l, _, err = c.link(ctx, id)
		}
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return "", err
		}
		id = l.next
	}
	return own, nil
}

// IsLink reports whether a key holds the link that leads from a renewed
// session's previous id to it, not a session.
func (c *InStore) IsLink(key string) bool {
	return strings.HasPrefix(key, c.Prefix+linkPrefix)
}

// IsAuxiliary reports whether a key, whatever its prefix, is one of those that
// Dewar keeps beside records, such as links of renewed sessions. It is for stores
// that have to put them where Flask doesn't look. An id has no dot, so no record
// has such a key unless a prefix ends as one begins.
func IsAuxiliary(key string) bool {
	return strings.HasSuffix(key[:strings.LastIndexByte(key, '.')+1], linkPrefix)
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
