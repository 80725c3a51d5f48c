package mongostore_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Every document that a Flask-Session was recorded to write, 0.3.2's too: it is
// read, and one that we write of the same has the same fields to the byte, but
// for _id. (The order of fields is the server's choice.)
func TestRecordedDocuments(t *testing.T) {
	f, err := vectors.LoadStore("../../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	now := time.Now().Truncate(time.Second)
	clock := mongostore.Options{Shared: true, Now: func() time.Time { return now }}
	st := open(t, "mongodb://"+server.Addr, clock)
	n := 0
	for _, c := range f.Cases {
		for _, step := range c.Steps {
			for _, doc := range step.Documents {
				n++
				recorded := bson.Raw(doc)
				key := recorded.Lookup("id").StringValue()
				_, val := recorded.Lookup("val").Binary()
				now = time.Unix(step.Now, 0)
				if _, err := sessions.DeleteMany(t.Context(), bson.D{}); err != nil {
					t.Fatal(err)
				}
				insert(t, sessions, recorded)
				end, dated := recorded.Lookup("expiration").DateTimeOK()
				life := time.UnixMilli(end).Sub(now)
				item, err := st.Load(t.Context(), key)
				switch {
				case dated && life <= 0:
					if !errors.Is(err, dewar.ErrNotFound) {
						t.Errorf("%s: %v, and its life is over", c.ID, err)
					}
				case err != nil || !bytes.Equal(item.Data, val) || dated && item.Left != life:
					t.Errorf("%s: read %d bytes, %v left, %v", c.ID, len(item.Data), item.Left, err)
				}
				if err := st.Delete(t.Context(), key); err != nil || life <= 0 {
					continue
				}
				if _, err := st.Create(t.Context(), key, val, life); err != nil {
					t.Fatal(c.ID, err)
				}
				if got := one(t, sessions, "_id", 0); !bytes.Equal(byName(t, got), byName(t, recorded)) {
					t.Errorf("%s:\ngot  %v\nwant %v", c.ID, got, recorded)
				}
			}
		}
	}
	if n < 15 {
		t.Errorf("%d documents", n)
	}
}

// byName are a document's elements in the order of their names.
func byName(t *testing.T, doc bson.Raw) []byte {
	t.Helper()
	elements, err := doc.Elements()
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(elements, func(a, b bson.RawElement) int { return strings.Compare(a.Key(), b.Key()) })
	var sorted []byte
	for _, e := range elements {
		sorted = append(sorted, e...)
	}
	return sorted
}

// one is the only document there is.
func one(t *testing.T, c *mongo.Collection, field string, include int) bson.Raw {
	t.Helper()
	found, err := c.Find(t.Context(), bson.D{}, options.Find().SetProjection(bson.D{{Key: field, Value: include}}))
	if err != nil {
		t.Fatal(err)
	}
	var all []bson.Raw
	if err := found.All(t.Context(), &all); err != nil || len(all) != 1 {
		t.Fatalf("%d documents, %v", len(all), err)
	}
	return all[0]
}

// What Flask-Session wrote is a session as any: each verb does its work on it,
// and its _id stays.
func TestFlasksDocuments(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	st := open(t, "mongodb://"+server.Addr, mongostore.Options{Shared: true})
	ctx := t.Context()
	for _, migrated := range []bool{false, true} {
		doc := flaskDocument(key, secret, time.Now().Add(time.Hour))
		insert(t, sessions, doc)
		if _, err := st.Create(ctx, key, []byte("mine"), time.Hour); !errors.Is(err, dewar.ErrExists) {
			t.Errorf("create over Flask's: %v", err)
		}
		item, err := st.Load(ctx, key)
		if err != nil || string(item.Data) != secret {
			t.Fatalf("%q %v", item.Data, err)
		}
		next, err := st.Update(ctx, key, item, []byte("2"), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := st.Update(ctx, key, item, []byte("3"), time.Hour); !errors.Is(err, dewar.ErrConflict) {
			t.Errorf("an update of what was updated: %v", err)
		}
		if err := st.Touch(ctx, key, 2*time.Hour); err != nil {
			t.Error(err)
		}
		if id := one(t, sessions, "_id", 1).Lookup("_id").ObjectID(); id != doc[0].Value {
			t.Errorf("_id was %v, is %v", doc[0].Value, id)
		}
		// Another document of the same key and val is another session.
		if _, err := sessions.DeleteMany(ctx, bson.D{}); err != nil {
			t.Fatal(err)
		}
		insert(t, sessions, flaskDocument(key, "2", time.Now().Add(time.Hour)))
		if err := st.Remove(ctx, key, next); !errors.Is(err, dewar.ErrConflict) {
			t.Errorf("remove of one that was made anew: %v", err)
		}
		if next, err = st.Load(ctx, key); err != nil {
			t.Fatal(err)
		}
		if err := st.Remove(ctx, key, next); err != nil {
			t.Error(err)
		}
		// One that is over, which the server hasn't deleted, is taken.
		insert(t, sessions, flaskDocument(key, secret, time.Now().Add(-time.Second)))
		if item, err = st.Create(ctx, key, []byte("mine"), time.Hour); err != nil {
			t.Fatal(err)
		}
		if err := st.Remove(ctx, key, item); err != nil {
			t.Error(err)
		}
		if n, err := sessions.CountDocuments(ctx, bson.D{}); n != 0 || err != nil {
			t.Errorf("%d documents are left, %v", n, err)
		}
		if migrated {
			break
		}
		if err := st.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// Of two documents of one key every verb means the one of the lower _id that is
// alive, and what ends the session ends both.
func TestTwoDocumentsOfOneKey(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	st := open(t, "mongodb://"+server.Addr, mongostore.Options{Shared: true})
	ctx, end := t.Context(), time.Now().Add(time.Hour)
	for _, order := range []bool{true, false} {
		first, second := flaskDocument(key, "first", end), flaskDocument(key, "second", end)
		over := flaskDocument(key, "over", time.Now().Add(-time.Hour))
		over[0].Value = bson.NilObjectID
		docs := []any{over, first, second}
		if !order {
			docs = []any{second, first, over}
		}
		for _, ended := range []func(dewar.Item) error{
			func(item dewar.Item) error { return st.Remove(ctx, key, item) },
			func(dewar.Item) error { return st.Delete(ctx, key) },
		} {
			insert(t, sessions, docs...)
			item, err := st.Load(ctx, key)
			if err != nil || string(item.Data) != "first" {
				t.Fatalf("%q %v", item.Data, err)
			}
			if err := st.Touch(ctx, key, 5*time.Hour); err != nil {
				t.Fatal(err)
			}
			if item, err = st.Load(ctx, key); err != nil || item.Left < 4*time.Hour {
				t.Errorf("after a touch %v are left, %v", item.Left, err)
			}
			n := 0
			for l, err := range st.List(ctx, "") {
				if n++; err != nil || l.Key != key {
					t.Error(l.Key, err)
				}
			}
			if n != 1 {
				t.Errorf("listed %d times", n)
			}
			if item, err = st.Update(ctx, key, item, []byte("third"), time.Hour); err != nil {
				t.Fatal(err)
			}
			if err := ended(item); err != nil {
				t.Error(err)
			}
			if n, err := sessions.CountDocuments(ctx, bson.D{}); n != 0 || err != nil {
				t.Errorf("%d documents are left, %v", n, err)
			}
		}
	}
}

// A val of another binary subtype, as old drivers wrote, is compared as what it
// is; the first change makes it a common one.
func TestOldSubtypes(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	both(t, func(t *testing.T, o mongostore.Options) {
		st := open(t, "mongodb://"+server.Addr, o)
		for _, subtype := range []byte{0, 2, 0x80} {
			insert(t, sessions, bson.D{
				{Key: "_id", Value: key},
				{Key: "id", Value: key},
				{Key: "val", Value: bson.Binary{Subtype: subtype, Data: []byte(secret)}},
				{Key: "expiration", Value: time.Now().Add(time.Hour)},
			})
			item, err := st.Load(t.Context(), key)
			if err != nil || string(item.Data) != secret {
				t.Fatalf("subtype %d: %q %v", subtype, item.Data, err)
			}
			next, err := st.Update(t.Context(), key, item, []byte("2"), time.Hour)
			if err != nil {
				t.Errorf("subtype %d: %v", subtype, err)
			}
			if kind, _ := one(t, sessions, "val", 1).Lookup("val").Binary(); kind != 0 {
				t.Errorf("subtype %d became %d", subtype, kind)
			}
			if err := st.Remove(t.Context(), key, next); err != nil {
				t.Errorf("subtype %d: %v", subtype, err)
			}
		}
	})
}

// A document without an end, as Flask-Session 0.3.2 writes for sessions that
// aren't permanent, is there until a touch or a change gives it one.
func TestNoExpiration(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	st := open(t, "mongodb://"+server.Addr, mongostore.Options{Shared: true})
	insert(t, sessions, flaskDocument(key, secret, nil))
	item, err := st.Load(t.Context(), key)
	if err != nil || item.Left != 0 {
		t.Fatalf("%v left, %v", item.Left, err)
	}
	if _, err := st.Create(t.Context(), key, nil, time.Hour); !errors.Is(err, dewar.ErrExists) {
		t.Errorf("create: %v", err)
	}
	if n, err := st.Purge(t.Context()); n != 0 || err != nil {
		t.Errorf("purged %d, %v", n, err)
	}
	if err := st.Touch(t.Context(), key, time.Hour); err != nil {
		t.Fatal(err)
	}
	if item, err = st.Load(t.Context(), key); err != nil || item.Left < time.Minute || item.Left > time.Hour {
		t.Errorf("%v left, %v", item.Left, err)
	}
}

// A document whose val is something else is left alone.
func TestForeignDocuments(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	both(t, func(t *testing.T, o mongostore.Options) {
		st := open(t, "mongodb://"+server.Addr, o)
		insert(t, sessions, bson.D{{Key: "_id", Value: key}, {Key: "id", Value: key}, {Key: "val", Value: "text"}, {Key: "expiration", Value: time.Now().Add(time.Hour)}})
		before := one(t, sessions, "_id", 0)
		for _, v := range verbs()[:5] {
			want := dewar.ErrUndecodable
			switch v.Name {
			case "Touch":
				continue
			case "Create":
				want = dewar.ErrExists
			}
			if err := v.Call(t.Context(), st); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", v.Name, err, want)
			}
		}
		for l, err := range st.List(t.Context(), "") {
			t.Error("listed", l.Key, err)
		}
		if after := one(t, sessions, "_id", 0); !bytes.Equal(before, after) {
			t.Error("it was changed")
		}
		if err := st.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	})
}

// Lives are kept to the millisecond, rounded up: a month, ten years.
func TestLives(t *testing.T) {
	server := realserver.Mongo(t)
	sessions := raw(t, server)
	now := time.Unix(1700000000, 123456789)
	st := open(t, "mongodb://"+server.Addr, mongostore.Options{Now: func() time.Time { return now }})
	for _, row := range []struct {
		life time.Duration
		want int64 // ms after now's second
	}{
		{1, 124},
		{time.Millisecond, 125},
		{1500 * time.Microsecond, 125},
		{31 * 24 * time.Hour, 124 + 31*86400*1000},
		{3650 * 24 * time.Hour, 124 + 3650*86400*1000},
	} {
		if _, err := st.Create(t.Context(), key, nil, row.life); err != nil {
			t.Fatal(err)
		}
		end := one(t, sessions, "expiration", 1).Lookup("expiration").DateTime()
		if got := end - now.Unix()*1000; got != row.want {
			t.Errorf("%v: ends after %d ms, want %d", row.life, got, row.want)
		}
		item, err := st.Load(t.Context(), key)
		if err != nil || item.Left < row.life || item.Left > row.life+2*time.Millisecond {
			t.Errorf("%v: %v are left, %v", row.life, item.Left, err)
		}
		then := now
		now = time.UnixMilli(end) // its very end
		if _, err := st.Load(t.Context(), key); !errors.Is(err, dewar.ErrNotFound) {
			t.Errorf("%v: at its end: %v", row.life, err)
		}
		now = then
		if err := st.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
}

// What MongoDB wouldn't keep is refused before anything is sent.
func TestTooLarge(t *testing.T) {
	server := realserver.Mongo(t)
	st := open(t, "mongodb://"+server.Addr, mongostore.Options{})
	most := make([]byte, 8<<20-16<<10)
	item := create(t, st, key, string(most))
	if _, err := st.Update(t.Context(), key, item, append(most, 0), time.Hour); !errors.Is(err, dewar.ErrTooLarge) {
		t.Errorf("update: %v", err)
	}
	if _, err := st.Create(t.Context(), key+"2", append(most, 0), time.Hour); !errors.Is(err, dewar.ErrTooLarge) {
		t.Errorf("create: %v", err)
	}
	if item, err := st.Update(t.Context(), key, item, most, time.Hour); err != nil || len(item.Data) != len(most) {
		t.Errorf("as large as can be: %v", err)
	}
}
