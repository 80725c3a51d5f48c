package bench

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
)

// storesOf are the contenders of rows that keep sessions.
func storesOf(rows []Row) (keepers []Contender) {
	for _, c := range rows[0].Contenders {
		if c.Name != "baseline" && !strings.HasPrefix(c.Name, "floor") {
			keepers = append(keepers, c)
		}
	}
	return keepers
}

// TestStoresStore says that everybody on a store does the work that is timed.
func TestStoresStore(t *testing.T) {
	addr := realserver.Redis(t).Addr
	for store, rows := range map[string][]Row{
		"files":      FileRows(t),
		"memory":     MemoryRows(t),
		"redis":      RedisRows(t, addr),
		"cluster":    ClusterRows(t, addr, realserver.Cluster(t).Addrs()),
		"memcached":  MemcachedRows(t, realserver.Memcached(t).Addr),
		"postgresql": PostgresRows(t, realserver.PostgreSQL(t).Addr),
		"mariadb":    MySQLRows(t, realserver.MariaDB(t).Addr),
		"sqlite":     SQLiteRows(t, t.TempDir()),
		"mongodb":    MongoRows(t, realserver.Mongo(t).Addr),
	} {
		for _, c := range storesOf(rows) {
			t.Run(store+"/"+c.Name, func(t *testing.T) {
				if got, _ := serve(t, c, Read, ""); got != http.StatusNoContent {
					t.Errorf("read without a cookie: got %d, want 204", got)
				}
				for _, payload := range []Op{SeedSmall, Seed2K} {
					_, cookie := serve(t, c, payload, "")
					for _, step := range []struct {
						op   Op
						want int
					}{
						{Ignore, http.StatusOK},
						{Read, http.StatusOK},
						{ReadCount, http.StatusNoContent},
						{Write, http.StatusOK},
						{ReadCount, http.StatusOK},
						{Read, http.StatusOK},
					} {
						if got, _ := serve(t, c, step.op, cookie); got != step.want {
							t.Fatalf("%v, then %v: got %d, want %d", payload, step.op, got, step.want)
						}
					}
				}
			})
		}
	}
}

// TestStoreRowsRun sends a few requests of every row, as the measuring does.
func TestStoreRowsRun(t *testing.T) {
	addr := realserver.Redis(t).Addr
	var out strings.Builder
	err := CompareStores(&out, RedisRows(t, addr), addr, 1, 1)
	if err == nil {
		err = CompareStores(&out, MemoryRows(t), "", 1, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, r := range append(RedisRows(t, addr), MemoryRows(t)...) {
		lines += len(r.Contenders)
	}
	if got, want := strings.Count(out.String(), "\n"), lines+4; got != want {
		t.Errorf("got %d lines, want %d", got, want)
	}
}

// TestCommandsAreCounted says what the floor and the native rules send: a read
// is one command, a write two.
func TestCommandsAreCounted(t *testing.T) {
	addr := realserver.Redis(t).Addr
	for _, r := range RedisRows(t, addr) {
		counts, err := r.commands(addr)
		if err != nil {
			t.Fatal(err)
		}
		want := 2.0
		if r.Op == Read {
			want = 1
		}
		for i, c := range r.Contenders {
			if (c.Name == "native" || c.Name == "floor") && counts[i] != want {
				t.Errorf("%s, %s: got %v commands, want %v", r.Name, c.Name, counts[i], want)
			}
		}
	}
}
