package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/mongostore"
	"github.com/gin-contrib/sessions/mongo/mongodriver"
	fibermongo "github.com/gofiber/storage/mongodb"
	mongov1 "go.mongodb.org/mongo-driver/mongo"
	optionsv1 "go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// MongoRows returns the same kinds of requests on the MongoDB at addr
// (host:port), each contender in a collection of its own with the indexes that
// it makes. What it opens is closed with tb. There are no rows of many writers:
// the stand-in, which the tests have in MongoDB's place, keeps some of them
// waiting for longer than a commit may take.
func MongoRows(tb testing.TB, addr string) []Row {
	url := "mongodb://" + addr
	rows := storeRows("mongodb", []Contender{
		mongoFloor(mongoCollection(tb, url)),
		storedOurs(tb, "native", dewar.Stored(mongoStore(tb, url+"/native", mongostore.Options{}))),
		storedOurs(tb, "flask", flask.Stored(mongoStore(tb, url+"/flask", mongostore.Options{Shared: true}))),
		ginOn(mongodriver.NewStore(mongoV1(tb, url), 3600, true, []byte(key))),
		fiberOn(withContext{fiberMongo(tb, url)}),
	})
	return slices.DeleteFunc(rows, func(r Row) bool { return r.Op == Write && r.Crowd > 1 })
}

func mongoStore(tb testing.TB, url string, o mongostore.Options) dewar.Store {
	tb.Helper()
	store, closer, err := mongostore.Open(context.Background(), url, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = closer.Close() })
	if err := store.Migrate(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return store
}

func mongoCollection(tb testing.TB, url string) *mongo.Collection {
	tb.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(url))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client.Database("floor").Collection("sessions")
}

func mongoV1(tb testing.TB, url string) *mongov1.Collection {
	tb.Helper()
	client, err := mongov1.Connect(context.Background(), optionsv1.Client().ApplyURI(url))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	return client.Database("gin").Collection("sessions")
}

func fiberMongo(tb testing.TB, url string) *fibermongo.Storage {
	storage := fibermongo.New(fibermongo.Config{ConnectionURI: url, Database: "fiber", Collection: "sessions"})
	tb.Cleanup(func() { _ = storage.Close() })
	return storage
}

// withContext gives fiber's storage, whose last version that can be had is older
// than fiber v3, the methods that v3 asks for.
type withContext struct{ *fibermongo.Storage }

func (s withContext) GetWithContext(_ context.Context, key string) ([]byte, error) {
	return s.Get(key)
}

func (s withContext) SetWithContext(_ context.Context, key string, val []byte, exp time.Duration) error {
	return s.Set(key, val, exp)
}
func (s withContext) DeleteWithContext(_ context.Context, key string) error { return s.Delete(key) }
func (s withContext) ResetWithContext(context.Context) error                { return s.Reset() }

// mongoFloor is the least that a session on MongoDB costs: the cookie is the
// key, a read is a find, a write is a find and an update of the same bytes, which
// whoever wrote meanwhile loses by. Nothing is decoded or looked at.
func mongoFloor(c *mongo.Collection) Contender {
	set := func(r *http.Request, key string, data []byte) error {
		change := bson.D{{Key: "val", Value: data}, {Key: "expiration", Value: time.Now().Add(time.Hour)}}
		_, err := c.UpdateOne(r.Context(), bson.D{{Key: "_id", Value: key}}, bson.D{{Key: "$set", Value: change}}, options.UpdateOne().SetUpsert(true))
		return err
	}
	get := func(r *http.Request) ([]byte, error) {
		doc, err := c.FindOne(r.Context(), bson.D{{Key: "_id", Value: floorKey(r)}}).Raw()
		if err != nil {
			return nil, err
		}
		_, data := doc.Lookup("val").Binary()
		return data, nil
	}
	return Contender{Name: "floor", new: func(op Op) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var err error
			switch op {
			case Read, ReadCount:
				_, err = get(r)
			case Write:
				var data []byte
				if data, err = get(r); err == nil {
					err = set(r, floorKey(r), data)
				}
			case SeedSmall, Seed2K:
				values := map[string]any{}
				seed(op, func(key string, v any) { values[key] = v })
				data, _ := json.Marshal(values)
				key := "floor:" + rand.Text()
				w.Header().Set("Set-Cookie", "floor="+key)
				err = set(r, key, data)
			}
			if err != nil {
				http.Error(w, "no answer", http.StatusInternalServerError)
				return
			}
			reply(w, true)
		})
	}}
}
