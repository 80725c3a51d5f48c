package interop

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
	"github.com/dewar-go/dewar/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// onMongo are the settings of labs that share a MongoDB, a standalone one: this
// stand-in writes no oplog then, and is twice as fast.
func onMongo(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{key, "SESSION_TYPE=mongodb", "SESSION_MONGODB=mongodb://" + realserver.Mongo(t, "--standalone").Addr}, more...)
}

func onMongoWith(settings ...string) func(*testing.T) []string {
	return func(t *testing.T) []string { return onMongo(t, settings...) }
}

// Two Dewar processes on one MongoDB, under native rules without any index, and
// under Flask-Session's with Migrate's; a fifth as often as on Redis, unless
// DEWAR_RACES is full.
func TestMongoTwoProcesses(t *testing.T) {
	share := 5
	if os.Getenv("DEWAR_RACES") == "full" {
		share = 1
	}
	url := "mongodb://" + realserver.Mongo(t, "--standalone").Addr
	env := []string{key, "SESSION_TYPE=mongodb", "SESSION_MONGODB=" + url}
	own := slices.Concat(native, env, []string{"SESSION_MONGODB_COLLECT=native"})
	st, closer, err := mongostore.Open(t.Context(), url, mongostore.Options{Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	raceBoth(t, share, own, append(env, tombstones))
}

// Both twins use the database and the collection that the settings say, where a
// session is one document, and Flask-Session's index is the one that Migrate
// makes: either may come first.
func TestMongoCollection(t *testing.T) {
	addr := realserver.Mongo(t).Addr
	client, err := mongo.Connect(options.Client().ApplyURI("mongodb://" + addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	sessions := client.Database("app").Collection("web.sessions")
	st := mongostore.New(sessions, mongostore.Options{Shared: true})
	env := []string{key, "SESSION_TYPE=mongodb", "SESSION_MONGODB=mongodb://" + addr, "SESSION_MONGODB_DB=app", "SESSION_MONGODB_COLLECT=web.sessions"}
	for range 2 {
		if err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, lab := range []*twin.Lab{twin.Flask(t, env...), twin.Dewar(t, env...)} {
			_, cookie, err := ask(lab, "", `[["set","a",1]]`)
			if err != nil {
				t.Fatal(err)
			}
			_, id, _ := strings.Cut(cookie, "=")
			if n, err := sessions.CountDocuments(t.Context(), bson.D{{Key: "id", Value: "session:" + id}}); n != 1 || err != nil {
				t.Errorf("%s: %d documents, %v", lab.Name, n, err)
			}
		}
		if err := sessions.Drop(t.Context()); err != nil { // and now Flask-Session's index first
			t.Fatal(err)
		}
		twin.Flask(t, env...)
	}
}

// Flask-Session 0.3.2 writes sessions that aren't permanent without an
// expiration and can't read them again; a Dewar in its place can.
func TestMongoWithoutExpiration(t *testing.T) {
	env := onMongo(t, "DEWAR_RULES=flask-session-0.3", "SESSION_PERMANENT=false")
	old, lab := twin.Flask03(t, env...), twin.Dewar(t, env...)
	_, cookie, err := ask(old, "", `[["set","a",1]]`)
	if err != nil {
		t.Fatal(err)
	}
	if line, _, err := ask(old, cookie, `[["get","a"]]`); err == nil {
		t.Errorf("Flask-Session read it: %s", line)
	}
	for range 2 {
		if line, _, err := ask(lab, cookie, `[["get","a"]]`); err != nil || !strings.HasPrefix(line, `{"results":[1]`) {
			t.Errorf("%s %v", line, err)
		}
	}
	if line, _, err := ask(old, cookie, `[["get","a"]]`); err != nil || !strings.HasPrefix(line, `{"results":[1]`) {
		t.Errorf("Flask-Session, once Dewar gave it an end: %s %v", line, err)
	}
}

// What a request costs a MongoDB, exactly.
func TestMongoCommandsOfARequest(t *testing.T) {
	target, err := mongostore.Parse("mongodb://" + realserver.Mongo(t).Addr)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var sent []string
	target.Client.SetMonitor(&event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, e.CommandName)
	}})
	now := time.Now()
	clock := func() time.Time { return now }
	for _, rules := range []string{"native", "flask"} {
		st, closer, err := mongostore.OpenTarget(t.Context(), target, mongostore.Options{Shared: rules == "flask", Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		defer closer.Close()
		o := dewar.Stored(st)
		if rules == "flask" {
			o = flask.Stored(st)
		}
		o.Now = clock
		sessions, err := dewar.New(o)
		if err != nil {
			t.Fatal(err)
		}
		visit := func(cookie string, f func(*dewar.Session)) (set, names string) {
			mu.Lock()
			sent = nil
			mu.Unlock()
			r := httptest.NewRequest("GET", "https://localhost/", nil)
			r.Header.Set("Cookie", cookie)
			w := httptest.NewRecorder()
			sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
			set, _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
			mu.Lock()
			defer mu.Unlock()
			return set, strings.Join(sent, " ")
		}
		read := func(s *dewar.Session) { _ = s.Get("a") }
		write := func(s *dewar.Session) { s.Set("b", time.Now().UnixNano()) }
		end := func(s *dewar.Session) { s.Destroy() }
		first := func(s *dewar.Session) { s.Set("a", 1) }
		cookie, _ := visit("", first)
		renewed, _ := visit("", first)
		renewed, _ = visit(renewed, func(s *dewar.Session) { s.Renew() })
		visit(renewed, read) // the first use of an id that a renewal gave out is written down
		for _, step := range []struct {
			what, cookie string
			do           func(*dewar.Session)
			later        time.Duration // before it
			native       string
			flask        string // extends the life at each use
		}{
			{"no cookie", "", read, 0, "", ""},
			{"first value", "", first, 0, "update", "update"},
			{"read", cookie, read, 0, "find", "find update"},
			{"read, a minute later", cookie, read, time.Minute, "find", "find update"},
			{"write", cookie, write, 0, "find update", "find update"},
			{"read, hours later", cookie, read, 20 * time.Hour, "find update", "find update"},
			{"and again", cookie, read, 0, "find", "find update"},
			{"sign-out", cookie, end, 0, "find delete", "find delete"},
			{"renewed, sign-out", renewed, end, 0, "find delete", "find delete"},
			{"an unknown id", cookie, read, 0, "find find", "find find"},
			{"an id of no shape", "__Host-session=../x; session=../x", read, 0, "", ""},
		} {
			now = now.Add(step.later)
			want := step.native
			if rules == "flask" {
				want = step.flask
			}
			if _, got := visit(step.cookie, step.do); got != want {
				t.Errorf("%s, %s: got %q, want %q", rules, step.what, got, want)
			}
		}
	}
}

// While MongoDB is gone no response touches the cookie, requests without one
// don't notice, and once it is back everything goes on without a restart.
func TestMongoOutage(t *testing.T) {
	srv := realserver.Mongo(t)
	outage(t, srv, fmt.Sprintf("mongodb://%s/?serverSelectionTimeoutMS=300", srv.Addr))
}
