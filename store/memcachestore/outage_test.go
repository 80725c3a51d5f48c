package memcachestore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// soon is how long a verb may go on after its context ended, on a machine that
// is busy.
const soon = time.Second

// promptly checks that a verb gives up when its context ends at the latest, and
// blames the context only if it has ended.
func promptly(t *testing.T, ctx context.Context, st dewar.Store, v verb.Verb) (err error) {
	t.Helper()
	returned := make(chan error, 1)
	go func() { returned <- v.Call(ctx, st) }()
	select {
	case err = <-returned:
	case <-ctx.Done():
		select {
		case err = <-returned:
		case <-time.After(soon):
			t.Errorf("%s goes on for %v after its context ended", v.Name, soon)
			return nil
		}
	}
	blamed := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	if verb.Answered(err) || blamed && ctx.Err() == nil {
		t.Errorf("%s: %v, and the context: %v", v.Name, err, ctx.Err())
	}
	quotesNothing(t, v.Name, err)
	return err
}

// While a server hangs, every verb returns as its context ends; then all goes on
// over the same connection, and nobody gets another's answer.
func TestPausedServer(t *testing.T) {
	server := realserver.Memcached(t)
	for _, connected := range []bool{true, false} {
		st := open(t, memcachestore.Options{}, server.Addr)
		for _, v := range verbs(dewar.Item{Data: []byte(secret)}) {
			if connected {
				if _, err := st.Load(t.Context(), "session:other"); !errors.Is(err, dewar.ErrNotFound) {
					t.Fatalf("before %s: %v, want ErrNotFound", v.Name, err)
				}
			}
			server.Pause()
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
			if !connected {
				_ = st.Close()
				st = open(t, memcachestore.Options{}, server.Addr)
			}
		}
	}
}

// Thousands of callers of a server that hangs return in time, and large items on
// their way to it hold nobody up.
func TestPausedServerUnderLoad(t *testing.T) {
	server := realserver.Memcached(t)
	st := open(t, memcachestore.Options{}, server.Addr)
	_, _ = st.Load(t.Context(), key)
	server.Pause()
	large := make([]byte, 900_000)
	for range 4 {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		var all sync.WaitGroup
		for i := range 2000 {
			all.Go(func() {
				if i < 20 {
					_, _ = st.Create(ctx, key, large, time.Hour)
				}
				_, _ = st.Load(ctx, key)
			})
		}
		returned := make(chan struct{})
		go func() { all.Wait(); close(returned) }()
		<-ctx.Done()
		select {
		case <-returned:
		case <-time.After(2 * soon):
			t.Error("callers wait after their contexts ended")
		}
		cancel()
	}
	server.Resume()
	for deadline := time.Now().Add(10 * time.Second); ; { // all that was sent is answered first
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := st.Load(ctx, "session:other")
		cancel()
		if errors.Is(err, dewar.ErrNotFound) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after the pause: %v, want ErrNotFound", err)
		}
	}
}

// A caller that gave up may use its slices again, though the command may be on its
// way still (the race detector sees it).
func TestSlicesAfterGivingUp(t *testing.T) {
	server := realserver.Memcached(t)
	st := open(t, memcachestore.Options{}, server.Addr)
	create(t, st, key, "one")
	old := load(t, st, key)
	server.Pause()
	data := make([]byte, 300_000)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := st.Update(ctx, key, old, data, time.Hour); verb.Answered(err) {
		t.Errorf("a paused server: %v", err)
	}
	for i := range data {
		data[i] = 'X'
	}
	server.Resume()
	now := load(t, st, key)
	for _, b := range now.Data {
		if b == 'X' {
			t.Fatal("kept what nobody wrote")
		}
	}
}

// A server that is away is an error that is no outcome, at once; when it is back
// the same store goes on, whichever verb comes first.
func TestServerAwayAndBack(t *testing.T) {
	server := realserver.Memcached(t)
	st := open(t, memcachestore.Options{}, server.Addr)
	item := dewar.Item{Data: []byte(secret)}
	for _, v := range verbs(item) {
		_, _ = st.Load(t.Context(), key)
		server.Stop()
		for _, w := range verbs(item) {
			begun := time.Now()
			err := w.Call(context.Background(), st) // without a deadline
			if took := time.Since(begun); verb.Answered(err) || took > soon {
				t.Errorf("away: %s: %v after %v", w.Name, err, took)
			}
			quotesNothing(t, w.Name, err)
		}
		server.Start()
		if err := v.Call(t.Context(), st); !verb.Answered(err) {
			t.Errorf("back: %s: %v", v.Name, err)
		}
		// and when nobody asked while it was away
		server.Stop()
		server.Start()
		time.Sleep(10 * time.Millisecond) // for the news to come that the connection is over
		if err := v.Call(t.Context(), st); !verb.Answered(err) {
			t.Errorf("back unnoticed: %s: %v", v.Name, err)
		}
	}
}

// A store that was closed says so.
func TestClosed(t *testing.T) {
	st := open(t, memcachestore.Options{}, realserver.Memcached(t).Addr)
	_, _ = st.Load(t.Context(), key)
	_ = st.Close()
	for _, v := range verbs(dewar.Item{}) {
		if err := v.Call(t.Context(), st); verb.Answered(err) {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}
