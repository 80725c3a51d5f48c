package mongostore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	// maxKey is the longest key in bytes. A longer one is a mistake or an
	// attack.
	maxKey = 4 << 10

	// maxData is the most bytes of an item. MongoDB refuses an update of more
	// than 16 MiB, and one holds the old data and the new.
	maxData = 8<<20 - 16<<10

	// tries is how often a Create meets a document that is gone when it looks.
	tries = 4
)

var (
	errRestless = errors.New("mongostore: the document came and went again and again")
	errLarge    = fmt.Errorf("mongostore: the data is longer than %d bytes: %w", maxData, dewar.ErrTooLarge)
)

// A tag says which document an item was, with what is needed beside its data to
// name its val.
type tag struct {
	id      bson.RawValue
	subtype byte // of val: 0, or what an old driver wrote
	more    bool // there are more documents of the key
}

// check refuses a key that can't be, and a context that has ended.
func check(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("mongostore: %w", err)
	}
	switch {
	case key == "":
		return errors.New("mongostore: the key is empty")
	case len(key) > maxKey:
		return fmt.Errorf("mongostore: the key is longer than %d bytes", maxKey)
	case !utf8.ValidString(key) || strings.IndexByte(key, 0) >= 0:
		return errors.New("mongostore: the key isn't UTF-8, or holds a zero byte")
	}
	return nil
}

func checkWrite(ctx context.Context, key string, data []byte, life time.Duration) error {
	if life <= 0 {
		return errors.New("mongostore: a life must be positive")
	}
	if len(data) > maxData {
		return errLarge
	}
	return check(ctx, key)
}

// ends is when a life is over, rounded up to what a date holds.
func ends(now time.Time, life time.Duration) bson.DateTime {
	return bson.NewDateTimeFromTime(now.Add(life).Add(time.Millisecond - 1))
}

// binary is data as a document has it. No data is empty data, not null.
func binary(subtype byte, data []byte) bson.Binary {
	if data == nil {
		data = []byte{}
	}
	return bson.Binary{Subtype: subtype, Data: data}
}

// kept is the item that a write left there. Data is copied: it stays the
// caller's.
func kept(key string, data []byte, life time.Duration) dewar.Item {
	kind, id, _ := bson.MarshalValue(key) // a string always can
	return dewar.Item{Data: bytes.Clone(data), Left: life, Tag: tag{id: bson.RawValue{Type: kind, Value: id}}}
}

// live is the filter of a key's documents whose life isn't over.
func (s *Store) live(key string, now time.Time) bson.D {
	return bson.D{{Key: s.by, Value: key}, notOver(now)}
}

// notOver is true of a date to come, and of none.
func notOver(now time.Time) bson.E {
	return bson.E{Key: "expiration", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$lte", Value: bson.NewDateTimeFromTime(now)}}}}}
}

// same is the filter of the document that was loaded as old, as it was then.
func (s *Store) same(key string, old dewar.Item, now time.Time) bson.D {
	t, ok := old.Tag.(tag)
	filter := append(s.live(key, now), bson.E{Key: "val", Value: binary(t.subtype, old.Data)})
	if ok && s.shared {
		filter = append(filter, bson.E{Key: "_id", Value: t.id})
	}
	return filter
}

// document is one as the server returned it.
type document struct{ raw bson.Raw }

// find returns a key's live document of the lowest _id, and whether there are
// more. Where _id is the key the filter is that alone, for which MongoDB has a
// way that needs no plan, and the life is looked at here.
func (s *Store) find(ctx context.Context, key string, now time.Time) (doc document, more bool, err error) {
	if s.shared {
		return s.findShared(ctx, s.live(key, now))
	}
	doc.raw, err = s.documents.FindOne(ctx, bson.D{{Key: "_id", Value: key}}).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return doc, false, dewar.ErrNotFound
	} else if err != nil {
		return doc, false, refusal(ctx, err)
	}
	if end, ok := doc.raw.Lookup("expiration").DateTimeOK(); ok && end <= now.UnixMilli() {
		return doc, false, dewar.ErrNotFound
	}
	return doc, false, nil
}

func (s *Store) findShared(ctx context.Context, filter bson.D) (doc document, more bool, err error) {
	found, err := s.documents.Find(ctx, filter, options.Find().
		SetProjection(bson.D{{Key: "val", Value: 1}, {Key: "expiration", Value: 1}}).
		SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(2))
	if err != nil {
		return doc, false, refusal(ctx, err)
	}
	defer found.Close(ctx)
	if !found.Next(ctx) {
		if err := found.Err(); err != nil {
			return doc, false, refusal(ctx, err)
		}
		return doc, false, dewar.ErrNotFound
	}
	doc.raw = found.Current
	return doc, found.RemainingBatchLength() > 0, nil
}

// data is val, whatever the subtype.
func (d document) data() (data []byte, subtype byte, err error) {
	subtype, data, ok := d.raw.Lookup("val").BinaryOK()
	if !ok {
		return nil, 0, fmt.Errorf("mongostore: val is no binary: %w", dewar.ErrUndecodable)
	}
	return data[:len(data):len(data)], subtype, nil
}

func (d document) item(now time.Time, more bool) (dewar.Item, error) {
	data, subtype, err := d.data()
	if err != nil {
		return dewar.Item{}, err
	}
	return dewar.Item{Data: data, Left: left(d.raw, now), Tag: tag{d.raw.Lookup("_id"), subtype, more}}, nil
}

// left is what is left of a document's life; 0 where it has no end.
func left(doc bson.Raw, now time.Time) time.Duration {
	end, ok := doc.Lookup("expiration").DateTimeOK()
	if !ok {
		return 0
	}
	ms := end - now.UnixMilli()
	return time.Duration(min(max(ms, 1), math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

func upsert() *options.UpdateOneOptionsBuilder { return options.UpdateOne().SetUpsert(true) }

func onlyID() *options.FindOneAndUpdateOptionsBuilder {
	return options.FindOneAndUpdate().SetProjection(bson.D{{Key: "_id", Value: 1}})
}
