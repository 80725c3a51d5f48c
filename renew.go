package dewar

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"time"
)

// A renewed session's previous id leads to it by a link, kept under a key of
// its own that is made of the previous id, and sealed with it: who reads the
// store learns no id.

// linkPrefix tells a link's key from a record's: an id has no dot.
const linkPrefix = "dewar-link."

// linkKey is where the link of an id is kept: never where Flask looks.
func (c *InStore) linkKey(id string) string {
	return c.Prefix + linkPrefix + base64.RawURLEncoding.EncodeToString(digest("link", id))
}

func linkSeal(id string) cipher.AEAD {
	block, err := aes.NewCipher(digest("seal", id))
	if err != nil {
		panic(err) // a key of 32 bytes is one
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// successor gives the id that the session of this id has now, or ErrNotFound.
func (c *InStore) successor(ctx context.Context, id string) (string, error) {
	item, err := c.Store.Load(ctx, c.linkKey(id))
	if err != nil {
		return "", err
	}
	next, err := linkSeal(id).Open(nil, nil, item.Data, nil)
	if err != nil || !validID(string(next)) {
		return "", ErrNotFound
	}
	return string(next), nil
}

// maxHops is how many renewals within the grace period a previous id is
// followed through.
const maxHops = 4

// follow loads the record that a previous id leads to.
func (c *InStore) follow(ctx context.Context, id string) (r Record, err error) {
	for range maxHops {
		if id, err = c.successor(ctx, id); err != nil {
			return Record{}, err
		}
		r, err = c.load(ctx, id)
		r.Moved = true
		if !errors.Is(err, ErrNotFound) {
			return r, err
		}
	}
	return Record{}, err
}

// Renew keeps r under a new id. The order makes it safe against everybody
// else: the link is the claim, so one renewer wins; until the old record is
// removed all others work on it, and it is removed only as it was read, so
// that nothing that was written to it is left behind; from then on all work on
// the new one. Killed at any point, either id works.
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
	next, mine, err := c.claim(ctx, r.ID, st)
	if err != nil {
		return "", r, err
	}
	if !mine {
		return c.Save(ctx, r, life)
	}
	renewed := r
	renewed.ID = next
	h := st.header
	h.renewed = c.now()
	life = min(life, c.left(h))
	data, h, err := c.encode(renewed, life, h)
	if err != nil {
		return "", r, err
	}
	item, err := c.place(ctx, next, st, data, life)
	if err != nil {
		return "", r, err
	}
	switch err := c.Store.Remove(ctx, c.recordKey(r.ID), st.item); {
	case errors.Is(err, ErrConflict):
		r.State = &stored{item: st.item, header: st.header, next: next, nextItem: item}
		return "", r, ErrConflict
	case errors.Is(err, ErrNotFound):
		c.abandon(ctx, r.ID, next)
		return "", r, ErrSessionGone
	case err != nil:
		return "", r, err
	}
	c.touched.set(next, c.now())
	renewed.State = &stored{item: item, header: h}
	return next, renewed, nil
}

// claim makes the link from id to a new one, unless it is this renewer's
// already. It isn't mine if another made it first.
func (c *InStore) claim(ctx context.Context, id string, st *stored) (next string, mine bool, err error) {
	if st.next != "" {
		return st.next, true, nil
	}
	next = newID(c.IDBytes)
	link := linkSeal(id).Seal(nil, nil, []byte(next), nil)
	_, err = c.Store.Create(ctx, c.linkKey(id), link, max(c.Grace, time.Second))
	if errors.Is(err, ErrExists) {
		return "", false, nil
	}
	return next, err == nil, err
}

// place puts the renewed record under its new id, where nobody else looks yet.
func (c *InStore) place(ctx context.Context, next string, st *stored, data []byte, life time.Duration) (Item, error) {
	if st.next == "" {
		return c.Store.Create(ctx, c.recordKey(next), data, life)
	}
	return c.Store.Update(ctx, c.recordKey(next), st.nextItem, data, life)
}

// abandon undoes a renewal whose session ended while it was under way, and
// must stay ended.
func (c *InStore) abandon(ctx context.Context, id, next string) {
	_ = c.Store.Delete(ctx, c.recordKey(next))
	_ = c.Store.Delete(ctx, c.linkKey(id))
}
