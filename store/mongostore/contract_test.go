package mongostore_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/mongostore"
	"github.com/dewar-go/dewar/storetest"
)

// The contract, on a replica set and on standalone servers; all of it on another
// if DEWAR_MONGODB names its host and port, as a mongod's.
func TestContract(t *testing.T) {
	for i, c := range []struct {
		name    string
		o       mongostore.Options
		migrate bool
		rounds  int
		args    []string
	}{
		{"own", mongostore.Options{}, false, 30, nil},
		{"shared", mongostore.Options{Shared: true}, true, 10, []string{"--standalone"}},
		{"shared, no index", mongostore.Options{Shared: true}, false, 10, []string{"--standalone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			addr := os.Getenv("DEWAR_MONGODB")
			if addr == "" {
				addr = realserver.Mongo(t, c.args...).Addr
			}
			url := "mongodb://" + addr + "/dewar_test_" + strconv.Itoa(i)
			if c.migrate {
				for _, collection := range []string{"", "?collection=a", "?collection=b"} {
					if err := open(t, url+collection, c.o).Migrate(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			storetest.Run(t, storetest.Harness{
				Rounds: c.rounds,
				New:    func(t *testing.T) dewar.Store { return open(t, url, c.o) },
				Twins: func(t *testing.T) (a, b dewar.Store) {
					return open(t, url, c.o), open(t, url, c.o)
				},
				Apart: func(t *testing.T) (a, b dewar.Store) {
					return open(t, url+"?collection=a", c.o), open(t, url+"?collection=b", c.o)
				},
			})
		})
	}
}
