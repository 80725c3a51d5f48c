package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
)

// A Visitor sends one request again and again to one contender's handler. It
// belongs to one goroutine.
type Visitor struct {
	handler http.Handler
	request *http.Request
	w       response
	status  int // of the first response, and so of all
}

// Visit returns a visitor for the row's requests to c, with c's own cookie if
// the row sends one. The error says that no cookie could be had, or that the
// handler failed.
func (r Row) Visit(c Contender) (*Visitor, error) {
	var cookie string
	if r.Payload != Ignore {
		keeper := c
		if c.keeps != nil {
			keeper.new = c.keeps
		}
		v, err := newVisitor(keeper.new(r.Payload), "")
		if err != nil {
			return nil, fmt.Errorf("bench: %s, %s: %w", r.Name, c.Name, err)
		}
		cookie = v.w.cookie()
	}
	v, err := newVisitor(c.new(r.Op), cookie)
	if err != nil {
		return nil, fmt.Errorf("bench: %s, %s: %w", r.Name, c.Name, err)
	}
	return v, nil
}

// newVisitor sends the first request. It comes over HTTPS, as Secure cookies
// need it.
func newVisitor(h http.Handler, cookie string) (*Visitor, error) {
	v := &Visitor{handler: h, request: httptest.NewRequest(http.MethodGet, "https://example.test/", nil)}
	if cookie != "" {
		v.request.Header["Cookie"] = []string{cookie}
	}
	v.w.header = http.Header{}
	v.send()
	v.status = v.w.status
	if v.status >= 400 {
		return nil, fmt.Errorf("status %d", v.status)
	}
	return v, nil
}

// Send sends the request once. The error says that the response has another
// status than the first had.
func (v *Visitor) Send() error {
	v.send()
	if v.w.status != v.status {
		return fmt.Errorf("bench: status %d, and %d before", v.w.status, v.status)
	}
	return nil
}

// send gives the handler a request of its own: gorilla writes to it.
func (v *Visitor) send() {
	clear(v.w.header)
	v.w.status = 0
	r := new(http.Request)
	*r = *v.request
	v.handler.ServeHTTP(&v.w, r)
}

// A response keeps the header and the status.
type response struct {
	header http.Header
	status int
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *response) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return len(b), nil
}

// cookie is the response's last cookie as a client sends it back, or "".
func (w *response) cookie() string {
	lines := w.header["Set-Cookie"]
	if len(lines) == 0 {
		return ""
	}
	pair, _, _ := strings.Cut(lines[len(lines)-1], ";")
	return pair
}
