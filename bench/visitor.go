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
	client client
	status int // of the first response, and so of all
}

// A client is what a visitor sends its request with.
type client interface {
	send() (status int)
	cookie() string // the last response's last cookie as it is sent back, or ""
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
		v, err := keeper.visit(r.Payload, "")
		if err != nil {
			return nil, fmt.Errorf("bench: %s, %s: %w", r.Name, c.Name, err)
		}
		cookie = v.client.cookie()
	}
	v, err := c.visit(r.Op, cookie)
	if err != nil {
		return nil, fmt.Errorf("bench: %s, %s: %w", r.Name, c.Name, err)
	}
	return v, nil
}

// newVisitor sends the first request.
func newVisitor(c client) (*Visitor, error) {
	v := &Visitor{client: c}
	if v.status = c.send(); v.status >= 400 {
		return nil, fmt.Errorf("status %d", v.status)
	}
	return v, nil
}

// Send sends the request once. The error says that the response has another
// status than the first had.
func (v *Visitor) Send() error {
	if status := v.client.send(); status != v.status {
		return fmt.Errorf("bench: status %d, and %d before", status, v.status)
	}
	return nil
}

// A httpClient calls an http.Handler.
type httpClient struct {
	handler http.Handler
	request *http.Request
	w       response
}

// newClient makes requests that come over HTTPS, as Secure cookies need it.
func newClient(h http.Handler, cookie string) *httpClient {
	c := &httpClient{handler: h, request: httptest.NewRequest(http.MethodGet, "https://example.test/", nil)}
	if cookie != "" {
		c.request.Header["Cookie"] = []string{cookie}
	}
	c.w.header = http.Header{}
	return c
}

// send gives the handler a request of its own: gorilla writes to it.
func (c *httpClient) send() int {
	clear(c.w.header)
	c.w.status = 0
	r := new(http.Request)
	*r = *c.request
	c.handler.ServeHTTP(&c.w, r)
	return c.w.status
}

func (c *httpClient) cookie() string {
	lines := c.w.header["Set-Cookie"]
	if len(lines) == 0 {
		return ""
	}
	pair, _, _ := strings.Cut(lines[len(lines)-1], ";")
	return pair
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
