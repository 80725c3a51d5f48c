package redisstore

import (
	"context"
	"iter"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/redislayout"
	"github.com/redis/rueidis"
)

// List walks the keys with SCAN, on every primary, and asks for the size and the
// time left of each page's strings together. Keys of other types are not
// listed. It remembers 8 bytes of every key that it yielded, so that none comes
// twice.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		nodes, err := s.primaries(ctx)
		if err != nil {
			yield(dewar.Listed{}, err)
			return
		}
		var servers []redislayout.Scan
		for _, node := range nodes {
			servers = append(servers, scan(node))
		}
		redislayout.List(ctx, prefix, servers, s.describe)(yield)
	}
}

// scan asks this node for its keys.
func scan(node rueidis.Client) redislayout.Scan {
	return func(ctx context.Context, cursor uint64, match string) ([]string, uint64, error) {
		entry, err := node.Do(ctx, node.B().Scan().Cursor(cursor).Match(match).Count(redislayout.Page).Type("string").Build()).AsScanEntry()
		if err != nil {
			return nil, 0, refusal(ctx, err)
		}
		return entry.Elements, entry.Cursor, nil
	}
}

// describe is a [redislayout.Describe].
func (s *Store) describe(ctx context.Context, keys []string) (sizes, left []int64, err error) {
	commands := make(rueidis.Commands, 0, 2*len(keys))
	for _, key := range keys {
		commands = append(commands, s.client.B().Strlen().Key(key).Build(), s.client.B().Pttl().Key(key).Build())
	}
	for i, answer := range s.client.DoMulti(ctx, commands...) {
		n, err := answer.AsInt64()
		if err != nil {
			return nil, nil, refusal(ctx, err)
		}
		if i%2 == 0 {
			sizes = append(sizes, n)
		} else {
			left = append(left, n)
		}
	}
	return sizes, left, nil
}
