package dewar

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
)

// request is one request on its way through Wrap: the session, the response
// writer and the context in one piece, so that a request that needs no session
// costs next to nothing.
type request struct {
	m     *Manager
	r     *http.Request
	w     writer
	ctx   requestContext
	s     Session
	lines [3]string // room for the Vary, Set-Cookie and Cache-Control of the response

	mu     sync.Mutex // held while opening
	opened atomic.Bool
	sent   bool  // the client sent a cookie
	outage error // why the session that was opened is an empty one; nil: it isn't
	route  Route // the innermost that has been come to
}

// requestContext is the handler's context: the request's, and the session.
type requestContext struct {
	context.Context
	q *request
}

func (c *requestContext) Value(key any) any {
	switch k := key.(type) {
	case contextKey:
		return c.q
	case *shared:
		if k == c.q.m.shared {
			return c.q
		}
	}
	return c.Context.Value(key)
}

// held and open make a request a holder.
func (q *request) held() (*Session, bool) { return &q.s, q.opened.Load() }

func (q *request) open(ctx context.Context) (*Session, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.opened.Load() {
		err := q.find(ctx)
		switch {
		case err == nil:
		case errors.Is(err, ErrNoSession):
			q.m.begin(&q.s)
		case q.route.Outage == Anonymous:
			q.m.begin(&q.s)
			q.s.readOnly = readOnly(err)
			q.outage = err
		default:
			q.s.look()
			return nil, err
		}
		q.opened.Store(true)
	}
	if q.outage != nil && q.route.Outage == Fail { // the outer route was Anonymous
		q.s.look()
		return nil, q.outage
	}
	return &q.s, nil
}

// find loads the first cookie of the name that leads to a session. Several
// can come: one left by another Domain or Path, or planted by a sibling host,
// must not hide the visitor's own.
func (q *request) find(ctx context.Context) error {
	err := ErrNoSession
	cookieValues(q.r.Header["Cookie"], q.m.o.Cookie.Name, func(value string) bool {
		q.sent = true
		var rec Record
		if rec, err = q.m.try(ctx, value); err == nil {
			q.m.adopt(&q.s, rec)
		}
		return errors.Is(err, ErrNoSession)
	})
	return err
}

// serve is the road of a request: open, handler, commit.
func (q *request) serve(next http.Handler) {
	if !q.route.Lazy {
		if _, err := q.open(q.r.Context()); err != nil {
			q.varyUnopened()
			q.fail(q.w.ResponseWriter, q.r, err)
			return
		}
	}
	r := q.r.WithContext(&q.ctx)
	returned := false
	defer func() {
		// net/http removes the files of uploads that it finds in its own request.
		if q.r.MultipartForm == nil {
			q.r.MultipartForm = r.MultipartForm
		}
		// Not recover: the panic goes its way with its stack unharmed.
		if !returned {
			q.abort()
			q.finish()
		}
	}()
	next.ServeHTTP(&q.w, r)
	returned = true
	q.w.begin(http.StatusOK) // a handler that wrote nothing
	q.finish()
}

// serveNested serves under another policy of the same sessions.
func (q *request) serveNested(next http.Handler, w http.ResponseWriter, r *http.Request, route Route) {
	q.mu.Lock()
	q.route = route
	q.mu.Unlock()
	if !route.Lazy {
		if _, err := q.open(r.Context()); err != nil {
			q.fail(w, r, err)
			return
		}
	}
	next.ServeHTTP(w, r)
}

// fail answers with OnError. One that writes nothing, or hints alone, must not turn a failure
// into an empty success.
func (q *request) fail(w http.ResponseWriter, r *http.Request, err error) {
	a := &answering{ResponseWriter: w}
	q.m.o.OnError(a, r, err)
	if !a.begun {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// answering notices whether a response has begun.
type answering struct {
	http.ResponseWriter
	begun bool
}

func (a *answering) WriteHeader(status int) {
	a.begun = a.begun || status >= 200 || status == http.StatusSwitchingProtocols
	a.ResponseWriter.WriteHeader(status)
}

func (a *answering) Write(b []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(b)
}

func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// varyUnopened is commit for a session that couldn't be opened: who was told so
// answers by the cookie.
func (q *request) varyUnopened() {
	if rules := q.m.o.Rules; q.s.accessed && rules != FlaskSession032 {
		varyOnCookie(q.w.Header(), rules, q.lines[:0:1])
	}
}

// abort is for a handler that panicked. Under Flask's rules the error page of
// whoever recovers carries the session, as Flask's own does.
func (q *request) abort() {
	if q.w.state == pending && q.opened.Load() && q.s.rules != Native {
		_ = q.commit(ending{sent: q.sent, status: http.StatusInternalServerError, panicked: true}) // the observer knows
	}
}

// commit saves the session and writes what the response owes to it into its
// header.
func (q *request) commit(e ending) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	a, err := q.m.commit(q.r.Context(), &q.s, e)
	h := q.w.ResponseWriter.Header()
	if a.vary {
		varyOnCookie(h, q.s.rules, q.lines[:0:1])
	}
	if a.line != "" {
		lines := h["Set-Cookie"]
		if lines == nil {
			lines = q.lines[1:1:2]
		}
		h["Set-Cookie"] = append(lines, a.line)
		q.checkTransport()
	}
	if a.private {
		keepPrivate(h, q.lines[2:2])
	}
	return err
}

// finish reports what went wrong with the session and nobody was told of:
// changes that came after the response had begun, or to a session that can't be
// written to.
func (q *request) finish() {
	if !q.opened.Load() || q.w.state != begun && q.w.state != hijacked {
		return
	}
	lost, err := q.s.ended()
	if lost != "" {
		q.m.observe(q.r.Context(), q.s.rec.ID, Event{Kind: Pending, Reason: lost, Err: ErrTooLate})
	}
	if err != nil {
		q.m.observe(q.r.Context(), q.s.rec.ID, Event{Kind: Failed, Reason: failureOf(q.r.Context(), err, reasonValue), Err: err})
	}
}

// checkTransport says aloud that browsers drop a Secure cookie that comes over
// plain HTTP, which otherwise shows as a login that never sticks. They make an
// exception for loopback.
func (q *request) checkTransport() {
	if q.m.o.Cookie.Insecure || q.r.TLS != nil || strings.HasPrefix(q.r.Header.Get("X-Forwarded-Proto"), "https") {
		return
	}
	host := (&url.URL{Host: q.r.Host}).Hostname()
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return
	}
	q.m.warn(q.r.Context(), "dewar: a Secure session cookie went out over plain HTTP, where browsers drop it:"+
		" serve HTTPS, let the proxy in front send X-Forwarded-Proto, or set Cookie.Insecure")
}
