// Package bench puts Dewar's cookie sessions beside gorilla's cookie store,
// beside a floor (the least that any session in Flask's format costs) and
// beside no sessions at all.
//
// A [Row] is one kind of request and the contenders that serve it. A request is
// one direct call of a handler with a ResponseWriter that keeps nothing but the
// header: no socket, no server, so that what is left is the library.
//
//	go run ./cmd/compare             # the table of docs/performance.md
//	go test -bench . -count 10 .     # the same rows for benchstat -col /by
package bench
