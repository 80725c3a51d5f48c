package dewar

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
)

// writer is the handler's http.ResponseWriter. It saves the session once, just
// before the first byte of the final response, whichever way that byte comes;
// and it sends nothing of a response whose session couldn't be saved.
type writer struct {
	http.ResponseWriter
	q      *request
	state  state
	before []string // the names of the headers that were there before the handler
}

type state uint8

const (
	pending  state = iota // the final response hasn't begun
	begun                 // it has: the session is saved
	broken                // saving the session panicked, and no error page was sent yet
	refused               // the session couldn't be saved, an error page was sent
	hijacked              // the connection is the handler's
)

// begin saves the session, if it hasn't been, and reports whether the
// handler's response may go out.
func (w *writer) begin(status int) bool {
	switch w.state {
	case pending:
	case broken:
		w.q.m.observe(w.q.r.Context(), w.q.s.rec.ID, Event{Kind: Failed, Reason: reasonSave, Err: errPanicked})
		w.refuse(errPanicked)
		return false
	default:
		return w.state == begun
	}
	w.q.mu.Lock()
	fixed := w.q.route.NoKeepAlive
	if !w.q.opened.Load() {
		w.state = begun
		w.q.varyUnopened()
		w.q.s.close() // what is opened from here on can't be saved
		w.q.mu.Unlock()
		return true
	}
	w.q.mu.Unlock()
	w.state = broken // unless the commit returns
	if err := w.q.commit(ending{sent: w.q.sent, status: status, fixed: fixed}); err != nil {
		w.refuse(err)
		return false
	}
	w.state = begun
	return true
}

// errPanicked is what becomes of a response whose session wasn't saved because a
// function that the handler gave to Update panicked when it was run again, and a
// middleware within Wrap kept that to itself.
var errPanicked = fmt.Errorf("%w: a panic", errUnsavable)

// refuse answers with an error page in place of the handler's response.
func (w *writer) refuse(err error) {
	w.state = refused
	w.disown()
	w.q.fail(w.ResponseWriter, w.q.r, err)
}

// note keeps the names of the headers that are there before the handler.
func (w *writer) note() {
	if h := w.Header(); len(h) > 0 {
		w.before = make([]string, 0, len(h))
		for name := range h {
			w.before = append(w.before, name)
		}
	}
}

// ofContent are the headers that speak of the handler's content and its success,
// whoever set them.
var ofContent = [...]string{"Content-Length", "Content-Type", "Content-Encoding", "Content-Range", "Content-Disposition", "Etag", "Last-Modified", "Expires", "Cache-Control", "Location", "Set-Cookie"}

// disown takes back the headers that speak of the handler's success. Those whose
// names were there before it stay, with the values that it gave them; so do Vary,
// and what lets a script of another origin see the error (Access-Control-…).
func (w *writer) disown() {
	h := w.Header()
	for name := range h {
		c := http.CanonicalHeaderKey(name)
		kept := c == "Vary" || strings.HasPrefix(c, "Access-Control-") || slices.Contains(w.before, name)
		if !kept || slices.Contains(ofContent[:], c) {
			delete(h, name)
		}
	}
}

// WriteHeader lets informational responses pass: the final one is yet to come.
func (w *writer) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols || w.begin(status) {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write answers ErrNotSaved once the session couldn't be saved.
func (w *writer) Write(b []byte) (int, error) {
	if !w.begin(http.StatusOK) {
		return 0, w.refusal()
	}
	return w.ResponseWriter.Write(b)
}

// WriteString saves a copy where the writer below can.
func (w *writer) WriteString(s string) (int, error) {
	if !w.begin(http.StatusOK) {
		return 0, w.refusal()
	}
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom keeps sendfile where the writer below has it.
func (w *writer) ReadFrom(src io.Reader) (int64, error) {
	if !w.begin(http.StatusOK) {
		return 0, w.refusal()
	}
	return io.Copy(w.ResponseWriter, src)
}

func (w *writer) refusal() error {
	if w.state == hijacked {
		return http.ErrHijacked
	}
	return ErrNotSaved
}

// FlushError is what http.ResponseController calls. The header goes out with
// the first flush, so the session is saved before it.
func (w *writer) FlushError() error {
	if !w.begin(http.StatusOK) {
		return w.refusal()
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Flush is FlushError for those who ask for an http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// Hijack hands over the connection. A cookie can't be sent on it any more:
// changes from here on, and earlier ones that weren't sent, are reported as
// ErrTooLate once the handler is done.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && w.state == pending {
		w.state = hijacked
		w.q.s.close()
	}
	return conn, rw, err
}

// Push is HTTP/2's, where the writer below has it.
func (w *writer) Push(target string, opts *http.PushOptions) error {
	if p, ok := w.ResponseWriter.(http.Pusher); ok {
		return p.Push(target, opts)
	}
	return http.ErrNotSupported
}

// Unwrap is for http.ResponseController: deadlines, full duplex.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
