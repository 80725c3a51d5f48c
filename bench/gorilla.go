package bench

import (
	"net/http"

	"github.com/gorilla/sessions"
)

// sessionName is the cookie's name for those who must be told one.
const sessionName = "session"

// gorilla is gorilla/sessions on one of its stores: Get in the handler, Save
// before the body. It has no middleware, so a handler that ignores the session
// pays nothing.
func gorilla(name string, store sessions.Store) Contender {
	return Contender{Name: name, new: func(op Op) http.Handler {
		var numbers counter
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if op == Ignore {
				reply(w, true)
				return
			}
			s, err := store.Get(r, sessionName)
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
