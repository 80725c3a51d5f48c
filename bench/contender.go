package bench

import "net/http"

// A Contender is one way to keep a session, used as its documentation shows.
type Contender struct {
	Name string
	new  func(Op) http.Handler
	// keeps makes the cookies that a contender only reads; nil: itself.
	keeps func(Op) http.Handler
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
