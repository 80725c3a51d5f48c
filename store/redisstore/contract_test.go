package redisstore_test

import (
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/dewar-go/dewar/storetest"
)

func TestContract(t *testing.T) {
	server := realserver.Redis(t)
	url := "redis://" + server.Addr
	for _, c := range []struct {
		name string
		o    redisstore.Options
	}{
		{"milliseconds", redisstore.Options{}},
		{"whole seconds", redisstore.Options{WholeSeconds: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, storetest.Harness{
				New: func(t *testing.T) dewar.Store { return open(t, url, c.o) },
				Twins: func(t *testing.T) (a, b dewar.Store) {
					return open(t, url, c.o), open(t, "redis+unix://"+server.Socket, c.o)
				},
				Apart: func(t *testing.T) (a, b dewar.Store) {
					return open(t, url+"/1", c.o), open(t, url+"/2", c.o)
				},
			})
		})
	}
}
