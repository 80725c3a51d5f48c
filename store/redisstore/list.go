package redisstore

import (
	"context"
	"hash/maphash"
	"iter"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/redis/rueidis"
)

// page is about how many keys the server looks at for one answer, and for how
// long it serves nobody else: a fraction of a millisecond.
const page = 512

// List walks the keys with SCAN, on every primary, and asks for the size and the
// time left of each page's strings together. Keys of other types are not
// listed. SCAN may give a key twice, so List remembers a hash of 8 bytes of
// every key it yielded; two keys that share one, which is less likely than
// 1 in 30 million for a million keys, would be listed as one.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		seen, seed := make(map[uint64]struct{}), maphash.MakeSeed()
		nodes, err := s.primaries(ctx)
		if err != nil {
			yield(dewar.Listed{}, err)
			return
		}
		for _, node := range nodes {
			for cursor, first := uint64(0), true; first || cursor != 0; first = false {
				entry, err := node.Do(ctx, node.B().Scan().Cursor(cursor).Match(escape(prefix)+"*").Count(page).Type("string").Build()).AsScanEntry()
				if err != nil {
					yield(dewar.Listed{}, refusal(ctx, err))
					return
				}
				cursor = entry.Cursor
				keys := entry.Elements[:0]
				for _, key := range entry.Elements {
					sum := maphash.String(seed, key)
					if _, ok := seen[sum]; !ok {
						seen[sum] = struct{}{}
						keys = append(keys, key)
					}
				}
				if !s.describe(ctx, keys, yield) {
					return
				}
			}
		}
	}
}

// describe yields the items of a page that are still there. It reports
// whether to go on.
func (s *Store) describe(ctx context.Context, keys []string, yield func(dewar.Listed, error) bool) bool {
	if len(keys) == 0 {
		return true
	}
	commands := make(rueidis.Commands, 0, 2*len(keys))
	for _, key := range keys {
		commands = append(commands, s.client.B().Strlen().Key(key).Build(), s.client.B().Pttl().Key(key).Build())
	}
	answers := s.client.DoMulti(ctx, commands...)
	for i, key := range keys {
		size, err := answers[2*i].AsInt64()
		left, err2 := answers[2*i+1].AsInt64()
		if err == nil {
			err = err2
		}
		if err != nil {
			yield(dewar.Listed{}, refusal(ctx, err))
			return false
		}
		if left == -2 { // gone since SCAN
			continue
		}
		item := dewar.Listed{Key: key, Size: int(size), Left: time.Duration(max(left, 0)) * time.Millisecond}
		if !yield(item, nil) {
			return false
		}
	}
	return true
}

// escape makes a prefix mean itself in a pattern.
func escape(prefix string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(prefix)
}
