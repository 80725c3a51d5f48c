package dewar

import (
	"context"
	"errors"
	"net/http"
	"sync"
)

// A Manager opens a visitor's session before a handler and saves it after. It
// is immutable and safe for concurrent use.
type Manager struct {
	*shared
	route Route
}

// shared is what a Manager has in common with those that With made of it.
type shared struct {
	o        Options
	codec    Codec
	readOnly error    // why no session can be saved; nil: they can
	warned   sync.Map // sentences that were said
	tracks   bool     // another may change a record: sessions remember their changes
	locks    keyLocks

	permanent []byte // Flask-Session: what new sessions hold under "_permanent"
}

// New returns a Manager. The error joins an *OptionError for every field that
// can't be used.
func New(o Options) (*Manager, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	_, inCookie := o.Backend.(InCookie)
	sh := &shared{o: o, codec: codecOf(o.Backend), tracks: !inCookie}
	if u, ok := o.Backend.(Unavailable); ok {
		sh.readOnly = readOnly(u.Reason)
		sh.warn(context.Background(), "dewar: sessions are empty and can't be written to: there is no backend")
	}
	if o.Rules != Native {
		for _, trap := range o.Cookie.traps() {
			sh.warn(context.Background(), "dewar: browsers will drop the session cookie: "+trap.field+": "+trap.reason)
		}
	}
	if o.Rules.stored() {
		var err error
		if sh.permanent, err = sh.codec.Encode(nil, true); err != nil {
			return nil, err
		}
	}
	return &Manager{shared: sh}, nil
}

// Options are those that m was made with, completed: what was left open has
// its default.
func (m *Manager) Options() Options { return m.o }

// readOnly is the error of a session that can't be saved because of reason.
func readOnly(reason error) error {
	if reason == nil {
		return ErrReadOnly
	}
	return errors.Join(ErrReadOnly, reason)
}

// With returns a Manager of the same sessions with another policy. Where both
// wrap a handler, the inner one's policy counts: one of Fail answers an outage
// though the outer one, of Anonymous, went on with an empty session.
func (m *Manager) With(r Route) *Manager { return &Manager{shared: m.shared, route: r} }

// Wrap returns a handler that opens the session, calls next with a context
// that carries it, and saves it just before the first byte of the final
// response. Wrap it inside whatever recovers panics and inside
// http.TimeoutHandler, which leaves handlers running behind their response; and
// outside whatever compresses or buffers.
func (m *Manager) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q, ok := r.Context().Value(m.shared).(*request); ok { // nested: same sessions, other policy
			q.serveNested(next, w, r, m.route)
			return
		}
		q := &request{m: m, route: m.route, r: r}
		q.w.ResponseWriter, q.w.q = w, q
		q.w.note()
		q.ctx = requestContext{r.Context(), q}
		q.serve(next)
	})
}

// From returns this manager's session, where two are nested; in a test, the one
// of [NewContext]. It panics as the function From does.
func (m *Manager) From(ctx context.Context) *Session {
	if q := ctx.Value(m.shared); q != nil {
		return from(q)
	}
	s, _ := ctx.Value(contextKey{}).(*Session)
	if s == nil {
		return from(nil)
	}
	return s
}

// Load opens the session that a cookie's value leads to, for what doesn't come
// through net/http: sockets, other frameworks. An empty value, and one that
// leads nowhere, give a new session; the error says that the backend can't
// answer.
func (m *Manager) Load(ctx context.Context, value string) (*Session, error) {
	s := &Session{sent: value != "", at: m.o.Now().UnixNano()}
	if value == "" {
		m.begin(s)
		return s, nil
	}
	rec, err := m.try(ctx, value)
	switch {
	case err == nil:
		m.adopt(s, rec)
	case errors.Is(err, ErrNoSession):
		m.begin(s)
	case m.route.Outage == Anonymous:
		m.begin(s)
		s.readOnly = readOnly(err)
	default:
		return nil, err
	}
	return s, nil
}

// try asks the backend for one value and tells the observer what came of it.
func (m *Manager) try(ctx context.Context, value string) (Record, error) {
	rec, err := m.o.Backend.Open(ctx, value)
	switch {
	case err == nil:
		m.observe(ctx, rec.ID, Event{Kind: Loaded})
	case !errors.Is(err, ErrNoSession):
		m.observe(ctx, rec.ID, Event{Kind: Failed, Reason: failureOf(ctx, err, reasonOpen), Err: err})
	case errors.Is(err, ErrExpired):
		m.observe(ctx, rec.ID, Event{Kind: Expired})
	default:
		if errors.Is(err, ErrReplay) {
			m.observe(ctx, rec.ID, Event{Kind: Replayed})
			m.observe(ctx, rec.ID, Event{Kind: Ended, Reason: reasonReplay})
		}
		m.observe(ctx, rec.ID, Event{Kind: Refused, Reason: reasonOf(err)})
	}
	return rec, err
}

// begin makes s a new session.
func (m *Manager) begin(s *Session) {
	s.owner, s.rules, s.readOnly, s.isNew, s.tracks = m.shared, m.o.Rules, m.readOnly, true, m.tracks
	s.vals.codec = m.codec
	if m.o.Rules.stored() && !m.o.Cookie.UntilClosed {
		s.vals.put(permanentKey, m.permanent)
	}
}

// adopt makes s the session that rec holds.
func (m *Manager) adopt(s *Session, rec Record) {
	s.owner, s.rules, s.readOnly, s.tracks = m.shared, m.o.Rules, m.readOnly, m.tracks
	s.kept, s.vals.codec, s.vals.entries = true, m.codec, rec.Entries
	rec.Entries = nil
	s.rec = rec
}

// warn says a sentence to the observer, once.
func (sh *shared) warn(ctx context.Context, sentence string) {
	if _, said := sh.warned.LoadOrStore(sentence, true); !said {
		sh.observe(ctx, "", Event{Kind: Warned, Reason: sentence})
	}
}
