// Package dewar keeps session state for net/http applications: values under
// names that follow a visitor from request to request, byte-compatible with
// Flask's sessions, so that a Go service and a Flask service share one login.
//
//	keys, err := dewar.NewRing(dewar.Keys{Current: secret})
//	sessions, err := dewar.New(dewar.Cookies(keys))
//	http.ListenAndServe(addr, sessions.Wrap(mux))
//
//	const Views = dewar.Key[int]("views")
//
//	func page(w http.ResponseWriter, r *http.Request) {
//		s := dewar.From(r.Context())
//		n := Views.Update(s, func(n int) int { return n + 1 })
//		fmt.Fprintf(w, "view %d", n)
//	}
//
// # The road of a request
//
// The [Manager] takes the cookie's value to a [Backend], which opens the
// record that it leads to; the handler meets its values as a [Session]; just
// before the first byte of the response, a pure function decides what becomes
// of the session, the backend saves it, and the cookie is sent. That is all
// the I/O there is: a request without a cookie that changes nothing does none.
//
// # Words
//
// A session is what a handler meets; a record is a session at rest; a value is
// what the cookie holds; a backend turns values into records and back; a codec
// turns entries into bytes; life is how long. A handle stands for a session's id
// in events and logs, a ref for a store's key where the command dewar says or
// asks which session: digests of different things, neither got from the other.
//
// # Flask
//
// This package's own rules are the safe ones. Package flask holds Flask's:
// its names, its defaults, its decision tables.
package dewar
