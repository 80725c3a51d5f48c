package dewar

import (
	"context"
	"log/slog"
)

// An Observer is told what happens to sessions. It is called on the request's
// goroutine and must be quick.
type Observer interface {
	Observe(ctx context.Context, e Event)
}

// An Event is one thing that happened to a session. It holds no id, no value
// of a cookie, no key and no content.
type Event struct {
	Kind   EventKind
	Reason string // one word for Refused: signature, expired, future, malformed, payload, too-large, unknown. A sentence for Warned
	Err    error  // for Failed
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
)

// String gives the event's name in lower case.
func (k EventKind) String() string {
	switch k {
	case Refused:
		return "refused"
	case Failed:
		return "failed"
	case Conflict:
		return "conflict"
	case Warned:
		return "warned"
	}
	return "unknown"
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
