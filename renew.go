package dewar

import (
	"context"
	"errors"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// Renew keeps r under a new id. The order makes it safe against everybody
// else. The record is marked first, so that who signs out knows whether anybody
// may be renewing. The link is the claim, so one renewer wins. Until the old
// record is removed all others work on it, and it is removed only as it was
// read, so that nothing that was written to it is left behind; from then on all
// work on the new one. Killed at any point, either id works.
//
// Who doesn't win the claim saves under the old id: the next request with it
// is led to the new one.
func (c *InStore) Renew(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	if r.ID == "" || r.Moved {
		return c.Save(ctx, r, life)
	}
	st, _ := r.State.(*stored)
	if st == nil {
		return "", r, ErrSessionGone
	}
	if life = min(life, c.left(st.header)); life <= 0 {
		return "", r, ErrSessionGone // its absolute life is over
	}
	st, err := c.mark(ctx, r.ID, st, life)
	if err != nil {
		return "", r, err
	}
	r.State = st
	if st.claim == nil {
		if st.claim, err = c.claim(ctx, r.ID); err != nil {
			return "", r, err
		}
	}
	if st.claim == nil {
		return c.Save(ctx, r, life)
	}
	next := st.claim.next
	renewed := r
	renewed.ID = next
	h := st.header
	h.renewed, h.marked = c.now(), false
	data, h, err := c.encode(renewed, life, h)
	if err != nil {
		return "", r, err
	}
	item, err := c.place(ctx, st.claim, data, life)
	if err != nil {
		// Don't keep the next renewer, perhaps this visitor's second try, away.
		c.abandon(ctx, st.claim)
		_ = c.Store.Remove(ctx, c.linkKey(r.ID), st.claim.link)
		return "", r, err
	}
	st.claim.placed = &item
	switch err := c.Store.Remove(ctx, c.recordKey(r.ID), st.item); {
	case errors.Is(err, ErrNotFound):
		c.abandon(ctx, st.claim)
		return "", r, ErrSessionGone
	case err != nil: // in a conflict the claim is kept for the next try
		return "", r, err
	}
	c.touched.set(next, c.now())
	renewed.State = &stored{item: item, header: h}
	return next, renewed, nil
}

// A claim is a renewal under way: the id that was claimed, and what was put
// there.
type claim struct {
	next   string
	link   Item
	placed *Item // nil: nothing yet
}

// mark gives what is stored with the mark on it. Where the codec of Flask's
// layout has none, every record counts as marked.
func (c *InStore) mark(ctx context.Context, id string, st *stored, life time.Duration) (*stored, error) {
	marked := *st
	if st.header.marked {
		return &marked, nil
	}
	marked.header.marked = true
	var data []byte
	if c.Layout == NativeLayout {
		marked.header.life = life
		data = append(marked.header.append(nil, id), st.item.Data[headerLen:]...)
	} else {
		data = c.Codec.(codec.Marker).Mark(st.item.Data)
	}
	var err error
	marked.item, err = c.Store.Update(ctx, c.recordKey(id), st.item, data, life)
	if errors.Is(err, ErrNotFound) {
		err = ErrSessionGone
	}
	return &marked, err
}

// claim makes the link from id to a new one. It gives none if another made it
// first, and hasn't let the grace period go by since, which nobody does who
// lives.
func (c *InStore) claim(ctx context.Context, id string) (*claim, error) {
	key, next := c.linkKey(id), newID(c.IDBytes)
	sealed := link{next, c.now().Add(c.Grace)}.seal(id)
	made, err := c.Store.Create(ctx, key, sealed, c.linkLife())
	if errors.Is(err, ErrExists) {
		var there Item
		if there, err = c.Store.Load(ctx, key); err == nil {
			if l := openLink(id, there.Data); l.next == "" || c.now().Before(l.until) {
				return nil, nil
			}
			made, err = c.Store.Update(ctx, key, there, sealed, c.linkLife())
		}
	}
	switch {
	case errors.Is(err, ErrConflict), errors.Is(err, ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &claim{next: next, link: made}, nil
}

// place puts the renewed record under its new id, where nobody else looks yet.
func (c *InStore) place(ctx context.Context, cl *claim, data []byte, life time.Duration) (Item, error) {
	key := c.recordKey(cl.next)
	if cl.placed != nil {
		item, err := c.Store.Update(ctx, key, *cl.placed, data, life)
		if !errors.Is(err, ErrNotFound) {
			return item, err
		}
	}
	return c.Store.Create(ctx, key, data, life)
}

// abandon takes away the record of a renewal that came to nothing: its session
// ended while it was under way and must stay ended, or the record could not be
// put in its place.
func (c *InStore) abandon(ctx context.Context, cl *claim) {
	_ = c.Store.Delete(ctx, c.recordKey(cl.next))
}
