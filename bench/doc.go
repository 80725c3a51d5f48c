// Package bench puts Dewar's sessions beside others', beside a floor (the least
// that such a session costs) and beside no sessions at all: in cookies, on
// Redis and in memory.
//
// A [Row] is one kind of request and the contenders that serve it. A request is
// one direct call of a handler with a ResponseWriter that keeps nothing but the
// header: no socket, no server, so that what is left is the library, and the
// way to the Redis and back where there is one.
//
//	go run ./cmd/compare             # the table of docs/performance.md on cookies
//	go run ./cmd/compare -stores     # those on stores; starts a redis-server
//	go run ./cmd/probe               # the table of docs/guarantees.md
//	go test -bench . -count 10 .     # the same rows for benchstat -col /by
package bench
