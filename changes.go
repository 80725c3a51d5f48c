package dewar

import (
	"bytes"
	"slices"
)

// A change is one thing that was done to a session. A session remembers what
// was done, not only what came of it: where another changed the same record at
// the same time, the changes are done again to what is there now.
type change struct {
	op   op
	key  string
	raw  []byte // set: the value. take: what was taken
	f    func(any) any
	item any      // flash: what was added
	took [][]byte // unflash: what was taken, each encoded
}

type op uint8

const (
	opSet op = iota
	opDelete
	opClear
	opUpdate
	opTake
	opFlash
	opUnflash
)

// A ledger holds the changes in their order, and what was there before the
// first of them.
type ledger struct {
	changes []change
	before  []Entry
}

// note remembers a change, where anybody could ask for it.
func (s *Session) note(c change) {
	if !s.tracks {
		return
	}
	if s.ledger == nil {
		s.ledger = &ledger{before: slices.Clone(s.vals.entries)}
	}
	s.ledger.changes = append(s.ledger.changes, c)
}

// noteInPlace remembers what was changed in place in a value that is about to be
// updated: it was done before, and the update won't tell the two apart. What can't
// be encoded shows where it is saved.
func (s *Session) noteInPlace(key string) {
	i := s.vals.find(key)
	if i < 0 || !s.tracks {
		return
	}
	if raw, err := s.vals.inPlace(i); raw != nil && err == nil {
		s.note(change{op: opSet, key: key, raw: raw})
	}
}

// replay does the changes again, to what another left. It reports whether a
// plain Set replaced what another had set meanwhile.
func (s *Session) replay(now []Entry) (entries []Entry, clashed bool, err error) {
	v := values{codec: s.vals.codec, entries: slices.Clone(now)}
	if s.ledger == nil {
		return v.entries, false, nil
	}
	before, theirs := values{entries: s.ledger.before}, values{entries: now}
	for _, c := range s.ledger.changes {
		switch c.op {
		case opSet:
			if j := theirs.find(c.key); j >= 0 && !bytes.Equal(now[j].Raw, c.raw) && !same(now[j].Raw, before, c.key) {
				clashed = true
			}
			v.put(c.key, c.raw)
		case opDelete:
			v.remove(c.key)
		case opClear:
			v.clear()
		case opTake:
			if !same(c.raw, v, c.key) {
				return nil, false, ErrConflict // another took it, be there a new one: it was good once
			}
			v.remove(c.key)
		case opUpdate:
			err = v.update(c.key, c.f)
		case opFlash:
			err = v.update(flashesKey, func(waiting any) any { return append(slices.Clone(list(waiting)), c.item) })
		case opUnflash:
			err = v.unflash(c.took)
		}
		if err != nil {
			return nil, false, err
		}
	}
	return v.entries, clashed, nil
}

// same reports whether v has this value under key.
func same(raw []byte, v values, key string) bool {
	i := v.find(key)
	return i >= 0 && bytes.Equal(v.entries[i].Raw, raw)
}

// update puts f of the value under key in its place.
func (v *values) update(key string, f func(any) any) error {
	var old any
	if i := v.find(key); i >= 0 {
		var err error
		if old, err = v.at(i, false); err != nil {
			return err
		}
	}
	raw, err := v.codec.Encode(nil, f(old))
	if err == nil {
		v.put(key, raw)
	}
	return err
}

// unflash takes the flashes that were taken, those that are still there.
func (v *values) unflash(took [][]byte) error {
	i := v.find(flashesKey)
	if i < 0 {
		return nil
	}
	waiting, err := v.at(i, false)
	if err != nil {
		return err
	}
	rest := []any{}
	for _, item := range list(waiting) {
		raw, err := v.codec.Encode(nil, item)
		if err != nil {
			return err
		}
		if n := slices.IndexFunc(took, func(t []byte) bool { return bytes.Equal(t, raw) }); n >= 0 {
			took = slices.Delete(slices.Clone(took), n, n+1)
			continue
		}
		rest = append(rest, item)
	}
	if len(rest) == 0 {
		v.remove(flashesKey)
		return nil
	}
	raw, err := v.codec.Encode(nil, rest)
	if err == nil {
		v.put(flashesKey, raw)
	}
	return err
}
