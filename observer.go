package dewar

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// An Observer is told what happens to sessions. It is called on the request's
// goroutine and must be quick; if it panics, nobody notices.
type Observer interface {
	Observe(ctx context.Context, e Event)
}

// An Event is one thing that happened to a session. It gives no id, no value of
// a cookie, no key and no content to anybody; printed, it is its kind and reason.
type Event struct {
	Kind   EventKind
	Reason string // one word for Refused: signature, expired, future, malformed, payload, too-large, undecodable, replay, revived, unknown. A sentence for Warned
	Err    error  // for Failed

	id string
}

// Handle is that of the session, as [Session.Handle] gives it; empty where it
// has no id.
func (e Event) Handle() string { return handle(e.id) }

// Format prints the kind, and the reason if there is one.
func (e Event) Format(f fmt.State, _ rune) {
	io.WriteString(f, e.Kind.String())
	if e.Reason != "" {
		io.WriteString(f, ": "+e.Reason)
	}
}

// LogValue is for log/slog: kind, handle, reason and error, those there are.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("kind", e.Kind.String())}
	if e.id != "" {
		attrs = append(attrs, slog.String("handle", e.Handle()))
	}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", e.Reason))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.Any("err", e.Err))
	}
	return slog.GroupValue(attrs...)
}

// EventKind says what happened.
type EventKind uint8

const (
	// Refused: a cookie's value led to no session. The cookie is left alone.
	Refused EventKind = iota + 1

	// Failed: a session couldn't be opened or saved.
	Failed

	// Conflict: two requests set the same key at the same time, and the later
	// one's value is kept.
	Conflict

	// Warned: a setting makes browsers drop the cookie, or something else that
	// the operator should see. Each sentence is said once for each Manager,
	// but for cookies that are too large, which are said each time.
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

	// Ended: a session was forgotten, by Destroy or because it was emptied. That
	// a life is over is nobody's to see.
	Ended

	// Replayed: a previous id was used again while the present one was in use,
	// and the session has ended for it (see ErrReplay).
	Replayed

	kinds
)

var kindNames = [kinds]string{
	"unknown", "refused", "failed", "conflict", "warned", "loaded", "created", "saved", "extended", "renewed", "ended", "replayed",
}

// String gives the event's name in lower case.
func (k EventKind) String() string {
	if k >= kinds {
		k = 0
	}
	return kindNames[k]
}

// guarded keeps an observer's panics to itself.
type guarded struct{ Observer }

func (g guarded) Observe(ctx context.Context, e Event) {
	defer func() { _ = recover() }()
	g.Observer.Observe(ctx, e)
}

// slogObserver is the Observer of those who have none: it says what somebody
// must act on, and nothing else.
type slogObserver struct{}

func (slogObserver) Observe(ctx context.Context, e Event) {
	switch e.Kind {
	case Failed:
		slog.ErrorContext(ctx, "session failed", "err", e.Err)
	case Warned:
		slog.WarnContext(ctx, e.Reason)
	}
}
