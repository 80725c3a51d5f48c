package redislayout

import (
	"context"
	"hash/maphash"
	"iter"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// Page is about how many keys a server looks at for one answer to SCAN, and for
// how long it serves nobody else: a fraction of a millisecond.
const Page = 512

// A Scan asks one server for a page of the keys that match a pattern and hold
// strings; next is 0 after the last.
type Scan func(ctx context.Context, cursor uint64, match string) (keys []string, next uint64, err error)

// Describe asks for the size and the milliseconds left of each key, together:
// STRLEN and PTTL, which are -2 left for a key that is gone and -1 for one that
// never ends.
type Describe func(ctx context.Context, keys []string) (sizes, left []int64, err error)

// List yields what lies on all these servers under keys that begin with prefix.
// SCAN may give a key twice, so it remembers a hash of 8 bytes of every key it
// yielded; two keys that share one, which is less likely than 1 in 30 million
// for a million keys, would be listed as one.
func List(ctx context.Context, prefix string, servers []Scan, describe Describe) iter.Seq2[dewar.Listed, error] {
	// A prefix means itself.
	match := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(prefix) + "*"
	return func(yield func(dewar.Listed, error) bool) {
		seen, seed := map[uint64]struct{}{}, maphash.MakeSeed()
		for _, scan := range servers {
			for cursor, first := uint64(0), true; first || cursor != 0; first = false {
				keys, next, err := scan(ctx, cursor, match)
				cursor = next
				fresh := keys[:0]
				for _, key := range keys {
					sum := maphash.String(seed, key)
					if _, ok := seen[sum]; !ok {
						seen[sum] = struct{}{}
						fresh = append(fresh, key)
					}
				}
				var sizes, left []int64
				if err == nil && len(fresh) > 0 {
					sizes, left, err = describe(ctx, fresh)
				}
				if err != nil {
					yield(dewar.Listed{}, err)
					return
				}
				for i, key := range fresh {
					if left[i] == -2 { // gone since SCAN
						continue
					}
					item := dewar.Listed{Key: key, Size: int(sizes[i]), Left: time.Duration(max(left[i], 0)) * time.Millisecond}
					if !yield(item, nil) {
						return
					}
				}
			}
		}
	}
}
