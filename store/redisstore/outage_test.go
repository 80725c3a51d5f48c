package redisstore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
)

// soon is how long a verb may go on after its context ended, on a machine
// that is busy.
const soon = time.Second

// promptly checks that a verb gives up when its context ends at the latest, and
// blames the context only if it has ended.
func promptly(t *testing.T, what string, ctx context.Context, st dewar.Store, v verb.Verb) (err error) {
	t.Helper()
	returned := make(chan error, 1)
	go func() { returned <- v.Call(ctx, st) }()
	select {
	case err = <-returned:
	case <-ctx.Done():
		select {
		case err = <-returned:
		case <-time.After(soon):
			t.Errorf("%s: %s goes on for %v after its context ended", what, v.Name, soon)
			return nil
		}
	}
	blamed := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	if verb.Answered(err) || blamed && ctx.Err() == nil {
		t.Errorf("%s: %s: %v, and the context: %v", what, v.Name, err, ctx.Err())
	}
	quotesNothing(t, what, err)
	return err
}

// While a server hangs, every verb returns as its context ends; then all goes
// on. The first verb of a connection is tried too: rueidis sends it in another
// way.
func TestPausedServer(t *testing.T) {
	server := realserver.Redis(t)
	for _, v := range verbs() {
		st := open(t, "redis://"+server.Addr, redisstore.Options{})
		server.Pause()
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			if err := promptly(t, "deadline", ctx, st, v); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v, want the deadline", v.Name, err)
			}
			cancel()

			ctx, cancel = context.WithTimeout(t.Context(), time.Hour)
			time.AfterFunc(20*time.Millisecond, cancel)
			if err := promptly(t, "cancelled", ctx, st, v); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v, want the cancellation", v.Name, err)
			}
		}
		server.Resume()
		if _, err := st.Load(t.Context(), "session:other"); !errors.Is(err, dewar.ErrNotFound) {
			t.Errorf("after %s and the pause: %v, want ErrNotFound", v.Name, err)
		}
	}
}

// More callers than a pipeline has room for return in time as well.
func TestPausedServerUnderLoad(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	server.Pause()
	crowd(t, st, key)
	server.Resume()
	if _, err := st.Load(t.Context(), key); !errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("after the pause: %v, want ErrNotFound", err)
	}
}

// crowd checks that thousands of callers of a server that hangs return in time.
func crowd(t *testing.T, st dewar.Store, key string) {
	t.Helper()
	for range 6 {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() { _, _ = st.Load(ctx, key) })
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
}

// A caller that gave up may use its slices again, though the command is still
// on its way (the race detector sees it).
func TestSlicesAfterGivingUp(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	create(t, st, key, "one")
	server.Pause()
	for _, call := range []func(ctx context.Context, old dewar.Item, data []byte) error{
		func(ctx context.Context, old dewar.Item, _ []byte) error { return st.Remove(ctx, key+"3", old) },
		func(ctx context.Context, _ dewar.Item, data []byte) error {
			_, err := st.Create(ctx, key+"2", data, time.Hour)
			return err
		},
		func(ctx context.Context, old dewar.Item, data []byte) error {
			_, err := st.Update(ctx, key, old, data, time.Hour)
			return err
		},
	} {
		old, data := []byte("one"), []byte("two")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := call(ctx, dewar.Item{Data: old}, data); verb.Answered(err) {
			t.Errorf("a paused server: %v", err)
		}
		cancel()
		copy(old, "XXX")
		copy(data, "XXX")
	}
	server.Resume()
	for _, k := range []string{key, key + "2"} {
		now, err := st.Load(t.Context(), k)
		if err == nil && string(now.Data) != "two" && string(now.Data) != "one" {
			t.Errorf("kept %q, which nobody wrote", now.Data)
		}
	}
}

// A server that is away is an error that is no outcome, at once; when it is
// back the same store goes on.
func TestServerAwayAndBack(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	create(t, st, key, secret)
	for range 2 {
		server.Stop()
		for _, v := range verbs() {
			begun := time.Now()
			err := v.Call(context.Background(), st) // without a deadline
			if took := time.Since(begun); verb.Answered(err) || took > soon {
				t.Errorf("away: %s: %v after %v", v.Name, err, took)
			}
			quotesNothing(t, v.Name, err)
		}
		server.Start()
		works(t, st)
	}
}

// While a connection is being made and the server hangs, callers that wait for
// it return in time, and none of them is told of another's context.
func TestConnectingToPausedServer(t *testing.T) {
	server := realserver.Redis(t)
	st := open(t, "redis://"+server.Addr, redisstore.Options{})
	server.Stop()
	_, _ = st.Load(t.Context(), key) // the connection is lost by now
	server.Start()
	server.Pause()
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	returned := make(chan error, 1)
	go func() {
		_, err := st.Load(patient, key) // makes the connection, until dial_timeout
		returned <- err
	}()
	for _, v := range verbs() {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		promptly(t, "connecting", ctx, st, v)
		cancel()
	}
	if err := <-returned; verb.Answered(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		t.Errorf("the patient one: %v, want an error that isn't its context's", err)
	}
	server.Resume()
	if _, err := st.Load(t.Context(), key); !errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("after the pause: %v, want ErrNotFound", err)
	}
}
