package dewar_test

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// guesses counts unknown ids by client.
type guesses struct {
	mu sync.Mutex
	by map[string]int
}

// address is the key of the client's address in a context.
type address struct{}

// outside puts the client's address where an observer finds it.
func outside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), address{}, host)))
	})
}

func (g *guesses) Observe(ctx context.Context, e dewar.Event) {
	if e.Kind != dewar.Refused || e.Reason != "unknown" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	host, _ := ctx.Value(address{}).(string)
	g.by[host]++
}

// Who guesses ids is seen: an observer finds in its context what a handler outside of
// Wrap put there.
func ExampleObserver() {
	o := dewar.Stored(memstore.New(memstore.Options{}))
	o.Observer = &guesses{by: map[string]int{}}
	sessions, err := dewar.New(o)
	if err != nil {
		panic(err)
	}
	http.Handle("/", outside(sessions.Wrap(http.NotFoundHandler())))
}
