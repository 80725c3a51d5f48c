package dewar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// How a record in a store is written, and extended.

// Save creates a record, or replaces the one that r was opened as. The value is empty
// where another is renewing the session: the cookie is that one's to send.
func (c *InStore) Save(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	if r.ID == "" {
		return c.create(ctx, r, life)
	}
	r, err := c.replace(ctx, r, life)
	if err != nil {
		return "", r, err
	}
	return c.valueOf(ctx, r), r, nil
}

// replace puts r in the place of the record that it was opened as.
func (c *InStore) replace(ctx context.Context, r Record, life time.Duration) (Record, error) {
	st, _ := r.State.(*stored)
	if st == nil {
		return r, ErrSessionGone
	}
	if life = min(life, c.left(st.header)); life <= 0 {
		return r, ErrSessionGone // its absolute life is over
	}
	h := st.header
	h.unused = h.unused && (r.Moved || st.untold)
	data, h, err := c.encode(r, life, h)
	if err != nil {
		return r, err
	}
	item, err := c.Store.Update(ctx, c.recordKey(r.ID), st.item, data, life)
	switch {
	case errors.Is(err, ErrNotFound):
		return r, ErrSessionGone
	case err != nil:
		return r, err
	}
	c.touched.set(r.ID, c.now())
	r.State = &stored{item: item, header: h, claimed: st.claimed, untold: st.untold}
	return r, nil
}

// valueOf is the cookie's value of a record that was saved or extended: none while
// another is renewing it, whose answer has the next id and may be in the browser
// before this one. Only a record with a mark can be renewed; a codec that has no
// mark to tell by would cost every save a command, and isn't asked about.
func (c *InStore) valueOf(ctx context.Context, r Record) string {
	st, _ := r.State.(*stored)
	if st == nil || !st.header.marked {
		return r.ID
	}
	if _, ok := c.Codec.(codec.Marker); !ok && c.Layout == FlaskLayout {
		return r.ID
	}
	if l, _, err := c.link(ctx, r.ID); err == nil && c.mayLive(l, c.now()) {
		return ""
	}
	return r.ID
}

// create keeps r under a new id. That an id is taken already doesn't happen
// with 256 random bits, but with a broken source of them it must not hand one
// visitor's session to another.
func (c *InStore) create(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	now := c.now()
	for range 3 {
		r.ID = c.newID()
		data, h, err := c.encode(r, life, header{created: now, renewed: now})
		if err != nil {
			return "", r, err
		}
		item, err := c.Store.Create(ctx, c.recordKey(r.ID), data, life)
		if errors.Is(err, ErrExists) {
			continue
		}
		if err != nil {
			return "", r, err
		}
		c.touched.set(r.ID, now)
		r.State = &stored{item: item, header: h}
		return r.ID, r, nil
	}
	return "", r, fmt.Errorf("dewar: create: %w", ErrExists)
}

// encode makes the bytes of r.
func (c *InStore) encode(r Record, life time.Duration, h header) ([]byte, header, error) {
	if c.Layout == FlaskLayout {
		data, err := c.Codec.Join(nil, r.Entries)
		if m, ok := c.Codec.(codec.Marker); !ok {
			h.marked = true
		} else if h.marked && err == nil {
			data = m.Mark(data)
		}
		return data, h, unsavable(err)
	}
	h.life = life
	size := headerLen + 2
	for i := range r.Entries {
		size += len(r.Entries[i].Key) + len(r.Entries[i].Raw) + 4
	}
	data, err := c.Codec.Join(h.append(make([]byte, 0, size), r.ID), r.Entries)
	return data, h, unsavable(err)
}

// Touch gives the record its life anew. The value is sent again, for the
// cookie has a life of its own.
func (c *InStore) Touch(ctx context.Context, r Record, life time.Duration) (string, error) {
	if st, _ := r.State.(*stored); st != nil {
		life = min(life, c.left(st.header))
	}
	if life <= 0 {
		return "", ErrSessionGone
	}
	err := c.Store.Touch(ctx, c.recordKey(r.ID), life)
	if errors.Is(err, ErrNotFound) {
		return "", ErrSessionGone
	}
	if err != nil {
		return "", err
	}
	c.touched.set(r.ID, c.now())
	return c.valueOf(ctx, r), nil
}
