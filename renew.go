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

// linkKey is where the link of an id is kept: beside the records, under a name
// made from a digest, so that the key of the link does not give away the id.
func (c *InStore) linkKey(id string) string {
	h := digest("link", id)
	return c.Prefix + linkPrefix + base64.RawURLEncoding.EncodeToString(h[:])
}

func linkSeal(id string) cipher.AEAD {
	h := digest("seal", id)
	block, err := aes.NewCipher(h[:])
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

// maxHops is how often a session is renewed within one grace period, at the
// most, for its first id to lead to it still.
const maxHops = 8

// follow loads the record that a previous id leads to.
func (c *InStore) follow(ctx context.Context, id string) (r Record, err error) {
	for range maxHops {
		if id, err = c.successor(ctx, id); err != nil {
			return Record{}, err
		}
		if r, err = c.load(ctx, id); !errors.Is(err, ErrNotFound) {
			break
		}
	}
	r.Moved = true
	return r, err
}

// inFlight is longer than any request that was under way when a session ended.
const inFlight = time.Hour

// cut takes the key of an id's link with a link that leads nowhere, and gives
// where the one that was there led.
func (c *InStore) cut(ctx context.Context, id string) (next string, err error) {
	key, nowhere, life := c.linkKey(id), linkSeal(id).Seal(nil, nil, nil, nil), max(c.Grace, inFlight)
	for range 3 {
		_, err = c.Store.Create(ctx, key, nowhere, life)
		if !errors.Is(err, ErrExists) {
			return "", err
		}
		item, err := c.Store.Load(ctx, key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		to, err := linkSeal(id).Open(nil, nil, item.Data, nil)
		if err != nil || len(to) == 0 {
			return "", nil
		}
		_, err = c.Store.Update(ctx, key, item, nowhere, life)
		if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			continue
		}
		return string(to), err
	}
	return "", ErrConflict
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
	if life = min(life, c.left(st.header)); life <= 0 {
		return "", r, ErrSessionGone // its absolute life is over
	}
	next, link, mine, err := c.claim(ctx, r.ID, st)
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
	data, h, err := c.encode(renewed, life, h)
	if err != nil {
		return "", r, err
	}
	item, err := c.place(ctx, next, st, data, life)
	if err != nil {
		// Don't keep the next renewer, perhaps this visitor's second try, away.
		c.abandon(ctx, next)
		_ = c.Store.Remove(ctx, c.linkKey(r.ID), link)
		return "", r, err
	}
	switch err := c.Store.Remove(ctx, c.recordKey(r.ID), st.item); {
	case errors.Is(err, ErrConflict):
		r.State = &stored{item: st.item, header: st.header, next: next, nextItem: item, link: link}
		return "", r, ErrConflict
	case errors.Is(err, ErrNotFound):
		c.abandon(ctx, next)
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
func (c *InStore) claim(ctx context.Context, id string, st *stored) (next string, link Item, mine bool, err error) {
	if st.next != "" {
		return st.next, st.link, true, nil
	}
	next = newID(c.IDBytes)
	sealed := linkSeal(id).Seal(nil, nil, []byte(next), nil)
	link, err = c.Store.Create(ctx, c.linkKey(id), sealed, max(c.Grace, time.Second))
	if errors.Is(err, ErrExists) {
		return "", Item{}, false, nil
	}
	return next, link, err == nil, err
}

// place puts the renewed record under its new id, where nobody else looks yet.
func (c *InStore) place(ctx context.Context, next string, st *stored, data []byte, life time.Duration) (Item, error) {
	if st.next != "" {
		item, err := c.Store.Update(ctx, c.recordKey(next), st.nextItem, data, life)
		if !errors.Is(err, ErrNotFound) {
			return item, err
		}
	}
	return c.Store.Create(ctx, c.recordKey(next), data, life)
}

// abandon takes away the record of a renewal that came to nothing: its session
// ended while it was under way and must stay ended, or the record could not be
// put in its place.
func (c *InStore) abandon(ctx context.Context, next string) {
	_ = c.Store.Delete(ctx, c.recordKey(next))
}
