// Package mongostore keeps sessions in MongoDB 4.4 or later, in documents as
// Flask-Session has them:
//
//	{_id, id: key, val: the data, expiration: when its life is over}
//
// _id is the key too, in those that a Store makes, so that a key is unique in a
// collection without an index of its own; in Flask-Session's it is an ObjectId.
// Every verb is one command, but for what Create, Update and Remove need to tell
// why they couldn't, for Create where it takes a document whose life is over, and
// for Remove where Load saw several documents of the key: the others go first. The
// collection must tell letters apart by case, as one does
// that was made without a collation.
//
// A user needs find, insert, update and remove on the collection; for
// [Store.Migrate] createIndex too.
//
// Clocks are the application's, as with Flask: machines must agree on the time.
package mongostore

import (
	"context"
	"errors"
	"time"

	"github.com/dewar-go/dewar"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

// Options are the choices of a Store.
type Options struct {
	// Shared finds Flask-Session's documents too: keys are looked for in id, not
	// in _id. Without the index that Migrate makes, a server reads the whole
	// collection for that, as it does for Flask-Session.
	Shared bool

	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// A Store is a [dewar.Store], a [dewar.Lister] and a [dewar.Purger] on MongoDB.
//
// It reads from the primary what a majority has, and a write is done when a
// majority has it, whatever the client's settings say. No write is repeated
// after an outcome that is unknown, but by the driver's retryable writes, which
// a replica set does once however often they arrive; a standalone server has
// none, and the driver then sends nothing twice.
//
// A document without an expiration, as Flask-Session 0.3.2 writes for sessions
// that aren't permanent, is there until something gives it one, as Touch does.
// One whose val is no binary is left as it is: Load, Update and Remove answer
// dewar.ErrUndecodable, and Create dewar.ErrExists.
type Store struct {
	documents *mongo.Collection
	by        string // the field that keys are looked for in
	shared    bool
	now       func() time.Time
}

var (
	_ dewar.Store  = (*Store)(nil)
	_ dewar.Lister = (*Store)(nil)
	_ dewar.Purger = (*Store)(nil)
)

// New makes a Store of a collection, whose client stays the caller's to
// disconnect.
func New(collection *mongo.Collection, o Options) *Store {
	s := &Store{by: "_id", shared: o.Shared, now: o.Now}
	s.documents = collection.Clone(options.Collection().
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Majority()).
		SetWriteConcern(writeconcern.Majority()))
	if s.shared {
		s.by = "id"
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// Load is find. Of several documents of one key, which Flask-Session leaves
// when two requests make a session at once, it is the one of the lowest _id.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	if err := check(ctx, key); err != nil {
		return dewar.Item{}, err
	}
	now := s.now()
	doc, more, err := s.find(ctx, key, now)
	if err != nil {
		return dewar.Item{}, err
	}
	return doc.item(now, more)
}

// Create is update, with an upsert that changes nothing where a document is: a
// live one is dewar.ErrExists, and one that is over is taken.
//
// Where the collection is shared and lacks Migrate's index, a Flask-Session can
// make a document of the same key in the same moment, as it can beside its own.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if err := checkWrite(ctx, key, data, life); err != nil {
		return dewar.Item{}, err
	}
	for range tries {
		end := ends(s.now(), life)
		made := bson.D{{Key: "val", Value: binary(0, data)}, {Key: "expiration", Value: end}}
		other := "id"
		if s.shared {
			other = "_id"
		}
		fresh := append(bson.D{{Key: other, Value: key}}, made...)
		r, err := s.documents.UpdateOne(ctx, bson.D{{Key: s.by, Value: key}}, bson.D{{Key: "$setOnInsert", Value: fresh}}, upsert())
		switch {
		case err == nil && r.UpsertedCount == 1:
			return kept(key, data, life), nil
		case err != nil && !mongo.IsDuplicateKeyError(err):
			return dewar.Item{}, refusal(ctx, err)
		}
		item, err := s.takeOver(ctx, key, made, data, life)
		if !errors.Is(err, dewar.ErrNotFound) {
			return item, err
		}
	}
	return dewar.Item{}, errRestless
}

// takeOver gives a document whose life is over to a creator: ErrExists if it
// isn't over, ErrNotFound if it has vanished.
func (s *Store) takeOver(ctx context.Context, key string, made bson.D, data []byte, life time.Duration) (dewar.Item, error) {
	now := s.now()
	_, _, err := s.find(ctx, key, now)
	if err == nil {
		return dewar.Item{}, dewar.ErrExists
	} else if !errors.Is(err, dewar.ErrNotFound) {
		return dewar.Item{}, err
	}
	id, err := s.documents.FindOneAndUpdate(ctx,
		bson.D{{Key: s.by, Value: key}, {Key: "expiration", Value: bson.D{{Key: "$lte", Value: bson.NewDateTimeFromTime(now)}}}},
		bson.D{{Key: "$set", Value: made}}, onlyID()).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return dewar.Item{}, dewar.ErrNotFound
	} else if err != nil {
		return dewar.Item{}, refusal(ctx, err)
	}
	item := kept(key, data, life)
	item.Tag = tag{id: id.Lookup("_id")}
	return item, nil
}

// Update is update, of the very document and val that were loaded.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if err := checkWrite(ctx, key, data, life); err != nil {
		return dewar.Item{}, err
	}
	now := s.now()
	r, err := s.documents.UpdateOne(ctx, s.same(key, old, now), bson.D{{Key: "$set", Value: bson.D{
		{Key: "val", Value: binary(0, data)},
		{Key: "expiration", Value: ends(now, life)},
	}}})
	if err != nil {
		return dewar.Item{}, refusal(ctx, err)
	}
	if r.MatchedCount == 0 {
		return dewar.Item{}, s.why(ctx, key)
	}
	item := kept(key, data, life)
	if t, ok := old.Tag.(tag); ok {
		t.subtype = 0
		item.Tag = t
	}
	return item, nil
}

// Touch is update, with the later of two expirations.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	if err := checkWrite(ctx, key, nil, life); err != nil {
		return err
	}
	now := s.now()
	later := bson.D{{Key: "$max", Value: bson.D{{Key: "expiration", Value: ends(now, life)}}}}
	change := func() (*mongo.UpdateResult, error) { return s.documents.UpdateOne(ctx, s.live(key, now), later) }
	if s.shared { // there may be more than one
		change = func() (*mongo.UpdateResult, error) { return s.documents.UpdateMany(ctx, s.live(key, now), later) }
	}
	r, err := change()
	if err != nil {
		return refusal(ctx, err)
	}
	if r.MatchedCount == 0 {
		return dewar.ErrNotFound
	}
	return nil
}

// Remove is delete, of the very document and val that were loaded. Where Load
// saw more documents of the key, the others, which nobody reads, go first.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	if t, _ := old.Tag.(tag); t.more {
		others := bson.D{{Key: s.by, Value: key}, {Key: "_id", Value: bson.D{{Key: "$ne", Value: t.id}}}}
		if _, err := s.documents.DeleteMany(ctx, others); err != nil {
			return refusal(ctx, err)
		}
	}
	r, err := s.documents.DeleteOne(ctx, s.same(key, old, s.now()))
	if err != nil {
		return refusal(ctx, err)
	}
	if r.DeletedCount == 0 {
		return s.why(ctx, key)
	}
	return nil
}

// Delete is delete, of every document of the key.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := check(ctx, key); err != nil {
		return err
	}
	var err error
	if all := (bson.D{{Key: s.by, Value: key}}); s.shared {
		_, err = s.documents.DeleteMany(ctx, all)
	} else {
		_, err = s.documents.DeleteOne(ctx, all)
	}
	if err != nil {
		return refusal(ctx, err)
	}
	return nil
}

// why tells why a document that was loaded isn't there any more.
func (s *Store) why(ctx context.Context, key string) error {
	doc, _, err := s.find(ctx, key, s.now())
	if err != nil {
		return err
	}
	if _, _, err := doc.data(); err != nil {
		return err
	}
	return dewar.ErrConflict
}
