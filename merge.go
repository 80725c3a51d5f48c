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
	clashed := false
	for attempt := 0; ; attempt++ {
		var saved Record
		if value, saved, err = m.saveOrRenew(ctx, s, rec, a); err == nil {
			if clashed {
				m.observe(ctx, saved.ID, Event{Kind: Conflict})
			}
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
			fresh, clashed, err = m.merge(ctx, s, saved)
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
	ctx, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	if b, ok := m.o.Backend.(careful); ok {
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
		s.rec.Entries, s.rec.Worn = nil, false
		s.extended(m.o.Now)
	}
	return value, saved, err
}

// drop forgets a record, also if the client doesn't wait for it.
func (m *Manager) drop(ctx context.Context, rec Record) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	return m.o.Backend.Drop(ctx, rec)
}

// errRefilled says that a session that was emptied isn't empty, after what another
// wrote meanwhile.
var errRefilled = errors.New("dewar: the session isn't empty any more")

// dropEmptied forgets the record of a session that its handler emptied, which under
// Flask's rules ends it. That is a change as any other and no sign-out: what another
// wrote meanwhile stays.
func (m *Manager) dropEmptied(ctx context.Context, s *Session) error {
	b, ok := m.o.Backend.(careful)
	if !ok || !s.tracks {
		return m.drop(ctx, s.rec)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	for attempt := 0; ; attempt++ {
		_, err := b.dropAsRead(ctx, s.rec)
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrSessionGone) {
			return err
		}
		fresh, _, err := m.merge(ctx, s, s.rec)
		if errors.Is(err, ErrSessionGone) {
			return nil
		}
		if err != nil {
			return err
		}
		s.rec = fresh
		s.rec.Entries = nil
		if !s.empty() {
			return errRefilled
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// merge reads the record again and does the session's changes to it.
func (m *Manager) merge(ctx context.Context, s *Session, failed Record) (Record, bool, error) {
	fresh, err := m.o.Backend.Reload(ctx, failed)
	if err != nil {
		return Record{}, false, err
	}
	fresh.Anew = s.login != "" && s.login != userOf(s.vals.codec, fresh.Entries)
	entries, clashed, err := s.replay(fresh.Entries)
	if errors.Is(err, ErrConflict) {
		return Record{}, false, err
	}
	if err != nil {
		return Record{}, false, fmt.Errorf("%w: %w", errUnsavable, err)
	}
	if clashed && m.o.Strict {
		return Record{}, false, ErrConflict
	}
	s.vals = values{codec: s.vals.codec, entries: entries}
	fresh.Entries = entries
	return fresh, clashed, nil
}
