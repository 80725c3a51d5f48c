package redisstore_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/redis/rueidis"
)

// The key and the data that no error may quote.
const (
	key    = "session:k4p2-key"
	secret = "k4p2-data"
)

func open(t testing.TB, url string, o redisstore.Options) *redisstore.Store {
	t.Helper()
	st, closer, err := redisstore.Open(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closer.Close() })
	return st
}

// raw is a client of the test's own.
func raw(t testing.TB, s *realserver.Server) rueidis.Client {
	t.Helper()
	option, err := redisstore.ClientOption("redis+unix://" + s.Socket)
	if err != nil {
		t.Fatal(err)
	}
	client, err := rueidis.NewClient(option)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// do sends a command that must succeed.
func do(t testing.TB, client rueidis.Client, words ...string) rueidis.RedisResult {
	t.Helper()
	r := client.Do(t.Context(), client.B().Arbitrary(words...).Build())
	if err := r.Error(); err != nil && !rueidis.IsRedisNil(err) {
		t.Fatalf("%s: %v", words[0], err)
	}
	return r
}

// create makes an item that must be free.
func create(t testing.TB, st dewar.Store, key, data string) dewar.Item {
	t.Helper()
	item, err := st.Create(t.Context(), key, []byte(data), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// verbs are all six, for an item that holds secret.
func verbs() []verb.Verb { return verb.All(key, secret, dewar.Item{Data: []byte(secret)}) }
