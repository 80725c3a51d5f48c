package redisstore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
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

// A verb is one of a store's, called on key with the right arguments.
type verb struct {
	name string
	call func(context.Context, dewar.Store) error
}

// verbs are all six, for an item that holds secret.
func verbs() []verb {
	item := dewar.Item{Data: []byte(secret)}
	return []verb{
		{"Load", func(ctx context.Context, st dewar.Store) error { _, err := st.Load(ctx, key); return err }},
		{"Create", func(ctx context.Context, st dewar.Store) error {
			_, err := st.Create(ctx, key, []byte(secret), time.Hour)
			return err
		}},
		{"Update", func(ctx context.Context, st dewar.Store) error {
			_, err := st.Update(ctx, key, item, []byte(secret+"2"), time.Hour)
			return err
		}},
		{"Touch", func(ctx context.Context, st dewar.Store) error { return st.Touch(ctx, key, 2*time.Hour) }},
		{"Remove", func(ctx context.Context, st dewar.Store) error { return st.Remove(ctx, key, item) }},
		{"Delete", func(ctx context.Context, st dewar.Store) error { return st.Delete(ctx, key) }},
	}
}

// outcome reports whether an error is one of the contract's outcomes.
func outcome(err error) bool {
	return err == nil || errors.Is(err, dewar.ErrNotFound) || errors.Is(err, dewar.ErrExists) || errors.Is(err, dewar.ErrConflict)
}
