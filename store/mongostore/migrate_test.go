package mongostore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// indexes gives what the server says of the collection's, by name.
func indexes(t *testing.T, c *mongo.Collection) map[string]bson.M {
	t.Helper()
	found, err := c.Indexes().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []bson.M
	if err := found.All(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	byName := map[string]bson.M{}
	for _, index := range all {
		byName[index["name"].(string)] = index
	}
	return byName
}

// Indexes are made by Migrate alone, which may be called again.
func TestMigrate(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	both(t, func(t *testing.T, o mongostore.Options) {
		if err := sessions.Drop(t.Context()); err != nil {
			t.Fatal(err)
		}
		st := open(t, "mongodb://"+server.Addr, o)
		create(t, st, key, secret)
		for _, v := range verbs() {
			_ = v.Call(t.Context(), st)
		}
		_, _ = st.Purge(t.Context())
		if got := indexes(t, sessions); len(got) > 1 {
			t.Errorf("made without Migrate: %v", got)
		}
		for range 2 {
			if err := st.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got := indexes(t, sessions)
		if ttl := got["expiration_1"]; ttl["expireAfterSeconds"] != int32(0) {
			t.Errorf("expiration_1: %v", ttl)
		}
		if id, ok := got["id_1"]; ok != o.Shared || ok && id["unique"] != true {
			t.Errorf("id_1: %v", id)
		}
		if o.Shared {
			insert(t, sessions, flaskDocument(key, "1", time.Now()))
			if _, err := sessions.InsertOne(t.Context(), flaskDocument(key, "2", time.Now())); !mongo.IsDuplicateKeyError(err) {
				t.Errorf("two documents of one id: %v", err)
			}
		}
	})
}

// Two documents of one id are left as they are, and said.
func TestMigrateDuplicates(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	insert(t, sessions, flaskDocument(key, "1", time.Now()), flaskDocument(key, "2", time.Now()))
	err := open(t, "mongodb://"+server.Addr, mongostore.Options{Shared: true}).Migrate(t.Context())
	if !errors.Is(err, mongostore.ErrDuplicates) {
		t.Errorf("%v", err)
	}
	quotesNothing(t, "Migrate", err)
	if n, err := sessions.CountDocuments(t.Context(), bson.D{}); n != 2 || err != nil {
		t.Errorf("%d documents are left, %v", n, err)
	}
}

// A server that refuses a TTL index is as good: all else is done, no verb
// notices, and Purge deletes what is over.
func TestNoTTL(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	plain := mongo.IndexModel{Keys: bson.D{{Key: "expiration", Value: 1}}, Options: options.Index().SetName("expiration_1")}
	if _, err := sessions.Indexes().CreateOne(t.Context(), plain); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	st := open(t, "mongodb://"+server.Addr, mongostore.Options{Shared: true, Now: func() time.Time { return now }})
	err := st.Migrate(t.Context())
	if !errors.Is(err, mongostore.ErrNoTTL) {
		t.Fatal(err)
	}
	quotesNothing(t, "Migrate", err)
	if _, ok := indexes(t, sessions)["id_1"]; !ok {
		t.Error("no index on id")
	}
	create(t, st, key, secret)
	if _, err := st.Create(t.Context(), "session:longer", nil, 3*time.Hour); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	if _, err := st.Load(t.Context(), key); !errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("its life is over: %v", err)
	}
	if n, err := st.Purge(t.Context()); n != 1 || err != nil {
		t.Errorf("purged %d, %v", n, err)
	}
	if n, err := sessions.CountDocuments(t.Context(), bson.D{}); n != 1 || err != nil {
		t.Errorf("%d documents are left, %v", n, err)
	}
}
