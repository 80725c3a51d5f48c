package dewar

import "context"

// contextKey finds the innermost session of a context.
type contextKey struct{}

// A holder is what a context carries: a session, or the request that can open
// one.
type holder interface {
	held() (*Session, bool)                     // false: not opened yet
	open(ctx context.Context) (*Session, error) // opens it now, once
}

func (s *Session) held() (*Session, bool)                 { return s, true }
func (s *Session) open(context.Context) (*Session, error) { return s, nil }

// From returns the session of a request that came through [Manager.Wrap]; of
// two nested managers, the inner one's. It panics, saying what to do, where
// there is none, and on a Lazy route before [Open].
func From(ctx context.Context) *Session { return from(ctx.Value(contextKey{})) }

func from(v any) *Session {
	h, ok := v.(holder)
	if !ok {
		panic("dewar: From: no session in this context: wrap the handler with Manager.Wrap, or use Open, which returns an error")
	}
	s, ok := h.held()
	if !ok {
		panic("dewar: From: the session of this Lazy route isn't open: call Open first")
	}
	return s
}

// Open returns the session of a request, and on a Lazy route opens it first.
// The error is ErrNoWrap where there is none, or the backend's where it can't
// answer; then the next Open tries again.
func Open(ctx context.Context) (*Session, error) {
	h, ok := ctx.Value(contextKey{}).(holder)
	if !ok {
		return nil, ErrNoWrap
	}
	return h.open(ctx)
}

// NewContext returns a context that carries s, as Wrap's does: for unit tests
// of handlers, and for what has no net/http.
func NewContext(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}
