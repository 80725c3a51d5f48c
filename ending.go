package dewar

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// What becomes of a session besides its values: what went wrong, and how its
// request ends.

// Err reports what went wrong with this session so far: a value that couldn't
// be set or read, a change that came too late to be saved (ErrTooLate) or to
// a session that can't be saved (ErrReadOnly). It is nil if all is well.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.refusal(), s.trouble())
}

// trouble is what went wrong besides.
func (s *Session) trouble() error {
	if s.late {
		return errors.Join(s.err, ErrTooLate)
	}
	return s.err
}

// refusal says why the session can't be saved as it is, or nil.
func (s *Session) refusal() error {
	for _, err := range s.bad {
		return err
	}
	return nil
}

// fault keeps the first of what went wrong.
func (s *Session) fault(err error) {
	if s.err == nil {
		s.err = err
	}
}

// writable reports whether a change can still be saved; if not, it keeps why.
func (s *Session) writable() bool {
	switch {
	case s.readOnly != nil:
		s.fault(s.readOnly)
		return false
	case s.committed:
		s.late = true
	}
	return true
}

// settle encodes what was changed in place.
func (s *Session) settle() (changed bool, err error) {
	return s.vals.settle(func(key string, raw []byte) { s.note(change{op: opSet, key: key, raw: raw}) })
}

// step is the word for what the backend couldn't do.
func (s *Session) step(a act) string {
	switch {
	case a == touch:
		return reasonExtend
	case a == drop, a == restart && s.kept: // else it is forgotten already
		return reasonEnd
	}
	return reasonSave
}

// ended settles the account of a session whose response is over: what was lost as it
// came too late, and what else went wrong and nobody was told of.
func (s *Session) ended() (lost string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rules == Native && s.readOnly == nil {
		if changed, err := s.settle(); changed || err != nil {
			s.late = true
		}
	}
	switch {
	case !s.late:
	case s.destroyed:
		lost = reasonEnd
	case s.renewed:
		lost = reasonRenew
	default:
		lost = reasonSave
	}
	if s.reported {
		return lost, nil
	}
	return lost, s.err
}

// extended notes that the life of the session began anew.
func (s *Session) extended(now func() time.Time) {
	s.rec.Age, s.rec.Stale = 0, false
	if s.at != 0 {
		s.at = now().UnixNano()
	}
}

// reopen makes a session that was committed ready for the next round. The caller
// holds mu.
func (s *Session) reopen(forgotten bool) {
	s.committed, s.late, s.told = false, false, true
	s.isNew = s.isNew && s.rec.ID == "" && len(s.vals.entries) == 0 || forgotten
	s.ledger, s.flashes, s.login, s.another = nil, nil, "", false
	if forgotten {
		s.rec = Record{}
	}
}

// Format prints the type: what a session holds is nobody's to print.
func (s *Session) Format(f fmt.State, _ rune) { io.WriteString(f, "dewar.Session") }

// LogValue is Format for log/slog.
func (s *Session) LogValue() slog.Value { return slog.StringValue("dewar.Session") }

// close marks a session whose response can't carry a cookie: what was changed
// is lost, and so is what will be.
func (s *Session) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.committed = true
	if s.modified || s.renewed {
		s.late = true
	}
}
