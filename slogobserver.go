package dewar

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
)

// SlogObserver is an Observer that logs every event to l: kind, handle, reason and
// error, those there are. Failed and Pending are errors; Conflict, Warned and
// Replayed warnings; Created, Renewed, Ended, Refused and Expired informations; the rest
// is for debugging. nil is what slog.Default gives at the time.
//
// What isn't printable in a reason or an error's text is escaped, whatever the
// handler does: nobody writes lines of his own into the log. An error whose text needs
// that is logged as text.
func SlogObserver(l *slog.Logger) Observer { return slogObserver{l, slog.LevelDebug} }

// slogObserver logs events of a level and above, and warnings. That of those who have
// no observer says what somebody must act on, and nothing else.
type slogObserver struct {
	logger *slog.Logger
	least  slog.Level
}

// standard is the Observer of those who have none.
var standard = slogObserver{least: slog.LevelError}

func levelOf(k EventKind) slog.Level {
	switch k {
	case Failed, Pending:
		return slog.LevelError
	case Conflict, Warned, Replayed:
		return slog.LevelWarn
	case Created, Renewed, Ended, Refused, Expired:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

func (o slogObserver) log() *slog.Logger {
	if o.logger == nil {
		return slog.Default()
	}
	return o.logger
}

// wants makes it selective: what isn't logged costs no goroutine.
func (o slogObserver) wants(ctx context.Context, k EventKind) (wants bool) {
	defer func() { _ = recover() }()
	return (levelOf(k) >= o.least || k == Warned) && o.log().Enabled(ctx, levelOf(k))
}

func (o slogObserver) Observe(ctx context.Context, e Event) {
	if !o.wants(ctx, e.Kind) {
		return
	}
	msg := "session " + e.Kind.String()
	if e.Kind == Warned {
		msg, e.Reason = escaped(e.Reason), ""
	}
	o.log().LogAttrs(ctx, levelOf(e.Kind), msg, e.attrs()...)
}

// attrs are what there is to log of an event.
func (e Event) attrs() []slog.Attr {
	attrs := append(make([]slog.Attr, 0, 4), slog.String("kind", e.Kind.String()))
	if e.handle != "" {
		attrs = append(attrs, slog.String("handle", e.handle))
	}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", escaped(e.Reason)))
	}
	if e.Err != nil {
		err := slog.Any("err", e.Err)
		if text := e.Err.Error(); escaped(text) != text {
			err = slog.String("err", escaped(text))
		}
		attrs = append(attrs, err)
	}
	return attrs
}

// escaped gives a text with what isn't printable as Go would write it in quotes.
func escaped(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0 {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}
