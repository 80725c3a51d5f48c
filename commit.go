package dewar

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errUnsavable marks what the handler did wrong, as opposed to the backend.
var errUnsavable = errors.New("dewar: the session can't be saved as it is")

// unsavable marks the error of a codec that can't write what the handler left:
// the store has done nothing wrong. nil stays nil.
func unsavable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errUnsavable, err)
}

// An Answer is what a response owes to its session.
type Answer struct {
	Value     string   // the cookie's new value; empty: the client keeps what it has, or must forget it
	Forget    bool     // the client must forget its cookie
	SetCookie []string // lines to add
	Vary      bool     // the response depends on the cookie: Vary: Cookie
	Private   bool     // shared caches must not keep it: Cache-Control: private
}

// answer is an Answer before it is given out.
type answer struct {
	value, line           string
	vary, private, forget bool
}

// ending is how a request ended, as far as its session is concerned.
type ending struct {
	sent     bool // the client sent a cookie
	status   int
	fixed    bool // Route.NoKeepAlive
	panicked bool
}

// Commit saves s, if need be, and returns what the response owes to it. It is
// for sessions of [Manager.Load]; Wrap does it by itself. The session can be
// used on, by several goroutines, and committed again. After an error nothing but Answer.Vary is owed;
// ErrNoWrap says that the session isn't one of this manager's.
func (m *Manager) Commit(ctx context.Context, s *Session) (Answer, error) {
	if s.owner != m.shared {
		return Answer{}, ErrNoWrap
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := m.commit(ctx, s, ending{sent: s.sent || s.kept, status: 200, fixed: m.route.NoKeepAlive})
	if s.err != nil && !s.reported {
		s.reported = true
		m.observe(ctx, s.rec.ID, Event{Kind: Failed, Reason: failureOf(ctx, s.err, reasonValue), Err: s.err})
	}
	if err == nil {
		s.reopen(a.forget)
	}
	out := Answer{Value: a.value, Forget: a.forget, Vary: a.vary, Private: a.private}
	if a.line != "" {
		out.SetCookie = []string{a.line}
	}
	return out, err
}

// commit saves s, if need be, and tells the observer what came of it. The caller
// holds s.mu.
func (m *Manager) commit(ctx context.Context, s *Session, e ending) (answer, error) {
	s.committed = true
	a, v, err := m.conclude(ctx, s, e)
	if err != nil {
		m.observe(ctx, s.rec.ID, Event{Kind: Failed, Reason: failureOf(ctx, err, s.step(v.act)), Err: err})
		return a, err
	}
	s.modified, s.renewed, s.destroyed = false, false, false
	return a, nil
}

func (m *Manager) conclude(ctx context.Context, s *Session, e ending) (answer, verdict, error) {
	var changed bool
	var settleErr error
	if s.rules == Native {
		changed, settleErr = s.settle()
		s.modified = s.modified || changed || settleErr != nil
	}
	v := decide(s.rules, m.facts(s, e))
	a := answer{vary: v.vary}
	if v.act == leave {
		return a, v, nil
	}
	if s.rules != Native && v.act != drop {
		// Flask doesn't notice what was changed in place, but saves it along,
		// with a refresh too.
		if changed, settleErr = s.settle(); changed && v.act == touch {
			v.act = save
		}
	}
	if err := errors.Join(s.refusal(), settleErr); err != nil && v.act != drop {
		return a, v, fmt.Errorf("%w: %w", errUnsavable, err)
	}
	before := s.rec.ID
	value, done, err := m.carryOut(ctx, s, v.act)
	if errors.Is(err, errRefilled) {
		v.act = save
		value, done, err = m.carryOut(ctx, s, save)
	}
	var line string
	if err == nil {
		line, err = m.cookieLine(ctx, s, v.act, value)
	}
	reads := v.act == touch || v.act == renew && !s.modified && !s.renewed
	if reads && errors.Is(err, ErrSessionGone) {
		return a, v, nil // the cookie is left to whoever ended it
	}
	if reads && err != nil {
		// Who only reads is served all the same.
		m.observe(ctx, s.rec.ID, Event{Kind: Failed, Reason: failureOf(ctx, err, s.step(v.act)), Err: err})
		return a, v, nil
	}
	if err != nil {
		return a, v, err
	}
	if done != 0 {
		m.observe(ctx, s.rec.ID, Event{Kind: done})
	}
	a.forget = v.act == drop
	if line != "" && (!v.quiet || s.rec.ID != before) {
		a.value, a.line, a.private = value, line, s.rules == Native
	}
	return a, v, nil
}

// facts gathers what decides about s.
func (m *Manager) facts(s *Session, e ending) facts {
	f := facts{
		readOnly: s.readOnly != nil, null: m.readOnly != nil, known: !s.isNew, sent: e.sent,
		accessed: s.accessed, modified: s.modified, renewed: s.renewed, destroyed: s.destroyed,
		empty: s.empty(),
		stale: s.rec.Stale, moved: s.rec.Moved && !s.told, worn: s.rec.Worn, fixed: m.o.Life.Fixed || e.fixed,
		failed: e.status >= 500, panicked: e.panicked,
	}
	if s.rules != Native {
		f.permanent = s.permanent()
	} else {
		life := m.life(s)
		age := s.rec.Age
		if s.at != 0 {
			age += time.Duration(m.o.Now().UnixNano() - s.at)
		}
		f.due = age >= min(max(life/20, time.Minute), life/2) && age > 0
	}
	return f
}

// empty reports whether there is nothing to keep. To Flask-Session, permanence
// alone is nothing.
func (s *Session) empty() bool {
	n := len(s.vals.entries)
	if s.rules == FlaskSession08 && s.vals.find(permanentKey) >= 0 {
		n--
	}
	return n == 0 && len(s.bad) == 0
}

// life is how long s lives from now.
func (m *Manager) life(s *Session) time.Duration {
	if s.rules == Native {
		if own := lifeOf(s.vals.codec, s.vals.entries); own > 0 {
			return own
		}
	}
	return m.o.Life.Idle
}

// carryOut does with the record what the verdict says. done is what there is to
// say of it once the cookie is made too.
func (m *Manager) carryOut(ctx context.Context, s *Session, a act) (value string, done EventKind, err error) {
	rec := s.rec
	rec.Entries, rec.Anew = s.vals.entries, s.another
	var renewed bool
	switch a {
	case tell:
		return presentValue(m.o.Backend, rec), 0, nil
	case touch:
		if rec.elsewhere() {
			value, renewed, err = m.write(ctx, s, rec, save)
		}
		if !rec.elsewhere() || errors.Is(err, ErrTooLarge) { // for where it would move to
			value, err = m.o.Backend.Touch(ctx, rec, m.life(s))
		}
		if renewed {
			return value, Renewed, err
		}
		if err == nil {
			s.extended(m.o.Now)
		}
		return value, Extended, err
	case drop, restart:
		if a == drop && !s.destroyed {
			err = m.dropEmptied(ctx, s)
		} else {
			err = m.drop(ctx, rec)
		}
		if err != nil {
			return "", 0, err
		}
		if s.kept {
			reason := reasonEmptied
			if s.destroyed {
				reason = reasonDestroyed
			}
			m.observe(ctx, rec.ID, Event{Kind: Ended, Reason: reason})
		}
		s.kept = false
		if a == drop {
			return "", 0, nil
		}
		rec = Record{Entries: rec.Entries}
	}
	begun := s.isNew || a == restart
	if value, renewed, err = m.write(ctx, s, rec, a); err != nil {
		return value, 0, err
	}
	s.kept = true
	switch {
	case begun:
		return value, Created, nil
	case renewed:
		return value, Renewed, nil
	}
	return value, Saved, nil
}

// cookieLine formats the Set-Cookie of an act; empty if the client's cookie
// stays as it is.
func (m *Manager) cookieLine(ctx context.Context, s *Session, a act, value string) (string, error) {
	if a == drop {
		return m.o.Cookie.expire(s.rules), nil
	}
	if value == "" {
		return "", nil
	}
	line, err := m.o.line(value, s.rules != Native && s.permanent(), m.life(s))
	if err != nil && s.rules != Native {
		m.observe(ctx, "", Event{Kind: Warned, Reason: tooLargeWarning(&m.o.Cookie, value, line)})
		err = nil
	}
	return line, err
}

// tooLargeWarning is the sentence of werkzeug.http.dump_cookie.
func tooLargeWarning(c *Cookie, value, line string) string {
	return fmt.Sprintf("The '%s' cookie is too large: the value was %d bytes but the header required %d extra bytes."+
		" The final size was %d bytes but the limit is %d bytes. Browsers may silently ignore cookies larger than this.",
		c.Name, len(value), len(line)-len(value), len(line), c.MaxBytes)
}
