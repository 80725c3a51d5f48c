package dewar

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// A renewed session's previous id leads to it by a link, kept under a key of
// its own that is made of the previous id, and sealed with it: who reads the
// store learns no id.

// linkPrefix tells a link's key from a record's: an id has no dot.
const linkPrefix = "dewar-link."

// inFlight is longer than any request that was under way when its session was
// renewed or ended. Requests that come later are led on for InStore.Grace only.
const inFlight = time.Hour

// A link leads from an id to the next one, until a time for those who come with
// it. Cut, it leads nobody anywhere: next, if it is there, is for who signs out, too.
// Times are in whole milliseconds.
type link struct {
	next           string
	claimed, until time.Time
	spent          bool // somebody came late, and was let in
	over           bool // no record is kept under the id any more
	cut            bool // the session has ended, or somebody is ending it
}

// linkKey is where the link of an id is kept: beside the records, under a name
// made from a digest, so that the key of the link does not give away the id.
func (c *InStore) linkKey(id string) string {
	h := digest("link", id)
	return c.Prefix + linkPrefix + base64.RawURLEncoding.EncodeToString(h[:])
}

// sealer seals the link of an id.
func sealer(id string) cipher.AEAD {
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

// linkHead is what stands before the next id: what has come of it, and the times.
const (
	linkSpent = 1
	linkOver  = 2
	linkCut   = 4
	linkHead  = 1 + 8 + 8
)

func (l link) seal(id string) []byte {
	plain := make([]byte, 1, linkHead+len(l.next))
	if l.spent {
		plain[0] |= linkSpent
	}
	if l.over {
		plain[0] |= linkOver
	}
	if l.cut {
		plain[0] |= linkCut
	}
	plain = binary.BigEndian.AppendUint64(plain, uint64(l.claimed.UnixMilli()))
	plain = binary.BigEndian.AppendUint64(plain, uint64(l.until.UnixMilli()))
	return sealer(id).Seal(nil, nil, append(plain, l.next...), nil)
}

// openLink reads the link of an id. What isn't one leads nowhere.
func openLink(id string, sealed []byte) link {
	plain, err := sealer(id).Open(nil, nil, sealed, nil)
	if err != nil || len(plain) < linkHead || len(plain) > linkHead && !validID(string(plain[linkHead:])) {
		return link{}
	}
	return link{
		next:    string(plain[linkHead:]),
		claimed: time.UnixMilli(int64(binary.BigEndian.Uint64(plain[1:]))),
		until:   time.UnixMilli(int64(binary.BigEndian.Uint64(plain[9:]))),
		spent:   plain[0]&linkSpent != 0,
		over:    plain[0]&linkOver != 0,
		cut:     plain[0]&linkCut != 0,
	}
}

// link loads the link of an id; one that leads nowhere is ErrNotFound.
func (c *InStore) link(ctx context.Context, id string) (link, Item, error) {
	item, err := c.Store.Load(ctx, c.linkKey(id))
	if err != nil {
		return link{}, item, err
	}
	l := openLink(id, item.Data)
	if l.next == "" || l.cut {
		return l, item, ErrNotFound
	}
	return l, item, nil
}

// follow loads the record that a previous id leads to. Who was under way when
// it was renewed is led there at any time, who comes late is not.
func (c *InStore) follow(ctx context.Context, id string, underWay bool) (r Record, err error) {
	for {
		l, item, err := c.link(ctx, id)
		if err != nil {
			return Record{}, err
		}
		if !underWay && !c.now().Before(l.until) {
			return c.late(ctx, id, l, item)
		}
		if r, err = c.load(ctx, l.next); !errors.Is(err, ErrNotFound) {
			return led(r, l), err
		}
		id = l.next
	}
}

// led is a record that was found by a link.
func led(r Record, l link) Record {
	r.Moved = true
	if st, _ := r.State.(*stored); st != nil {
		st.claimed = l.claimed
	}
	return r
}

// firstUse writes down that somebody has come with the id that a renewal gave
// out, and takes nothing off its life. Who is faster has done it, but for a writer
// that the previous id led there; and may have renewed the session since, so that the
// record isn't there any more.
func (c *InStore) firstUse(ctx context.Context, r Record) (Record, error) {
	for range 5 {
		saved, err := c.replace(ctx, r, max(cmp.Or(r.Life, c.life.Idle), r.State.(*stored).item.Left))
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrSessionGone) {
			return saved, err
		}
		there, err := c.load(ctx, r.ID)
		if errors.Is(err, ErrNotFound) {
			return c.follow(ctx, r.ID, false)
		}
		if err != nil || !there.State.(*stored).header.unused {
			return there, err
		}
		r = there
	}
	return r, nil
}

// finish gives a record the life that a renewal owes it. Until its last step it has a
// minute only; whoever comes with either id then does that step for a renewer that
// died before it, on whatever route and with whatever answer. A store that doesn't
// say what is left of a life leaves that to the next touch.
func (c *InStore) finish(ctx context.Context, r Record) {
	st, short := r.State.(*stored), c.untilDone()
	if st.item.Left <= 0 || st.item.Left > short || st.header.life <= short {
		return
	}
	since := c.now().Sub(st.header.renewed)
	if since >= short {
		return
	}
	if c.Store.Touch(ctx, c.recordKey(r.ID), min(st.header.life-since, c.left(st.header))) == nil {
		c.touched.set(r.ID, c.now())
	}
}

// untilDone is the life of a renewed record until its renewer comes to the last step.
func (c *InStore) untilDone() time.Duration { return max(c.Grace, time.Minute) }

// late is for who comes with a previous id after the grace period, in the native
// layout. If nobody has used the present id yet, its cookie was lost on its way:
// this is the visitor, who is let in once. Else somebody has both ids, which one
// browser hasn't: one of the two may be stolen, and the session ends.
func (c *InStore) late(ctx context.Context, id string, l link, item Item) (Record, error) {
	if c.Layout != NativeLayout {
		return Record{}, ErrNotFound
	}
	r, err := c.load(ctx, l.next)
	if errors.Is(err, ErrNotFound) {
		if _, _, err := c.link(ctx, l.next); err != nil {
			return Record{}, err // it is over
		}
	} else if err != nil {
		return Record{}, err
	}
	if err != nil || !r.State.(*stored).header.unused {
		if err := c.Drop(ctx, Record{ID: l.next}); err != nil {
			return Record{}, err
		}
		return Record{ID: l.next}, ErrReplay
	}
	if l.spent {
		return Record{}, ErrNotFound
	}
	l.spent = true
	_, err = c.Store.Update(ctx, c.linkKey(id), item, l.seal(id), max(cmp.Or(r.Life, c.life.Idle), inFlight))
	if errors.Is(err, ErrConflict) {
		err = ErrNotFound // the once was another's
	}
	return led(r, l), err
}

// cut takes the key of an id's link with one that leads nobody anywhere, and gives
// where the one that was there led; also if it was cut before, for who did that
// may not have come further, or have died.
func (c *InStore) cut(ctx context.Context, id string) (next string, err error) {
	key := c.linkKey(id)
	for range 3 {
		_, err = c.Store.Create(ctx, key, link{over: true, cut: true}.seal(id), c.buried())
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
		l := openLink(id, item.Data)
		if l.cut || l.next == "" {
			return l.next, nil
		}
		nowhere := link{next: l.next, over: true, cut: true}
		_, err = c.Store.Update(ctx, key, item, nowhere.seal(id), c.buried())
		if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			continue
		}
		return l.next, err
	}
	return "", ErrConflict
}
