package dewar

import (
	"context"
	"errors"
	"time"
)

// What a Fallback asks of the backends that it moves sessions between.

// An adopter keeps a record under an id that was given out elsewhere:
// ErrConflict if there is one already.
type adopter interface {
	adopt(ctx context.Context, r Record, life time.Duration) (string, Record, error)
}

// A remover forgets a record as it was read: ErrConflict if it has changed
// since, ErrSessionGone if it is gone.
type remover interface {
	remove(ctx context.Context, r Record) error
}

// adopt keeps r under an id that was given out elsewhere; see [Fallback].
func (c *InStore) adopt(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	now := c.now()
	data, h, err := c.encode(r, life, header{created: now, renewed: now})
	if err != nil {
		return "", r, err
	}
	item, err := c.Store.Create(ctx, c.recordKey(r.ID), data, life)
	if errors.Is(err, ErrExists) {
		return "", r, ErrConflict
	}
	if err != nil {
		return "", r, err
	}
	c.touched.set(r.ID, now)
	r.State = &stored{item: item, header: h}
	return r.ID, r, nil
}

// remove forgets r as it was read.
func (c *InStore) remove(ctx context.Context, r Record) error {
	st, _ := r.State.(*stored)
	if st == nil {
		return ErrSessionGone
	}
	err := c.Store.Remove(ctx, c.recordKey(r.ID), st.item)
	if errors.Is(err, ErrNotFound) {
		return ErrSessionGone
	}
	return err
}
