package dewar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// Renew keeps r under a new id.
//
// Who doesn't win the claim saves under the old id: the next request with it
// is led to the new one.
func (c *InStore) Renew(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	if r.ID == "" || c.renewedJustNow(r) && !r.Anew {
		return c.Save(ctx, r, life)
	}
	saved, err := c.renewInto(ctx, c, r, life, c.Grace)
	switch {
	case errors.Is(err, errClaimed) && r.Anew:
		return "", saved, fmt.Errorf("%w: %w", ErrConflict, err) // a sign-in doesn't rely on another's new id
	case errors.Is(err, errClaimed):
		saved, err = c.replace(ctx, saved, life)
		return "", saved, err // the cookie is the winner's to send
	}
	if err != nil {
		return "", saved, err
	}
	return saved.ID, saved, nil
}

// renewedJustNow reports whether a record was found by a previous id in the grace
// period: that one is renewed already, and gets no third id.
func (c *InStore) renewedJustNow(r Record) bool {
	st, _ := r.State.(*stored)
	return r.Moved && st != nil && c.now().Before(st.claimed.Add(c.Grace))
}

// errClaimed says that another is renewing.
var errClaimed = errors.New("dewar: somebody else is renewing the session")

// renewInto keeps a record of c in to under a new id; the entries of r are as
// to has them. The previous id leads to it for lead.
//
// The order makes it safe against everybody else. The record is marked first,
// so that who signs out knows whether anybody may be renewing. The link is the
// claim, so one renewer wins. Until the old record is removed all others work
// on it, and it is removed only as it was read, so that nothing that was
// written to it is left behind; from then on all work on the new one. Killed at
// any point, either id works.
func (c *InStore) renewInto(ctx context.Context, to *InStore, r Record, life, lead time.Duration) (Record, error) {
	st, _ := r.State.(*stored)
	if st == nil {
		return r, ErrSessionGone
	}
	if life = min(life, to.left(st.header)); life <= 0 {
		return r, ErrSessionGone // its absolute life is over
	}
	st, err := c.mark(ctx, r.ID, st, life)
	if err != nil {
		return r, err
	}
	r.State = st
	if st.claim == nil {
		if st.claim, err = to.claim(ctx, c, r.ID, lead, life); err != nil {
			return r, err
		}
	}
	renewed := r
	renewed.ID = st.claim.next
	h := st.header
	// Who was let in under a planted id is not the visitor whose response was lost:
	// a sign-in's previous id is of no use after the grace period, used or not.
	h.renewed, h.marked, h.unused = to.now(), false, (c == to || lead == to.Grace) && !r.Anew
	if h.created.IsZero() { // Flask's layout doesn't say
		h.created = h.renewed
	}
	data, h, err := to.encode(renewed, life, h)
	if err != nil {
		return r, err
	}
	// Until the old record is removed the new one is kept for a short time only:
	// whoever dies here, or doesn't learn what came of it, leaves nothing behind.
	item, err := to.place(ctx, st.claim, data, min(life, to.untilDone()))
	if err != nil {
		to.giveUp(ctx, r)
		return r, err
	}
	st.claim.placed = &item
	switch err := c.Store.Remove(ctx, c.recordKey(r.ID), st.item); {
	case errors.Is(err, ErrNotFound):
		to.abandon(ctx, st.claim)
		return r, ErrSessionGone
	case err != nil: // in a conflict the claim is kept for the next try
		return r, err
	}
	err = to.Store.Touch(ctx, to.recordKey(renewed.ID), life)
	if err != nil && !errors.Is(err, ErrNotFound) { // the session depends on it
		err = to.Store.Touch(ctx, to.recordKey(renewed.ID), life)
	}
	switch {
	case errors.Is(err, ErrNotFound):
		// Somebody was led there, and signed out, or renewed it once more.
		if _, _, err := to.link(ctx, renewed.ID); errors.Is(err, ErrNotFound) {
			c.bury(ctx, r.ID, st.claim)
			return r, ErrSessionGone
		} else if err != nil {
			return r, err
		}
	case err != nil:
		return r, err
	}
	c.bury(ctx, r.ID, st.claim)
	to.touched.set(renewed.ID, to.now())
	renewed.State = &stored{item: item, header: h, untold: true}
	return renewed, nil
}

// A claim is a renewal under way: the id that was claimed, and what was put
// there.
type claim struct {
	next   string
	link   Item
	placed *Item // nil: nothing yet
}

// claim gives the renewal that a record is in.
func (r Record) claim() *claim {
	if st, _ := r.State.(*stored); st != nil {
		return st.claim
	}
	return nil
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

// claim makes the link from id, whose record is in from, to a new one. It is
// errClaimed if another made it first, and hasn't let twice the time of a commit
// go by since, which nobody does who lives.
//
// In the native layout the link is kept for as long as the session lives: see
// late.
func (c *InStore) claim(ctx context.Context, from *InStore, id string, lead, life time.Duration) (*claim, error) {
	key, now := c.linkKey(id), c.now()
	l := link{next: c.newID(), claimed: now, until: now.Add(lead)}
	keep := max(lead, inFlight)
	if c.Layout == NativeLayout {
		keep = max(keep, life)
	}
	made, err := c.Store.Create(ctx, key, l.seal(id), keep)
	if errors.Is(err, ErrExists) {
		made, err = c.takeOver(ctx, from, id, l, keep)
	}
	if errors.Is(err, ErrConflict) {
		err = errClaimed
	}
	if err != nil {
		return nil, err
	}
	return &claim{next: l.next, link: made}, nil
}

// takeOver replaces the link of a renewer that died. If it came to its end
// instead, there is no record any more.
func (c *InStore) takeOver(ctx context.Context, from *InStore, id string, l link, life time.Duration) (Item, error) {
	there, err := c.Store.Load(ctx, c.linkKey(id))
	if errors.Is(err, ErrNotFound) {
		return Item{}, ErrConflict
	}
	if err != nil {
		return Item{}, err
	}
	was := openLink(id, there.Data)
	if was.next == "" || was.cut || c.mayLive(was, l.claimed) {
		return Item{}, ErrConflict
	}
	made := there
	if _, err = from.Store.Load(ctx, from.recordKey(id)); err == nil {
		made, err = c.Store.Update(ctx, c.linkKey(id), there, l.seal(id), life)
	}
	switch {
	case errors.Is(err, ErrNotFound):
		return Item{}, ErrConflict // who saves finds out
	case err == nil:
		_ = c.Store.Delete(ctx, c.recordKey(was.next)) // what it left behind
	}
	return made, err
}

// mayLive reports whether who made l may be renewing still at a time. Nobody is who
// let twice the time of a commit go by.
func (c *InStore) mayLive(l link, at time.Time) bool {
	return at.Before(l.claimed.Add(max(c.Grace, 2*commitTime)))
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

// abandon takes away the record of a renewal that came to nothing because its
// session ended while it was under way, and all that somebody who was led there
// made of it: it must stay ended.
func (c *InStore) abandon(ctx context.Context, cl *claim) {
	_, _ = c.forget(ctx, cl.next)
}

// giveUp undoes what a renewal of r has done, if its claim is still its own, so
// that the next renewer isn't kept away, nor anybody led there. If what it placed has
// changed, somebody was led there, because the old record is gone: its session is
// being ended, and the link is left to who does that.
func (c *InStore) giveUp(ctx context.Context, r Record) {
	cl := r.claim()
	if cl == nil {
		return
	}
	if cl.placed != nil {
		err := c.Store.Remove(ctx, c.recordKey(cl.next), *cl.placed)
		if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			c.abandon(ctx, cl)
			return
		}
	}
	if c.Store.Remove(ctx, c.linkKey(r.ID), cl.link) != nil {
		return
	}
	_ = c.Store.Delete(ctx, c.recordKey(cl.next))
}
