package bench

import (
	"net/http"

	"github.com/gorilla/sessions"
)

// gorilla is the cookie store of gorilla/sessions, signed and not encrypted:
// Get in the handler, Save before the body. It has no middleware, so a handler
// that ignores the session pays nothing.
func gorilla(key []byte) Contender {
	const name = "session"
	store := sessions.NewCookieStore(key)
	return Contender{Name: "gorilla", new: func(op Op) http.Handler {
		var numbers counter
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if op == Ignore {
				reply(w, true)
				return
			}
			s, err := store.Get(r, name)
			if err != nil {
				http.Error(w, "the session can't be read", http.StatusInternalServerError)
				return
			}
			switch op {
			case Read:
				id, _ := s.Values[keyUser].(int)
				reply(w, id == userID)
				return
			case ReadCount:
				n, _ := s.Values[keyCount].(int)
				reply(w, n != 0)
				return
			case Write:
				s.Values[keyCount] = numbers.next()
			default:
				seed(op, func(key string, v any) { s.Values[key] = v })
			}
			if err := s.Save(r, w); err != nil {
				http.Error(w, "the session can't be saved", http.StatusInternalServerError)
				return
			}
			reply(w, true)
		})
	}}
}
