package bench

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/bradfitz/gomemcache/memcache"
	gsm "github.com/bradleypeabody/gorilla-sessions-memcache"
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/memcachestore"
	ginmemcached "github.com/gin-contrib/sessions/memcached"
)

// MemcachedRows returns every kind of request that is measured on the memcached
// at addr. The others have gomemcache, with a connection for each visitor and time
// enough. What it opens is closed with tb.
func MemcachedRows(tb testing.TB, addr string) []Row {
	return storeRows("memcached", []Contender{
		memcachedFloor(goMemcache(tb, addr)),
		storedOurs(tb, "native", dewar.Stored(memcacheStore(tb, addr))),
		storedOurs(tb, "flask", flask.Stored(memcacheStore(tb, addr))),
		gorilla("gorilla", gsm.NewMemcacheStore(goMemcache(tb, addr), "gorilla", []byte(key))),
		ginOn(ginmemcached.NewStore(goMemcache(tb, addr), "gin", []byte(key))),
	})
}

func memcacheStore(tb testing.TB, addr string) dewar.Store {
	tb.Helper()
	store, err := memcachestore.New([]string{addr}, memcachestore.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() })
	return store
}

func goMemcache(tb testing.TB, addr string) *memcache.Client {
	client := memcache.New(addr)
	client.MaxIdleConns, client.Timeout = crowd, 10*time.Second
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

// memcachedFloor is the least that a session costs with gomemcache: the cookie is
// the key, a read is a get, a write is a get and a set of the same bytes, which
// whoever wrote meanwhile loses by. Nothing is decoded or looked at.
func memcachedFloor(client *memcache.Client) Contender {
	return Contender{Name: "floor", new: func(op Op) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var err error
			switch op {
			case Read, ReadCount:
				_, err = client.Get(floorKey(r))
			case Write:
				var item *memcache.Item
				if item, err = client.Get(floorKey(r)); err == nil {
					err = client.Set(&memcache.Item{Key: item.Key, Value: item.Value, Expiration: 3600})
				}
			case SeedSmall, Seed2K:
				values := map[string]any{}
				seed(op, func(key string, v any) { values[key] = v })
				data, _ := json.Marshal(values)
				key := "floor:" + rand.Text()
				w.Header().Set("Set-Cookie", "floor="+key)
				err = client.Set(&memcache.Item{Key: key, Value: data, Expiration: 3600})
			}
			if err != nil {
				http.Error(w, "no answer", http.StatusInternalServerError)
				return
			}
			reply(w, true)
		})
	}}
}
