package dewar

import (
	"fmt"
	"time"
)

const (
	userKey      = "_user_id"   // Flask-Login's
	permanentKey = "_permanent" // Flask's
)

// Renew gives the session a new id and keeps its values: call it wherever
// what the visitor may do changes, so that an id planted or seen before is
// worth nothing after, but for the grace period (Life.Grace), in which the
// visitor's own requests in flight may still come with it (and so may a thief who
// has it already, and asks in that time). [Session.Login] does. A session in a cookie has no id:
// there, Renew makes the cookie anew.
func (s *Session) Renew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew()
}

func (s *Session) renew() {
	s.accessed = true
	if s.writable() {
		s.renewed = true
		s.modified = s.modified || s.rules == Flask // which has no other way to write it anew
	}
}

// Login binds the session to a user and renews it. The user is kept as text
// under "_user_id", where Flask-Login looks for it: to it, the visitor is
// signed in, but not freshly (fresh_login_required asks again).
func (s *Session) Login(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.login = user
	s.another = s.another || userOf(s.vals.codec, s.vals.entries) != user
	s.set(userKey, user, change{op: opSet, key: userKey})
	s.renew()
}

// userOf is whom entries are bound to.
func userOf(c Codec, entries []Entry) string {
	for i := range entries {
		if entries[i].Key == userKey {
			v, _ := c.Decode(entries[i].Raw)
			return userText(v)
		}
	}
	return ""
}

func userText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64: // some applications keep a number there
		return fmt.Sprint(v)
	}
	return ""
}

// User is whom the session was bound to by [Session.Login] or by Flask-Login;
// empty if by nobody.
func (s *Session) User() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, _ := s.lookup(userKey, false)
	return userText(v)
}

// Destroy ends the session: its record is forgotten, its values too, and the
// browser is told to forget the cookie. What is set afterwards, such as a
// last flash, begins a new one.
func (s *Session) Destroy() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	if s.writable() {
		s.destroyed, s.modified, s.isNew = true, true, true
	}
}

// SetLife gives this session a life of its own instead of Options.Life.Idle,
// such as a month for "remember me", in whole seconds, rounded up. 0 or less takes it
// away again. Under Flask's rules lives are the application's alone:
// [Session.Permanent] is the word there, and SetLife shows in [Session.Err].
func (s *Session) SetLife(idle time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.rules != Native:
		s.fault(errLifeRules)
	case idle <= 0:
		s.remove(lifeKey, change{op: opDelete, key: lifeKey})
	default:
		s.set(lifeKey, int64((min(idle, maxLife)+time.Second-1)/time.Second), change{op: opSet, key: lifeKey})
	}
}

// Permanent says whether the cookie outlives the browser: session.permanent
// of Flask, kept under "_permanent". Under native rules the cookie's life is
// told by Options and [Session.SetLife], and Permanent shows in [Session.Err].
func (s *Session) Permanent(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rules == Native {
		s.fault(errPermanentRules)
		return
	}
	s.set(permanentKey, on, change{op: opSet, key: permanentKey})
}

// IsPermanent reports whether the value under "_permanent" is true as Python
// sees it, which is how Flask reads it: a number but 0, a text but "" and so
// on count.
func (s *Session) IsPermanent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.permanent()
}

func (s *Session) permanent() bool { return s.vals.permanent() }

func (v *values) permanent() bool {
	i := v.find(permanentKey)
	if i < 0 {
		return false
	}
	val, err := v.at(i, false)
	return err == nil && truthy(val)
}
