package mongostore

import (
	"context"
	"hash/maphash"
	"iter"
	"regexp"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// List asks for the keys and the lengths of the data, not for the data. In a
// collection that is shared it remembers 8 bytes of every key that it yielded:
// there may be two documents of one.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		if prefix != "" && check(ctx, prefix) != nil && ctx.Err() == nil {
			return // no key begins so
		}
		now := s.now()
		found, err := s.documents.Find(ctx, s.begins(prefix, now), options.Find().SetProjection(described(s.by)))
		if err != nil {
			yield(dewar.Listed{}, refusal(ctx, err))
			return
		}
		defer found.Close(context.WithoutCancel(ctx))
		seed, seen := maphash.MakeSeed(), map[uint64]struct{}{}
		for found.Next(ctx) {
			item, ok := s.listed(found.Current, now)
			if !ok {
				continue
			}
			if s.shared {
				sum := maphash.String(seed, item.Key)
				if _, twice := seen[sum]; twice {
					continue
				}
				seen[sum] = struct{}{}
			}
			if !yield(item, nil) {
				return
			}
		}
		if err := found.Err(); err != nil {
			yield(dewar.Listed{}, refusal(ctx, err))
		}
	}
}

// begins is the filter of the live documents whose keys have this prefix.
func (s *Store) begins(prefix string, now time.Time) bson.D {
	return bson.D{{Key: s.by, Value: bson.D{{Key: "$regex", Value: "^" + regexp.QuoteMeta(prefix)}}}, notOver(now)}
}

// described asks for what a Listed has. A val that is no binary has no length.
func described(by string) bson.D {
	kind := bson.D{{Key: "$type", Value: "$val"}}
	size := bson.D{{Key: "$cond", Value: bson.A{
		bson.D{{Key: "$eq", Value: bson.A{kind, "binData"}}},
		bson.D{{Key: "$binarySize", Value: "$val"}},
		-1,
	}}}
	return bson.D{{Key: by, Value: 1}, {Key: "expiration", Value: 1}, {Key: "size", Value: size}}
}

// listed describes a document; ok is false where it is none of ours.
func (s *Store) listed(doc bson.Raw, now time.Time) (item dewar.Listed, ok bool) {
	size, ok := doc.Lookup("size").AsInt64OK()
	if !ok || size < 0 {
		return item, false
	}
	key, ok := doc.Lookup(s.by).StringValueOK()
	return dewar.Listed{Key: strings.Clone(key), Size: int(size), Left: left(doc, now)}, ok
}

// Purge deletes the documents whose life is over, of all keys in the
// collection. A server with Migrate's index does so by itself, once a minute.
func (s *Store) Purge(ctx context.Context) (removed int, err error) {
	over := bson.D{{Key: "expiration", Value: bson.D{{Key: "$lte", Value: bson.NewDateTimeFromTime(s.now())}}}}
	r, err := s.documents.DeleteMany(ctx, over)
	if err != nil {
		return 0, refusal(ctx, err)
	}
	return int(r.DeletedCount), nil
}
