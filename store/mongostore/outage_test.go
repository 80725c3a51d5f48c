package mongostore_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

// soon is how long a verb may go on after its context ended, on a machine
// that is busy.
const soon = time.Second

// A server that is away is an error that is no outcome, after the time that a
// server may take to be reached; when it is back the same store goes on, with
// what was there.
func TestServerAwayAndBack(t *testing.T) {
	server := realserver.Mongo(t, "--sync-on-commit")
	st := open(t, "mongodb://"+server.Addr+"/?serverSelectionTimeoutMS=300", mongostore.Options{})
	create(t, st, "session:other", "kept")
	for range 2 {
		server.Stop()
		for _, v := range verbs() {
			begun := time.Now()
			err := v.Call(context.Background(), st) // without a deadline
			if took := time.Since(begun); verb.Answered(err) || took > 300*time.Millisecond+soon {
				t.Errorf("away: %s: %v after %v", v.Name, err, took)
			}
			quotesNothing(t, v.Name, err)
		}
		server.Start()
		back := time.Now()
		for {
			item, err := st.Load(t.Context(), "session:other")
			if err == nil && string(item.Data) == "kept" {
				break
			}
			if verb.Answered(err) || time.Since(back) > 15*time.Second {
				t.Fatalf("back: %q, %v", item.Data, err)
			}
		}
	}
}

// While a server hangs, every verb returns as its context ends; then all goes
// on.
func TestPausedServer(t *testing.T) {
	server := realserver.Mongo(t)
	st := open(t, "mongodb://"+server.Addr, mongostore.Options{})
	for _, v := range verbs() {
		pause(t, server, st)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := promptly(t, ctx, st, v); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want the deadline", v.Name, err)
		}
		cancel()
		ctx, cancel = context.WithTimeout(t.Context(), time.Hour)
		time.AfterFunc(20*time.Millisecond, cancel)
		if err := promptly(t, ctx, st, v); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want the cancellation", v.Name, err)
		}
		server.Resume()
		if _, err := st.Load(t.Context(), "session:other"); !errors.Is(err, dewar.ErrNotFound) {
			t.Errorf("after %s and the pause: %v, want ErrNotFound", v.Name, err)
		}
	}
}

// pause freezes a server, and returns once all its threads are frozen: it
// answers no more.
func pause(t *testing.T, server *realserver.Server, st dewar.Store) {
	t.Helper()
	server.Pause()
	for begun := time.Now(); time.Since(begun) < 10*time.Second; {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := st.Load(ctx, "session:other")
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return
		}
	}
	t.Fatal("a paused server answers")
}

// promptly checks that a verb gives up when its context ends.
func promptly(t *testing.T, ctx context.Context, st dewar.Store, v verb.Verb) error {
	t.Helper()
	returned := make(chan error, 1)
	go func() { returned <- v.Call(ctx, st) }()
	<-ctx.Done()
	select {
	case err := <-returned:
		quotesNothing(t, v.Name, err)
		return err
	case <-time.After(soon):
		t.Errorf("%s goes on for %v after its context ended", v.Name, soon)
		return nil
	}
}

// cut opens a store whose answers can be lost.
func cut(t *testing.T, url string) (*mongostore.Store, *realserver.Cut) {
	t.Helper()
	target, err := mongostore.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	c := new(realserver.Cut)
	target.Client.SetDialer(dialer{c})
	st, closer, err := mongostore.OpenTarget(t.Context(), target, mongostore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closer.Close() })
	return st, c
}

type dialer struct{ cut *realserver.Cut }

func (d dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return d.cut.Conn(conn), nil
}

// A write whose answer is lost was done, once. A standalone server has no
// retryable writes, nor has a replica set where they are off: nobody knows, and
// the error says so. With them the driver asks again, and learns the outcome of
// the one that was done.
func TestLostAnswers(t *testing.T) {
	for _, row := range []struct {
		name    string
		args    []string
		query   string
		retried bool
	}{
		{"standalone", []string{"--standalone"}, "", false},
		{"replica set, off", nil, "&retryWrites=false", false},
		{"replica set", nil, "", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := realserver.Mongo(t, row.args...)
			sessions := raw(t, server)
			st, c := cut(t, "mongodb://"+server.Addr+"/?serverSelectionTimeoutMS=30000"+row.query) // a busy machine finds it again late
			for _, v := range verbs() {
				if _, err := sessions.DeleteMany(t.Context(), bson.D{}); err != nil {
					t.Fatal(err)
				}
				if v.Name != "Create" {
					create(t, st, key, secret)
				}
				c.Next(key)
				err := v.Call(t.Context(), st)
				if row.retried || v.Name == "Load" {
					if err != nil {
						t.Errorf("%s: %v, want no error", v.Name, err)
					}
				} else if verb.Answered(err) {
					t.Errorf("%s: %v, want an unknown outcome", v.Name, err)
				}
				quotesNothing(t, v.Name, err)
				var doc struct {
					Val        []byte
					Expiration time.Time
				}
				err = sessions.FindOne(t.Context(), bson.D{}).Decode(&doc)
				var done bool
				switch v.Name {
				case "Create", "Load":
					done = string(doc.Val) == secret
				case "Update":
					done = string(doc.Val) == secret+"2"
				case "Touch":
					done = time.Until(doc.Expiration) > 100*time.Minute
				default:
					done = errors.Is(err, mongo.ErrNoDocuments)
				}
				if !done {
					t.Errorf("%s wasn't done: %v", v.Name, err)
				}
			}
		})
	}
}

// A connection that breaks has the driver cancel others that are being made. Whoever
// waited for one hears of a store that fails, not of a visitor who left.
func TestCancelledByTheDriver(t *testing.T) {
	target, err := mongostore.Parse("mongodb://" + realserver.Mongo(t, "--standalone").Addr)
	if err != nil {
		t.Fatal(err)
	}
	d := new(cancelling)
	target.Client.SetDialer(d)
	st, closer, err := mongostore.OpenTarget(t.Context(), target, mongostore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = closer.Close() })
	d.broken.Store(true)
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		err := st.Touch(ctx, key, time.Hour)
		if verb.Answered(err) || errors.Is(err, context.Canceled) {
			t.Errorf("%v, and nobody cancelled", err)
		}
		cancel()
	}
}

// cancelling is a dialer that cancels what it dials, and its connections break.
type cancelling struct{ broken atomic.Bool }

func (d *cancelling) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.broken.Load() {
		return nil, context.Canceled
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	return breaking{conn, d}, err
}

type breaking struct {
	net.Conn
	d *cancelling
}

func (b breaking) Write(p []byte) (int, error) {
	if b.d.broken.Load() {
		return 0, context.Canceled
	}
	return b.Conn.Write(p)
}
