package bench

import (
	"net/http"

	"github.com/valyala/fasthttp"
)

// A Contender is one way to keep a session, used as its documentation shows.
type Contender struct {
	Name string
	new  func(Op) http.Handler
	// fast is new for what runs on fasthttp, and has no http.Handler.
	fast func(Op) fasthttp.RequestHandler
	// keeps makes the cookies that a contender only reads; nil: itself.
	keeps func(Op) http.Handler
}

// visit returns a visitor of the handlers for op, who sends cookie ("" for
// none) and has sent it once.
func (c Contender) visit(op Op, cookie string) (*Visitor, error) {
	if c.fast != nil {
		return newVisitor(newFastClient(c.fast(op), cookie))
	}
	return newVisitor(newClient(c.new(op), cookie))
}

// baseline is the measuring itself: the handler has no session.
func baseline() Contender {
	return Contender{Name: "baseline", new: func(Op) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reply(w, true) })
	}}
}

// reply ends every handler: 200, or 204 if the value that it reads is absent.
func reply(w http.ResponseWriter, found bool) {
	if !found {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	_, _ = w.Write([]byte("ok"))
}
