package goredisstore

import (
	"context"
	"iter"
	"sync"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/redislayout"
	"github.com/redis/go-redis/v9"
)

// List walks the keys of strings with SCAN, on every primary, as redisstore does.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		servers := []redislayout.Scan{s.scan(s.client)}
		if c, ok := s.client.(*redis.ClusterClient); ok {
			var err error
			if servers, err = await(ctx, func() ([]redislayout.Scan, error) { return s.primaries(ctx, c) }); err != nil {
				yield(dewar.Listed{}, s.refusal(ctx, err))
				return
			}
		}
		redislayout.List(ctx, prefix, servers, s.describe)(yield)
	}
}

func (s *Store) primaries(ctx context.Context, c *redis.ClusterClient) (servers []redislayout.Scan, err error) {
	var mu sync.Mutex
	err = c.ForEachMaster(ctx, func(_ context.Context, node *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		servers = append(servers, s.scan(node))
		return nil
	})
	return servers, err
}

// scan asks this node for its keys.
func (s *Store) scan(node redis.Cmdable) redislayout.Scan {
	return func(ctx context.Context, cursor uint64, match string) ([]string, uint64, error) {
		var next uint64
		keys, err := await(ctx, func() (keys []string, err error) {
			keys, next, err = node.ScanType(ctx, cursor, match, redislayout.Page, "string").Result()
			return keys, err
		})
		if err != nil {
			return nil, 0, s.refusal(ctx, err)
		}
		return keys, next, nil
	}
}

// describe is a [redislayout.Describe].
func (s *Store) describe(ctx context.Context, keys []string) (sizes, left []int64, err error) {
	pipe := s.client.Pipeline()
	for _, key := range keys {
		pipe.Do(ctx, "strlen", key)
		pipe.Do(ctx, "pttl", key)
	}
	answers, err := await(ctx, func() ([]redis.Cmder, error) { return pipe.Exec(ctx) })
	if err != nil {
		return nil, nil, s.refusal(ctx, err)
	}
	for i := 0; i < len(answers); i += 2 {
		size, _ := answers[i].(*redis.Cmd).Int64()
		ms, _ := answers[i+1].(*redis.Cmd).Int64()
		sizes, left = append(sizes, size), append(left, ms)
	}
	return sizes, left, nil
}
