package memcachestore_test

import (
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/memcachestore"
	"github.com/dewar-go/dewar/storetest"
)

// The contract, on one server and on three.
func TestContract(t *testing.T) {
	for name, n := range map[string]int{"one server": 1, "three servers": 3} {
		var addrs, others []string
		for range n {
			addrs = append(addrs, realserver.Memcached(t).Addr)
		}
		others = append(others, realserver.Memcached(t).Addr)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, storetest.Harness{
				New: func(t *testing.T) dewar.Store { return open(t, memcachestore.Options{}, addrs...) },
				Twins: func(t *testing.T) (a, b dewar.Store) {
					return open(t, memcachestore.Options{}, addrs...), open(t, memcachestore.Options{}, addrs...)
				},
				Apart: func(t *testing.T) (a, b dewar.Store) {
					return open(t, memcachestore.Options{}, addrs...), open(t, memcachestore.Options{}, others...)
				},
				MaxData: 1<<20 - 59 - 250,
			})
		})
	}
}
