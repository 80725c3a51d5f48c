package breaker_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/breaker"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/dewar-go/dewar/storetest"
)

// Closed, it is the store.
func TestContract(t *testing.T) {
	storetest.Run(t, storetest.Harness{New: func(t *testing.T) dewar.Store {
		return breaker.New(memstore.New(memstore.Options{}), breaker.Options{})
	}})
}

// moody answers with err, if there is one, and counts.
type moody struct {
	dewar.Store
	err   error
	leave func() // nil: the caller stays
	asked int
}

func (m *moody) Load(ctx context.Context, key string) (dewar.Item, error) {
	if m.leave != nil {
		m.leave()
	}
	if m.asked++; m.err != nil {
		return dewar.Item{}, m.err
	}
	return m.Store.Load(ctx, key)
}

// Failed is never asked whether no error is one: a function that says what is
// harmless, or reads the error's text, is right.
func TestFailedIsAskedOfErrors(t *testing.T) {
	b := breaker.New(memstore.New(memstore.Options{}), breaker.Options{
		Failures: 1,
		Failed:   func(err error) bool { return err.Error() != dewar.ErrNotFound.Error() },
	})
	if _, err := b.Create(t.Context(), "k", nil, time.Hour); err != nil || b.Open() {
		t.Errorf("a success: %v, open: %v", err, b.Open())
	}
	if _, err := b.Load(t.Context(), "other"); !errors.Is(err, dewar.ErrNotFound) || b.Open() {
		t.Errorf("a harmless error: %v, open: %v", err, b.Open())
	}
	if _, err := b.Create(t.Context(), "k", nil, time.Hour); !errors.Is(err, dewar.ErrExists) || !b.Open() {
		t.Errorf("a failure: %v, open: %v", err, b.Open())
	}
}

func TestBreaker(t *testing.T) {
	now := time.Unix(1e9, 0)
	st := &moody{Store: memstore.New(memstore.Options{}), err: errors.New("down")}
	b := breaker.New(st, breaker.Options{Failures: 3, Now: func() time.Time { return now }})
	ctx := t.Context()
	expect := func(what string, asked int, want error) {
		t.Helper()
		st.asked = 0
		if _, err := b.Load(ctx, "k"); !errors.Is(err, want) || st.asked != asked {
			t.Errorf("%s: %v, the store was asked %d times, want %v and %d", what, err, st.asked, want, asked)
		}
	}
	expect("the first failure", 1, st.err)
	expect("the second", 1, st.err)
	st.err = nil
	expect("an outcome is no failure", 1, dewar.ErrNotFound)
	st.err = errors.New("down")
	expect("counting begins anew", 1, st.err)
	expect("again", 1, st.err)
	if b.Open() {
		t.Error("open too early")
	}
	expect("the third in a row", 1, st.err)
	if !b.Open() {
		t.Error("not open")
	}
	expect("open", 0, breaker.ErrOpen)
	if err := b.Delete(t.Context(), "k"); !errors.Is(err, breaker.ErrOpen) {
		t.Errorf("for every verb: %v", err)
	}
	now = now.Add(time.Second)
	expect("after the pause one is let through", 1, st.err)
	expect("and no other", 0, breaker.ErrOpen)
	now = now.Add(time.Second)
	leaves := func(err error) {
		t.Helper()
		st.err = err
		ctx, st.leave = context.WithCancel(t.Context())
		expect("a visitor who went away says nothing", 1, err)
		ctx, st.leave = t.Context(), nil
	}
	leaves(context.Canceled)
	expect("so it stays open", 0, breaker.ErrOpen)
	now = now.Add(time.Second)
	st.err = dewar.ErrTooLarge
	expect("nor does what is too large", 1, dewar.ErrTooLarge)
	expect("so it stays open again", 0, breaker.ErrOpen)
	now = now.Add(time.Second)
	st.err = nil
	expect("it is back", 1, dewar.ErrNotFound)
	expect("closed", 1, dewar.ErrNotFound)
	if b.Open() {
		t.Error("open still")
	}
	st.err = dewar.ErrTooLarge
	for range 5 {
		expect("one visitor's much data is nobody else's trouble", 1, dewar.ErrTooLarge)
	}
	for range 5 {
		leaves(context.Canceled)
		leaves(errors.New("a connection that was closed for it"))
	}
	st.err = context.Canceled
	for range 3 {
		expect("a client that cancels by itself is in trouble", 1, context.Canceled)
	}
	expect("which opens the breaker", 0, breaker.ErrOpen)
}

// slow is a store that hangs.
type slow struct {
	dewar.Store
	mu    sync.Mutex
	asked int
}

func (s *slow) Load(ctx context.Context, _ string) (dewar.Item, error) {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	<-ctx.Done()
	return dewar.Item{}, ctx.Err()
}

// A manager on a store that hangs: some wait for their deadline, then nobody but
// one a second; and it is answered as an outage.
func TestHangingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &slow{}
		m, err := dewar.New(dewar.Options{Backend: &dewar.InStore{Store: breaker.New(st, breaker.Options{})}, Observer: dewar.SlogObserver(slog.New(slog.DiscardHandler))})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if _, err := m.Load(t.Context(), "someid"); err == nil || errors.Is(err, dewar.ErrNoSession) {
					t.Errorf("%v is no outage", err)
				}
			})
			time.Sleep(50 * time.Millisecond)
		}
		all.Wait()
		if took := time.Since(begun); st.asked > 30 || took > 7*time.Second {
			t.Errorf("%d callers waited, %v in all", st.asked, took)
		}
	})
}
