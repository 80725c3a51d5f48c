package dewar

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec/taggedjson"
)

// A Session is what a handler meets of a visitor's session: values under
// names. It is pure memory: it was read before the handler was called, and is
// saved, if need be, just before the response begins.
//
// A Session is safe for the goroutines of one request. The maps and slices
// that Get hands out are not: they belong to one goroutine. The zero Session is
// of no use; [NewSession] makes one for tests. Printing a Session prints
// nothing of it.
//
// Some keys have a meaning of their own: "_permanent" and "_flashes" as in
// Flask, "_user_id" as in Flask-Login, "_life" for [Session.SetLife].
type Session struct {
	mu    sync.Mutex
	vals  values
	rec   Record
	rules Rules

	isNew     bool
	accessed  bool
	modified  bool
	renewed   bool
	destroyed bool
	committed bool
	late      bool // changed after that, where it can't be saved
	sent      bool // the client sent a cookie
	kept      bool // it was loaded or saved
	tracks    bool // another may change the record: changes are remembered
	another   bool // Login bound it to somebody else than before
	told      bool // a commit has told the client its present cookie
	reported  bool // a commit has told the observer of err
	owner     *shared
	at        int64 // when rec.Age was so much, in ns of Unix's; 0: in this request

	login string // whom Login bound it to in this request

	readOnly error            // why nothing can be saved; nil: it can
	bad      map[string]error // keys whose last Set couldn't be encoded
	err      error            // what else went wrong
	flashes  *[]Flash         // Flask's rules: what this request has taken
	ledger   *ledger          // what was done; nil: nothing
}

// NewSession returns a session that isn't any visitor's, for unit tests: put
// it into a context with [NewContext]. Values that can't be part of a session
// show in [Session.Err].
func NewSession(vals map[string]any) *Session {
	s := &Session{isNew: true}
	s.vals.codec = taggedjson.Codec{}
	for k, v := range vals {
		s.Set(k, v)
	}
	s.modified = false
	return s
}

// Get returns the value under key, or nil if there is none. Whole numbers are
// int64 (*big.Int where that is too small), others float64; the other types
// are listed in package codec. A map or slice is live: what is changed in it
// in place is saved too, under Flask's rules only if something else was set
// (Flask doesn't notice). Slices grow by Set or Update.
//
// A value that can't be decoded is kept as it is, reads as nil, and shows in
// [Session.Err].
func (s *Session) Get(key string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, _ := s.lookup(key, true)
	return v
}

// lookup is Get for a caller that holds mu; err is ErrNoValue where there is
// nothing.
func (s *Session) lookup(key string, share bool) (any, error) {
	s.accessed = true
	i := s.vals.find(key)
	if i < 0 {
		return nil, ErrNoValue
	}
	v, err := s.vals.at(i, share)
	if err != nil {
		err = fmt.Errorf("dewar: a value that can't be read: %w", err)
		s.fault(err)
		return nil, err
	}
	return v, nil
}

// look says that the response depends on the session, or on its absence.
func (s *Session) look() {
	s.mu.Lock()
	s.accessed = true
	s.mu.Unlock()
}

// Has reports whether there is a value under key, be it nil.
func (s *Session) Has(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.vals.find(key) >= 0
}

// Len is the number of values.
func (s *Session) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return len(s.vals.entries)
}

// All yields the keys and values, each as [Session.Get] gives it, in the order
// in which they were read and set. The session may be changed meanwhile: the
// keys are those of the start, less those deleted meanwhile.
func (s *Session) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		s.mu.Lock()
		s.accessed = true
		keys := make([]string, len(s.vals.entries))
		for i := range keys {
			keys[i] = s.vals.entries[i].Key
		}
		s.mu.Unlock()
		for _, k := range keys {
			s.mu.Lock()
			v, err := s.lookup(k, true)
			s.mu.Unlock()
			if !errors.Is(err, ErrNoValue) && !yield(k, v) {
				return
			}
		}
	}
}

// Set puts v under key. It is encoded now: what is changed in v afterwards
// isn't seen. A value that can't be encoded leaves the old one in place,
// shows in [Session.Err] as a *codec.ValueError, and the session isn't saved,
// nor the handler's response sent, unless the key is set or deleted again.
func (s *Session) Set(key string, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(key, v, change{op: opSet, key: key})
}

// set puts v under key, which c did.
func (s *Session) set(key string, v any, c change) {
	s.accessed = true
	if !s.writable() {
		return
	}
	raw, err := s.vals.codec.Encode(nil, v)
	if err == nil && !utf8.ValidString(key) {
		_, err = s.vals.codec.Encode(nil, key) // a codec may take halves of surrogate pairs
	}
	if err != nil {
		if s.bad == nil {
			s.bad = map[string]error{}
		}
		s.bad[key] = fmt.Errorf("dewar: %w", err)
		s.modified = true
		return
	}
	delete(s.bad, key)
	if c.op == opSet {
		c.raw = raw
	}
	s.note(c)
	// Flask takes an equal value for a change (werkzeug's UpdateDictMixin).
	if s.vals.put(key, raw) || s.rules != Native {
		s.modified = true
	}
}

// Update puts f of the value under key (nil if there is none) in its place
// and returns it. Where another changes the session at the same time, f runs
// again on what is there then, so the result is provisional until the session
// is saved, and f must depend on nothing else. f must not use the session.
func (s *Session) Update(key string, f func(any) any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteInPlace(key)
	v, _ := s.lookup(key, true)
	v = f(v)
	s.set(key, v, change{op: opUpdate, key: key, f: f})
	return v
}

// Delete forgets the value under key; there need be none.
func (s *Session) Delete(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(key, change{op: opDelete, key: key})
}

// remove forgets key, which c did.
func (s *Session) remove(key string, c change) {
	s.accessed = true
	if !s.writable() {
		return
	}
	delete(s.bad, key)
	if s.vals.find(key) >= 0 {
		s.note(c)
	}
	if s.vals.remove(key) {
		s.modified = true
	}
}

// Clear forgets all values and keeps the session; it is not a sign-out, which
// is [Session.Destroy]. Under Flask's rules an emptied session is deleted from
// the browser, as session.clear() does.
func (s *Session) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

func (s *Session) clear() {
	s.accessed = true
	if !s.writable() {
		return
	}
	s.bad = nil
	s.note(change{op: opClear})
	if s.rules == FlaskSession08 {
		s.clearButPermanence()
		return
	}
	if len(s.vals.entries) > 0 || s.rules != Native {
		s.modified = true
	}
	s.vals.clear()
}

// Peek returns the entries as they would be saved now, values still encoded,
// and is the one look that leaves no trace: it doesn't count as an access, so
// the response needs no Vary for it. It is for tools that watch a program, not
// for handlers. The error is that of a value that can't be encoded.
func (s *Session) Peek() ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := slices.Clone(s.vals.entries)
	for i, val := range s.vals.live {
		if val == nil {
			continue
		}
		raw, err := s.vals.codec.Encode(nil, val)
		if err != nil {
			return nil, fmt.Errorf("dewar: a value changed in place: %w", err)
		}
		entries[i].Raw = raw
	}
	return entries, nil
}

// clearButPermanence is ServerSideSession.clear of Flask-Session.
func (s *Session) clearButPermanence() {
	permanent, err := s.lookup(permanentKey, false)
	s.vals.clear()
	if err != nil {
		permanent = false
	}
	s.set(permanentKey, permanent, change{op: opSet, key: permanentKey})
}

// IsNew reports whether the session began with this request.
func (s *Session) IsNew() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.isNew
}

// Handle is a digest of the session's id, safe to show and to log: 16 hex digits,
// another for each id, so that Renew changes it. It is empty where there is no
// id: in a cookie, and before a new session is saved.
func (s *Session) Handle() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return handle(s.rec.ID)
}
