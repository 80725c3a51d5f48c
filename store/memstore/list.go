package memstore

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// List yields the items whose keys begin with prefix. The store isn't locked
// while one is looked at: it may be used meanwhile, and changed.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		for i := range s.shards {
			if err := ctx.Err(); err != nil {
				yield(dewar.Listed{}, err)
				return
			}
			for _, l := range s.shards[i].list(prefix, s.now()) {
				if !yield(l, nil) {
					return
				}
			}
		}
	}
}

// list gives the items of one shard. It takes the lock itself.
func (sh *shard) list(prefix string, now time.Time) (all []dewar.Listed) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for key, e := range sh.items {
		if strings.HasPrefix(key, prefix) && now.Before(e.end) {
			all = append(all, dewar.Listed{Key: key, Size: len(e.state.data), Left: e.end.Sub(now)})
		}
	}
	return all
}
