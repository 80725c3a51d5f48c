package bench

import (
	"net"
	"slices"
	"strconv"
	"testing"

	"github.com/alexedwards/scs/goredisstore"
	scsmem "github.com/alexedwards/scs/v2/memstore"
	"github.com/boj/redistore"
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/dewar-go/dewar/store/redisstore"
	ginredis "github.com/gin-contrib/sessions/redis"
	fiberredis "github.com/gofiber/storage/redis/v3"
	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"
)

// crowd is how many visitors the rows of many have; every client that pools
// connections may have one for each.
const crowd = 64

// safeFloor is the name of the floor that only writes.
const safeFloor = "floor-safe"

// RedisRows returns every kind of request that is measured on the Redis at
// addr (host:port). What it opens is closed with tb.
func RedisRows(tb testing.TB, addr string) []Row {
	client := redisClient(tb, addr, true)
	floor, safe := storeFloor("floor", client), safeStoreFloor(safeFloor, client)
	floorDefault := storeFloor("floor-default", redisClient(tb, addr, false))
	native := storedOurs(tb, "native", dewar.Stored(redisStore(tb, "redis://"+addr, redisstore.Options{})))
	asFlask := storedOurs(tb, "flask", flask.Stored(redisStore(tb, "redis://"+addr, redisstore.Options{WholeSeconds: true})))
	return storeRows("redis", []Contender{
		floor, floorDefault, safe, native, asFlask,
		scsOn(goredisstore.New(goRedis(tb, addr))), gorilla("gorilla", rediStore(tb, addr)), ginOn(ginStore(tb, addr)), fiberOn(fiberStorage(tb, addr)),
	})
}

// ClusterRows returns the reads on the Redis at addr beside those on a cluster,
// given by its nodes (host:port,host:port). What it opens is closed with tb.
func ClusterRows(tb testing.TB, addr, nodes string) (rows []Row) {
	floor := storeFloor("floor", redisClient(tb, addr, true))
	single := storedOurs(tb, "native", dewar.Stored(redisStore(tb, "redis://"+addr, redisstore.Options{})))
	cluster := storedOurs(tb, "native, cluster", dewar.Stored(redisStore(tb, "redis-cluster://"+nodes, redisstore.Options{})))
	for _, r := range storeRows("cluster beside single", []Contender{floor, single, cluster}) {
		if r.Op == Read {
			rows = append(rows, r)
		}
	}
	return rows
}

// MemoryRows returns the same kinds of requests on memory.
func MemoryRows(tb testing.TB) []Row {
	native := storedOurs(tb, "native", dewar.Stored(memstore.New(memstore.Options{})))
	return storeRows("memory", []Contender{baseline(), native, scsOn(scsmem.NewWithCleanupInterval(0))})
}

// storeRows are the rows for one kind of store. A safe floor only writes.
func storeRows(store string, all []Contender) (rows []Row) {
	readers := slices.DeleteFunc(slices.Clone(all), func(c Contender) bool { return c.Name == safeFloor })
	for _, n := range []int{1, crowd} {
		where := store + ", one"
		if n > 1 {
			where = store + ", " + strconv.Itoa(n)
		}
		rows = append(rows,
			Row{"read small, " + where, Read, SeedSmall, n, readers},
			Row{"read 2k, " + where, Read, Seed2K, n, readers},
			Row{"write small, " + where, Write, SeedSmall, n, all},
			Row{"write 2k, " + where, Write, Seed2K, n, all},
		)
	}
	return rows
}

func storedOurs(tb testing.TB, name string, o dewar.Options) Contender {
	tb.Helper()
	c, err := ours(name, o, dewar.Route{})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func redisStore(tb testing.TB, url string, o redisstore.Options) dewar.Store {
	tb.Helper()
	store, closer, err := redisstore.Open(url, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = closer.Close() })
	return store
}

// redisClient is rueidis as redisstore sets it, or with its own defaults.
func redisClient(tb testing.TB, addr string, asOurs bool) rueidis.Client {
	tb.Helper()
	option := rueidis.ClientOption{InitAddress: []string{addr}}
	if asOurs {
		var err error
		if option, err = redisstore.ClientOption("redis://" + addr); err != nil {
			tb.Fatal(err)
		}
	}
	client, err := rueidis.NewClient(option)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	return client
}

func goRedis(tb testing.TB, addr string) *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: addr, PoolSize: crowd})
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

func rediStore(tb testing.TB, addr string) *redistore.RediStore {
	tb.Helper()
	store, err := redistore.NewRediStore(crowd, "tcp", addr, "", "", []byte(key))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() })
	return store
}

func ginStore(tb testing.TB, addr string) ginredis.Store {
	tb.Helper()
	store, err := ginredis.NewStore(crowd, "tcp", addr, "", "", []byte(key))
	if err != nil {
		tb.Fatal(err)
	}
	pooled, err := ginredis.GetRedisStore(store)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = pooled.Close() })
	return store
}

func fiberStorage(tb testing.TB, addr string) *fiberredis.Storage {
	tb.Helper()
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		tb.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatal(err)
	}
	storage := fiberredis.New(fiberredis.Config{Host: host, Port: port, PoolSize: crowd})
	tb.Cleanup(func() { _ = storage.Close() })
	return storage
}
