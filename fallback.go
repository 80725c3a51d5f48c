package dewar

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Fallback is a Backend for moving house: sessions are kept by New, and those
// that only Old knows are found there and move when they are next saved, under
// the id that they have, so that nobody is logged out. Once Old is empty, or
// its longest life is over, use New alone.
//
// Between two stores no update of two requests is lost and no logout undone. In
// the one moment in which a session moves, a third request that renews it at
// the same time, or a store that fails in the middle, can cost one of them its
// change, and what a program that knows only Old writes may be lost. A signed
// cookie can't be taken back: moving from InCookie, a copy of an old
// cookie leads to its session as long as Old is asked.
type Fallback struct {
	New Backend // needed
	Old Backend // needed
}

// elsewhere is the Record.State of a session that only Old has.
type elsewhere struct{ old Record }

// SessionCodec is New's.
func (f Fallback) SessionCodec() Codec { return codecOf(f.New) }

// Open asks New, Old, and New again. Where neither has a session, the reason is
// New's.
func (f Fallback) Open(ctx context.Context, value string) (Record, error) {
	r, err := f.New.Open(ctx, value)
	if !errors.Is(err, ErrNoSession) {
		return r, err
	}
	old, oldErr := f.Old.Open(ctx, value)
	switch {
	case errors.Is(oldErr, ErrNoSession):
		return f.New.Open(ctx, value) // it may have moved between the two questions
	case oldErr != nil:
		return Record{}, oldErr
	}
	return f.found(old)
}

// found makes a record of Old one that New could save.
func (f Fallback) found(old Record) (Record, error) {
	from, to := codecOf(f.Old), codecOf(f.New)
	r := old
	r.Entries = make([]Entry, len(old.Entries), len(old.Entries)+1)
	for i, e := range old.Entries {
		v, err := from.Decode(e.Raw)
		if err == nil {
			e.Raw, err = to.Encode(nil, v)
		}
		if err != nil {
			return Record{}, fmt.Errorf("%w: %w: %w", ErrNoSession, ErrUndecodable, err)
		}
		r.Entries[i] = e
	}
	old.Entries = nil
	r.State = &elsewhere{old}
	return r, nil
}

// Reload asks New, where the session may be by now, then Old.
func (f Fallback) Reload(ctx context.Context, r Record) (Record, error) {
	st, ok := r.State.(*elsewhere)
	if !ok {
		return f.New.Reload(ctx, r)
	}
	fresh, err := f.New.Reload(ctx, Record{ID: r.ID})
	if !errors.Is(err, ErrSessionGone) {
		return fresh, err
	}
	old, err := f.Old.Reload(ctx, st.old)
	if errors.Is(err, ErrSessionGone) {
		return f.New.Reload(ctx, Record{ID: r.ID}) // it may have moved between the two questions
	}
	if err != nil {
		return Record{}, err
	}
	return f.found(old)
}

// Save saves to New. A session of Old moves: it is kept by New first, then
// removed from Old as it was read, which fails if it ended or changed
// meanwhile.
func (f Fallback) Save(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	st, ok := r.State.(*elsewhere)
	if !ok {
		return f.New.Save(ctx, r, life)
	}
	value, saved, err := f.take(ctx, Record{ID: r.ID, Entries: r.Entries}, life)
	if err != nil {
		return "", r, err
	}
	old, ok := f.Old.(remover)
	if !ok {
		return value, saved, nil
	}
	err = old.remove(ctx, st.old)
	switch {
	case errors.Is(err, ErrConflict), errors.Is(err, ErrSessionGone):
		f.undo(ctx, saved)
		return "", r, err
	case err != nil:
		return "", r, err // whether it is gone is unknown: New keeps it
	}
	return value, saved, nil
}

// undo takes back a move. It forgets that record alone, not what it became if
// it was renewed before.
func (f Fallback) undo(ctx context.Context, saved Record) {
	to, ok := f.New.(remover)
	if !ok {
		return
	}
	for id := saved.ID; errors.Is(to.remove(ctx, saved), ErrConflict); {
		var err error
		if saved, err = f.New.Reload(ctx, Record{ID: id}); err != nil || saved.ID != id {
			return
		}
	}
}

// take keeps a record of Old in New, under its id if New's sessions have one.
func (f Fallback) take(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	if to, ok := f.New.(adopter); ok && r.ID != "" {
		return to.adopt(ctx, r, life)
	}
	r.ID = ""
	return f.New.Save(ctx, r, life)
}

// Renew renews in New; a session of Old moves first.
func (f Fallback) Renew(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	if _, ok := r.State.(*elsewhere); !ok {
		return f.New.Renew(ctx, r, life)
	}
	_, saved, err := f.Save(ctx, r, life)
	if err != nil {
		return "", r, err
	}
	saved.Entries = r.Entries
	return f.New.Renew(ctx, saved, life)
}

// Touch extends the session where it is.
func (f Fallback) Touch(ctx context.Context, r Record, life time.Duration) (string, error) {
	if st, ok := r.State.(*elsewhere); ok {
		return f.Old.Touch(ctx, st.old, life)
	}
	return f.New.Touch(ctx, r, life)
}

// Drop forgets the session wherever it is.
func (f Fallback) Drop(ctx context.Context, r Record) error {
	st, ok := r.State.(*elsewhere)
	if !ok {
		return errors.Join(f.Old.Drop(ctx, Record{ID: r.ID}), f.New.Drop(ctx, r))
	}
	return errors.Join(f.Old.Drop(ctx, st.old), f.New.Drop(ctx, Record{ID: r.ID}))
}
