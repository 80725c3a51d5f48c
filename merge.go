package dewar

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// commitTime is how long a commit may take, conflicts included, once the
// handler is done. A client that went away doesn't cut it short: what the
// handler did is saved or it isn't.
const commitTime = 5 * time.Second

// write saves or renews a record. Where another changed it since it was read,
// what this session did is done again to what is there now, until it holds or
// the time is over. After the first conflict those of this process take turns.
//
// renewed says that this, and nobody else, gave the session a new id.
func (m *Manager) write(ctx context.Context, s *Session, rec Record, a act) (value string, renewed bool, err error) {
	if !s.tracks { // nobody else can have changed it
		value, _, err = m.saveOrRenew(ctx, s, rec, a)
		return value, false, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	var unlock func() // nil: it isn't our turn
	yield := func() {
		if unlock != nil {
			unlock()
			unlock = nil
		}
	}
	defer yield()
	for attempt := 0; ; attempt++ {
		var saved Record
		if value, saved, err = m.saveOrRenew(ctx, s, rec, a); err == nil {
			return value, rec.ID != "" && saved.ID != rec.ID, nil
		}
		if rec.ID == "" || !errors.Is(err, ErrConflict) && !errors.Is(err, ErrSessionGone) {
			return "", false, err
		}
		switch {
		case errors.Is(err, errClaimed): // a turn would keep from it who renews
			yield()
			err = pause(ctx, attempt)
		case unlock == nil:
			unlock, err = m.locks.lock(ctx, rec.ID)
		default:
			err = pause(ctx, attempt)
		}
		var fresh Record
		if err == nil {
			fresh, err = m.merge(ctx, s, saved)
		}
		if err != nil {
			m.giveUp(context.WithoutCancel(ctx), saved)
			return "", false, err
		}
		if fresh.ID != rec.ID && !fresh.Anew {
			a = save // renewed by another already
		}
		rec = fresh
	}
}

// pause waits a little longer each time, for those of other processes.
func pause(ctx context.Context, attempt int) error {
	if attempt > 1 {
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(min(attempt, 20)) * time.Millisecond):
		}
	}
	return ctx.Err()
}

// giveUp tells the backend that a renewal that met a conflict won't be tried
// again.
func (m *Manager) giveUp(ctx context.Context, failed Record) {
	if b, ok := m.o.Backend.(interface{ giveUp(context.Context, Record) }); ok {
		b.giveUp(ctx, failed)
	}
}

// saveOrRenew asks the backend once; what it saved is the session's record from
// then on.
func (m *Manager) saveOrRenew(ctx context.Context, s *Session, rec Record, a act) (value string, saved Record, err error) {
	if a == renew {
		value, saved, err = m.o.Backend.Renew(ctx, rec, m.life(s))
	} else {
		value, saved, err = m.o.Backend.Save(ctx, rec, m.life(s))
	}
	if err == nil {
		s.rec = saved
		s.rec.Entries = nil
	}
	return value, saved, err
}

// merge reads the record again and does the session's changes to it.
func (m *Manager) merge(ctx context.Context, s *Session, failed Record) (Record, error) {
	fresh, err := m.o.Backend.Reload(ctx, failed)
	if err != nil {
		return Record{}, err
	}
	fresh.Anew = s.login != "" && s.login != userOf(s.vals.codec, fresh.Entries)
	entries, clashed, err := s.replay(fresh.Entries)
	if errors.Is(err, ErrConflict) {
		return Record{}, err
	}
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", errUnsavable, err)
	}
	if clashed {
		if m.o.Strict {
			return Record{}, ErrConflict
		}
		m.observe(ctx, Event{Kind: Conflict, id: fresh.ID})
	}
	s.vals = values{codec: s.vals.codec, entries: entries}
	fresh.Entries = entries
	return fresh, nil
}
