package interop

import (
	"log/slog"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/goredisstore"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/redis/go-redis/v9"
)

// A keeper is where the sessions of a test lie: two stores of the same, as two
// processes have them.
type keeper struct {
	name   string
	share  int // a share of 2 has half as many histories
	stores func(t *testing.T) []dewar.Store
}

var keepers = []keeper{
	{"memory", 1, func(*testing.T) []dewar.Store { st := memstore.New(memstore.Options{}); return []dewar.Store{st, st} }},
	{"files", 2, func(t *testing.T) []dewar.Store { return opened(t, "file://"+t.TempDir()+"/sessions") }},
	{"Redis", 2, func(t *testing.T) []dewar.Store { return opened(t, "redis://"+realserver.Redis(t).Addr) }},
	{"Redis, go-redis", 2, func(t *testing.T) []dewar.Store {
		addr := realserver.Redis(t).Addr
		return []dewar.Store{goRedis(t, addr), goRedis(t, addr)}
	}},
	{"Redis cluster", 2, func(t *testing.T) []dewar.Store { return opened(t, "redis-cluster://"+realserver.Cluster(t).Addrs()) }},
	{"Redis behind sentinels", 2, func(t *testing.T) []dewar.Store {
		return opened(t, "redis-sentinel://"+realserver.Sentinel(t).Addrs()+"/"+realserver.MasterName)
	}},
	{"memcached", 2, func(t *testing.T) []dewar.Store { return opened(t, "memcached://"+realserver.Memcached(t).Addr) }},
	{"three memcacheds", 2, func(t *testing.T) []dewar.Store {
		_, list := realserver.Memcacheds(t, 3)
		return opened(t, "memcached://"+list)
	}},
	{"PostgreSQL", 4, func(t *testing.T) []dewar.Store {
		return migrated(t, "postgres://postgres@"+realserver.PostgreSQL(t).Addr+"/postgres?sslmode=disable")
	}},
	{"MariaDB", 4, func(t *testing.T) []dewar.Store {
		return migrated(t, "mysql://root@"+realserver.MariaDB(t).Addr+"/test")
	}},
	{"SQLite", 4, func(t *testing.T) []dewar.Store { return migrated(t, "sqlite:///"+t.TempDir()+"/sessions.db?wal=true") }},
	{"MongoDB", 8, func(t *testing.T) []dewar.Store {
		return opened(t, "mongodb://"+realserver.Mongo(t, "--standalone").Addr)
	}},
}

// opened opens a store URL twice.
func opened(t *testing.T, url string) (stores []dewar.Store) {
	t.Helper()
	for range 2 {
		o, err := open.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = o.Close() })
		stores = append(stores, o.Store)
	}
	return stores
}

// migrated is opened for a database, in which it makes the table.
func migrated(t *testing.T, url string) []dewar.Store {
	t.Helper()
	migrate(t, url)
	return opened(t, url)
}

func goRedis(t *testing.T, addr string) dewar.Store {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	st, err := goredisstore.New(client, goredisstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// silent is the observer of those who want none.
var silent = dewar.SlogObserver(slog.New(slog.DiscardHandler))
