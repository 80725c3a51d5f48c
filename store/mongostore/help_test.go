package mongostore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// The key and the data that no error may quote.
const (
	key    = "session:k4p2-key"
	secret = "k4p2-data"
)

func open(t testing.TB, url string, o mongostore.Options) *mongostore.Store {
	t.Helper()
	st, closer, err := mongostore.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closer.Close() })
	return st
}

// raw is the collection of sessions by a client of the test's own.
func raw(t testing.TB, s *realserver.Server) *mongo.Collection {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI("mongodb://" + s.Addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client.Database("flask_session").Collection("sessions")
}

func insert(t testing.TB, c *mongo.Collection, docs ...any) {
	t.Helper()
	if _, err := c.InsertMany(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
}

// flaskDocument is one as Flask-Session writes it.
func flaskDocument(key, data string, end any) bson.D {
	return bson.D{{Key: "_id", Value: bson.NewObjectID()}, {Key: "id", Value: key}, {Key: "val", Value: []byte(data)}, {Key: "expiration", Value: end}}
}

// both runs a test with keys looked for in _id, and in id.
func both(t *testing.T, f func(t *testing.T, o mongostore.Options)) {
	t.Run("own", func(t *testing.T) { f(t, mongostore.Options{}) })
	t.Run("shared", func(t *testing.T) { f(t, mongostore.Options{Shared: true}) })
}

func create(t testing.TB, st dewar.Store, key, data string) dewar.Item {
	t.Helper()
	item, err := st.Create(t.Context(), key, []byte(data), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// verbs are all six, for an item that holds secret.
func verbs() []verb.Verb { return verb.All(key, secret, dewar.Item{Data: []byte(secret)}) }

// quotesNothing checks that an error begins as it should and holds neither key
// nor data.
func quotesNothing(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if text := err.Error(); !strings.HasPrefix(text, "mongostore: ") || strings.Contains(text, "k4p2") {
		t.Errorf("%s: the error is %q", what, text)
	}
}
