package dewar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"
)

// An Observer is told what happens to sessions; docs/observing.md has the list.
//
// It can harm no request. Each event is told on a goroutine of its own, by several
// requests at once, and the request waits until Observe returns, so that what happens
// to it is told in order: for 10 ms. An observer that took longer is waited for no
// more until it has come back. While 64 calls haven't come back no more are
// made: events are dropped, and once one comes back a Warned event says how many.
// If Observe panics, nobody notices.
//
// The context has the values of the request's, whatever the handlers outside
// [Manager.Wrap] put there (the client's address, a span), and no end. Observe
// must not use the session.
type Observer interface {
	Observe(ctx context.Context, e Event)
}

// An Event is one thing that happened to a session. It gives no id, no value of
// a cookie, no key and no content to anybody; printed, it is its kind and reason.
// A user's name is content, so it isn't here either: a program that wants to
// know whose session it was logs [Session.User] and [Session.Handle] side by side, at
// the latest in the request after the one that signed him in, which gave the
// session a new id when its handler was done.
type Event struct {
	Kind   EventKind
	Time   time.Time // by Options.Now
	Reason string    // one of Kind.Reasons; a sentence for Warned
	Err    error     // for Failed and Pending

	handle string
}

// Handle is that of the session, as [Session.Handle] gives it; empty where it
// has no id.
func (e Event) Handle() string { return e.handle }

// Format prints the kind, and the reason if there is one, escaped as LogValue does.
func (e Event) Format(f fmt.State, _ rune) {
	io.WriteString(f, e.Kind.String())
	if e.Reason != "" {
		io.WriteString(f, ": "+escaped(e.Reason))
	}
}

// LogValue is for log/slog: kind, handle, reason and error, those there are. What
// isn't printable in the texts is escaped.
func (e Event) LogValue() slog.Value { return slog.GroupValue(e.attrs()...) }

// EventKind says what happened.
type EventKind uint8

const (
	// Refused: a cookie's value led to no session. The cookie is left alone. The
	// handle is that of the id that was asked for, where it is one.
	Refused EventKind = iota + 1

	// Failed: a session couldn't be opened or saved.
	Failed

	// Conflict: two requests set the same key at the same time, and the later
	// one's value is kept. Where the later is refused instead (Options.Strict,
	// Key.Take) that is Failed with the reason "conflict".
	Conflict

	// Warned: a setting makes browsers drop the cookie, or something else that
	// the operator should see. Each sentence is said once for each Manager,
	// but for cookies that are too large and events that were dropped, which are
	// said each time.
	Warned

	// Loaded: a cookie's value led to a session.
	Loaded

	// Created: a new session was saved.
	Created

	// Saved: what changed in a session was saved.
	Saved

	// Extended: the life of a session that was only used began anew.
	Extended

	// Renewed: a session has a new id. The handle is the new one's.
	Renewed

	// Ended: a session was forgotten. That a life is over is nobody's to see
	// but for who comes with its cookie: Expired.
	Ended

	// Replayed: a previous id was used again while the present one was in use,
	// and the session has ended for it (see ErrReplay).
	Replayed

	// Expired: a cookie was signed too long ago, or its session's absolute life
	// is over. Stores forget what wasn't used for too long, so that such a session
	// is Refused as unknown.
	Expired

	// Pending: a session was changed after the response had begun, so that no
	// cookie could tell the client, and the change isn't made: neither saved, nor
	// a new id given, nor the session ended. It is as it was, under the cookie that
	// the client has.
	Pending

	kinds
)

var kindNames = [kinds]string{
	"unknown", "refused", "failed", "conflict", "warned", "loaded", "created", "saved", "extended", "renewed", "ended", "replayed",
	"expired", "pending",
}

// String gives the event's name in lower case; "unknown" for what is none.
func (k EventKind) String() string {
	if k >= kinds {
		k = 0
	}
	return kindNames[k]
}

// The words of Event.Reason.
const (
	reasonOpen     = "open"      // steps that the backend couldn't take
	reasonSave     = "save"      //
	reasonExtend   = "extend"    //
	reasonEnd      = "end"       //
	reasonRenew    = "renew"     //
	reasonCanceled = "canceled"  // the client went away
	reasonTooLarge = "too-large" //
	reasonValue    = "value"     // a value that can't be encoded, or be read
	reasonConflict = "conflict"  //
	reasonGone     = "gone"      // the session ended while the handler changed it
	reasonReadOnly = "read-only" //
	reasonRules    = "rules"     // a word of other Rules than these

	reasonDestroyed = "destroyed" // Session.Destroy
	reasonEmptied   = "emptied"   // Flask's rules: no value was left
	reasonReplay    = "replay"    //
	reasonUnknown   = "unknown"   //
)

var reasons = [kinds][]string{
	Failed: {
		reasonOpen, reasonSave, reasonExtend, reasonEnd, reasonCanceled, reasonTooLarge, reasonValue, reasonConflict, reasonGone,
		reasonReadOnly, reasonRules,
	},
	Ended:   {reasonDestroyed, reasonEmptied, reasonReplay},
	Pending: {reasonSave, reasonRenew, reasonEnd},
}

// Reasons are the words that Event.Reason can be for events of the kind: few enough
// to be labels of a metric. There are none for kinds that need no reason, and none
// for Warned, whose sentences are for people.
func (k EventKind) Reasons() (words []string) {
	switch {
	case k == Refused:
		for _, r := range refusals {
			words = append(words, r.word)
		}
		return append(words, reasonUnknown)
	case k < kinds:
		return slices.Clone(reasons[k])
	}
	return nil
}

// refusals are the words for why a value was refused.
var refusals = [...]struct {
	err  error
	word string
}{
	{ErrSignature, "signature"},
	{ErrFuture, "future"},
	{ErrMalformed, "malformed"},
	{ErrPayload, "payload"},
	{ErrTooLarge, reasonTooLarge},
	{ErrUndecodable, "undecodable"},
	{ErrReplay, reasonReplay},
	{ErrRevived, "revived"},
}

// reasonOf gives the one word for why a value was refused.
func reasonOf(err error) string {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.word
		}
	}
	return reasonUnknown
}

// failureOf gives the one word for what went wrong; it is the step that the backend
// couldn't take if nothing more is known.
func failureOf(ctx context.Context, err error, step string) string {
	switch {
	case errors.Is(err, ErrReadOnly):
		return reasonReadOnly
	case errors.Is(err, errLifeRules), errors.Is(err, errPermanentRules):
		return reasonRules
	case errors.Is(err, errUnsavable):
		return reasonValue
	case errors.Is(err, ErrTooLarge):
		return reasonTooLarge
	case errors.Is(err, ErrSessionGone):
		return reasonGone
	case errors.Is(err, ErrConflict):
		return reasonConflict
	case errors.Is(err, context.Canceled) && ctx.Err() != nil: // else a driver did it
		return reasonCanceled
	}
	return step
}
