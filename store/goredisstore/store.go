// Package goredisstore keeps sessions in Redis by a go-redis client that the
// program has already: of a server, a cluster, or a primary behind sentinels.
// Its items are redisstore's, to the byte. Where there is no client yet,
// redisstore serves several times as many visitors from the same cores.
package goredisstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/redislayout"
	"github.com/redis/go-redis/v9"
)

// Options are the choices of a Store.
type Options struct {
	// WholeSeconds rounds lives up to whole seconds, for a store that Flask
	// writes to as well; otherwise they are rounded up to milliseconds.
	WholeSeconds bool
}

// A Store is a [dewar.Store] and a [dewar.Lister] on Redis. Items vanish by
// themselves, so it is no Purger. A key of another type is left as it is, and a
// context that ends while a server hangs is obeyed, as by redisstore.
type Store struct {
	client redis.UniversalClient
	layout redislayout.Layout
}

// New makes a Store of a client, which stays the caller's to close. It refuses
// what it sees would break a promise: MaxRetries but -1, by which a write whose
// answer is lost is sent again (go-redis's own choice is 3 times); ReadOnly,
// RouteByLatency and RouteRandomly, by which replicas are read that lag behind;
// a Ring, which asks another node for one that is away, and when that is back
// ended sessions are too. It sees neither a failover client's ReplicaOnly nor
// into clients of other types: what is refused here they must not do either.
func New(client redis.UniversalClient, o Options) (*Store, error) {
	retries := 0
	switch c := client.(type) {
	case *redis.Client:
		retries = c.Options().MaxRetries
	case *redis.ClusterClient:
		retries = c.Options().MaxRetries
		if c.Options().ReadOnly || c.Options().RouteByLatency || c.Options().RouteRandomly {
			return nil, errors.New("goredisstore: the client reads from replicas, which lag behind: leave ReadOnly, RouteByLatency and RouteRandomly out")
		}
	case *redis.Ring:
		return nil, errors.New("goredisstore: a Ring asks another node for one that is away, and ended sessions come back with it: use a cluster")
	}
	if retries > 0 {
		return nil, fmt.Errorf("goredisstore: the client sends a write up to %d times again, be it done or not: set MaxRetries to -1", retries)
	}
	return &Store{client, redislayout.Layout{Store: "goredisstore", WholeSeconds: o.WholeSeconds}}, nil
}

// Load is GET. Left is unknown.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	answer, err := s.ask(ctx, dewar.ErrNotFound, "get", key)
	data, _ := answer.(string)
	return item([]byte(data), 0, err)
}

// Create is SET NX.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	life, err := s.layout.Check(key, life)
	if err == nil {
		_, err = s.ask(ctx, dewar.ErrExists, "set", key, string(data), "nx", "px", life.Milliseconds())
	}
	return item(data, life, err)
}

// Update compares old.Data with what is there and sets data in one script.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	life, err := s.layout.Check(key, life)
	if err == nil {
		err = s.run(ctx, redislayout.Update, key, string(old.Data), string(data), life.Milliseconds())
	}
	return item(data, life, err)
}

// Touch compares what is left with life and sets the longer in one script.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	life, err := s.layout.Check(key, life)
	if err != nil {
		return err
	}
	return s.run(ctx, redislayout.Touch, key, life.Milliseconds())
}

// Remove compares old.Data with what is there and deletes it in one script.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	return s.run(ctx, redislayout.Remove, key, string(old.Data))
}

// Delete is DEL.
func (s *Store) Delete(ctx context.Context, key string) error {
	_, err := s.ask(ctx, nil, "del", key)
	return err
}

func item(data []byte, life time.Duration, err error) (dewar.Item, error) {
	if err != nil {
		return dewar.Item{}, err
	}
	return dewar.Item{Data: bytes.Clone(data), Left: life}, nil
}

// run runs a script by its digest, and by its text where the server doesn't know
// it: then nothing was done.
func (s *Store) run(ctx context.Context, script, key string, args ...any) error {
	if err := s.layout.CheckKey(key); err != nil {
		return err
	}
	answer, err := s.send(ctx, append([]any{"evalsha", redis.NewScript(script).Hash(), 1, key}, args...)...)
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		answer, err = s.send(ctx, append([]any{"eval", script, 1, key}, args...)...)
	}
	if err != nil {
		return s.refusal(ctx, err)
	}
	n, _ := answer.(int64)
	return s.layout.Outcome(n)
}

// ask sends a command for a key; a null answer stands for none.
func (s *Store) ask(ctx context.Context, none error, name, key string, args ...any) (any, error) {
	if err := s.layout.CheckKey(key); err != nil {
		return nil, err
	}
	answer, err := s.send(ctx, append([]any{name, key}, args...)...)
	if err == redis.Nil {
		return nil, none
	} else if err != nil {
		return nil, s.refusal(ctx, err)
	}
	return answer, nil
}
