package dewar

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Fallback is a Backend for moving house: sessions are kept by New, and those
// that only Old knows are found there and move when they are next saved, or
// have their life extended, so that nobody is logged out. Once Old is empty, or
// its longest life is over, use New alone.
//
// Between two stores a move is a renewal (see [InStore.Renew]): the session gets
// a new id, its previous one leads to it for as long as it would have lived
// (for the grace period if it was Renew or Login that moved it), and no update of
// two programs that have the Fallback is lost and no sign-out undone, whoever dies
// in the middle. What a program that knows only Old writes
// in the moment of the move is not lost either; afterwards it finds no session,
// and its sign-out of one that has moved ends nothing.
//
// Cookies give none of this. A signed one can't be taken back: moving from
// InCookie, a copy of an old cookie leads to its session as long as Old is asked;
// moving to it, the record is gone before the cookie has arrived. A session that is
// too large for the cookie (Cookie.MaxBytes) stays in Old, where use extends its life,
// and moves once it is small enough. What a handler writes that is too large is a
// *CookieSizeError, and the record is as it was; under Flask's rules it is saved in
// Old, with a warning.
type Fallback struct {
	New Backend // needed
	Old Backend // needed

	o *Options // of the manager; nil: none has it
}

// elsewhere is the Record.State of a session that only Old has.
type elsewhere struct{ old Record }

// elsewhere reports whether r is to be saved where its life would be extended: it moves.
func (r Record) elsewhere() bool {
	_, ok := r.State.(*elsewhere)
	return ok
}

// SessionCodec is New's.
func (f Fallback) SessionCodec() Codec { return codecOf(f.New) }

// Open asks New, Old, and New again. Where neither has a session, the reason is
// New's. What New finds by a link may still be on its way: if Old has it, that
// counts.
func (f Fallback) Open(ctx context.Context, value string) (Record, error) {
	r, err := f.New.Open(ctx, value)
	if !errors.Is(err, ErrNoSession) && !(err == nil && r.Moved) || errors.Is(err, ErrReplay) {
		return r, err
	}
	old, oldErr := f.Old.Open(ctx, value)
	switch {
	case oldErr == nil:
		return f.found(old)
	case !errors.Is(oldErr, ErrNoSession) || errors.Is(oldErr, ErrReplay) || errors.Is(oldErr, ErrExpired):
		return old, oldErr
	case err == nil:
		return r, nil
	}
	if m, ok := f.Old.(mover); ok {
		if id, ok := m.idOf(value); ok && homeOf(f.New) != nil && m.home() != nil {
			return f.moved(ctx, id, false, err)
		}
	}
	return f.New.Open(ctx, value) // it may have moved between the two questions
}

// moved finds a session of Old that has moved, perhaps after Old renewed it, or
// gives none.
func (f Fallback) moved(ctx context.Context, id string, underWay bool, none error) (Record, error) {
	ids, err := homeOf(f.Old).onward(ctx, id, underWay)
	if !errors.Is(err, ErrNotFound) {
		return Record{}, err
	}
	for _, id := range ids {
		r, err := homeOf(f.New).follow(ctx, id, underWay)
		switch {
		case errors.Is(err, ErrNotFound):
		case errors.Is(err, ErrUndecodable), errors.Is(err, ErrReplay):
			return r, fmt.Errorf("%w: %w", ErrNoSession, err)
		default:
			return r, err
		}
	}
	return Record{}, none
}

// found makes a record of Old one that New could save.
func (f Fallback) found(old Record) (Record, error) {
	r := old
	var err error
	if r.Entries, err = translated(old.Entries, codecOf(f.Old), codecOf(f.New)); err != nil {
		return Record{}, fmt.Errorf("%w: %w: %w", ErrNoSession, ErrUndecodable, err)
	}
	old.Entries = nil
	r.State = &elsewhere{old}
	return r, nil
}

func translated(entries []Entry, from, to Codec) ([]Entry, error) {
	out := make([]Entry, len(entries), len(entries)+1)
	for i, e := range entries {
		v, err := from.Decode(e.Raw)
		if err == nil {
			e.Raw, err = to.Encode(nil, v)
		}
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// Reload asks Old as long as it has the session, then New.
func (f Fallback) Reload(ctx context.Context, r Record) (Record, error) {
	st, ok := r.State.(*elsewhere)
	if !ok {
		return f.New.Reload(ctx, r)
	}
	to, under := homeOf(f.New), st.old.claim()
	was := st.old
	if to != nil {
		was.State = withoutClaim(was.State) // it is New's to abandon
	}
	old, err := f.Old.Reload(ctx, was)
	if err == nil && old.ID == st.old.ID {
		if now, ok := old.State.(*stored); ok {
			now.claim = under
		}
		return f.found(old)
	}
	if err != nil && !errors.Is(err, ErrSessionGone) {
		return Record{}, err
	}
	if to != nil && under != nil {
		to.abandon(ctx, under)
	}
	if err == nil {
		return f.found(old)
	}
	if to == nil || homeOf(f.Old) == nil {
		return Record{}, ErrSessionGone
	}
	return f.moved(ctx, r.ID, true, ErrSessionGone)
}

func withoutClaim(state any) any {
	if st, ok := state.(*stored); ok {
		without := *st
		without.claim = nil
		return &without
	}
	return state
}

// giveUp undoes the beginning of a move.
func (f Fallback) giveUp(ctx context.Context, r Record) {
	if st, ok := r.State.(*elsewhere); ok {
		r = st.old
	}
	to := homeOf(f.New)
	if to == nil { // it was renewed where it is
		to = homeOf(f.Old)
	}
	if to != nil {
		to.giveUp(ctx, r)
	}
}

// Save saves to New; a session of Old moves.
func (f Fallback) Save(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	return f.save(ctx, r, life, life, f.Old.Save)
}

// A saver is a Backend's Save or Renew.
type saver = func(context.Context, Record, time.Duration) (string, Record, error)

// save saves to New, or by keep where the session is if it doesn't fit there.
func (f Fallback) save(ctx context.Context, r Record, life, lead time.Duration, keep saver) (string, Record, error) {
	st, ok := r.State.(*elsewhere)
	if !ok {
		return f.New.Save(ctx, r, life)
	}
	from, to := homeOf(f.Old), homeOf(f.New)
	if from == nil || to == nil {
		return f.carry(ctx, from, st.old, r, life, keep)
	}
	moving := st.old
	moving.Entries = r.Entries
	moved, err := from.renewInto(ctx, to, moving, life, lead)
	if err == nil {
		return f.New.(mover).value(moved.ID), moved, nil
	}
	moved.Entries = nil
	r.State = &elsewhere{moved}
	if errors.Is(err, errClaimed) && r.Anew {
		return "", r, fmt.Errorf("%w: %w", ErrConflict, err)
	}
	if errors.Is(err, errClaimed) {
		_, r, err = f.stay(ctx, r, moved, life, f.Old.Save)
		return "", r, err // the cookie is the winner's to send
	}
	return "", r, err
}

// stay keeps a session that somebody else is moving, or that doesn't fit into New's
// cookie, where it is.
func (f Fallback) stay(ctx context.Context, r, old Record, life time.Duration, keep saver) (string, Record, error) {
	var err error
	old.Anew = r.Anew
	if old.Entries, err = translated(r.Entries, codecOf(f.New), codecOf(f.Old)); err != nil {
		return "", r, err
	}
	value, saved, err := keep(ctx, old, life)
	if err == nil || saved.State != nil { // a renewal that failed says how far it came
		saved.Entries = nil
		r.ID, r.State = saved.ID, &elsewhere{saved}
	}
	return value, r, err
}

// carry moves a session out of a signed cookie, or into one, if it fits: what was read
// from a store is removed only as it was read.
func (f Fallback) carry(ctx context.Context, from *InStore, old, r Record, life time.Duration, keep saver) (string, Record, error) {
	value, saved, err := f.New.Save(ctx, Record{Entries: r.Entries}, life)
	if err == nil && f.o != nil {
		vals := values{codec: codecOf(f.New), entries: r.Entries}
		_, err = f.o.line(value, vals.permanent(), life)
		if err != nil && f.o.Rules != Native {
			f.o.observe(ctx, old.ID, Event{Kind: Warned, Reason: err.Error() + ": the session stays where it was"})
			return f.stay(ctx, r, old, life, keep)
		}
	}
	if err == nil && from != nil {
		err = from.remove(ctx, old)
	} else if _, inCookie := f.Old.(InCookie); err == nil && !inCookie {
		err = f.Old.Drop(ctx, old)
	}
	if err != nil {
		return "", r, err
	}
	return value, saved, nil
}

// Renew renews in New; a session of Old moves, which gives it a new id.
func (f Fallback) Renew(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	if _, ok := r.State.(*elsewhere); ok {
		lead := life
		if to := homeOf(f.New); to != nil {
			lead = to.Grace
		}
		return f.save(ctx, r, life, lead, f.Old.Renew)
	}
	return f.New.Renew(ctx, r, life)
}

// Touch extends the session's life, where it is.
func (f Fallback) Touch(ctx context.Context, r Record, life time.Duration) (string, error) {
	if st, ok := r.State.(*elsewhere); ok {
		return f.Old.Touch(ctx, st.old, life)
	}
	return f.New.Touch(ctx, r, life)
}

// dropAsRead forgets the session where it is, if it is as it was read.
func (f Fallback) dropAsRead(ctx context.Context, r Record) ([]string, error) {
	st, ok := r.State.(*elsewhere)
	from, to := homeOf(f.Old), homeOf(f.New)
	switch {
	case ok && from != nil:
		ids, err := from.dropAsRead(ctx, st.old)
		for _, id := range ids {
			if err == nil && to != nil {
				_, err = to.forget(ctx, id)
			}
		}
		return ids, err
	case !ok && to != nil:
		return to.dropAsRead(ctx, r)
	}
	return nil, f.Drop(ctx, r)
}

// Drop forgets the session wherever it is, and wherever it is going.
func (f Fallback) Drop(ctx context.Context, r Record) error {
	st, ok := r.State.(*elsewhere)
	if !ok {
		return f.New.Drop(ctx, r)
	}
	from, to := homeOf(f.Old), homeOf(f.New)
	if from == nil || to == nil {
		return f.Old.Drop(ctx, st.old)
	}
	if was, _ := st.old.State.(*stored); was == nil || was.header.marked {
		if err := to.clear(ctx, st.old.ID); err != nil {
			return err
		}
	}
	ids, err := from.drop(ctx, st.old)
	for _, id := range ids {
		if err == nil {
			_, err = to.forget(ctx, id)
		}
	}
	return err
}
