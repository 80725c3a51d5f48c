// Package breaker spares a store that is down the questions of everybody: after a
// few failures in a row it answers for the store at once, and lets one caller
// through now and then to see whether it is back.
//
// Without it each request waits for its deadline (dewar.InStore.Timeout) while a
// store hangs; with it requests fail, or go on without a session
// (dewar.Anonymous), as fast as ever.
package breaker

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// ErrOpen is the answer while the store isn't asked. It is no outcome: to a
// manager the store can't answer.
var ErrOpen = errors.New("breaker: the store has failed and isn't asked for a while")

// Options are the choices of a Store. The zero Options are good.
type Options struct {
	// Failures in a row open the breaker; 0: 5.
	Failures int

	// Pause is how long nobody is let through, after which one caller is; 0: a
	// second.
	Pause time.Duration

	// Failed says whether an error means that the store is in trouble. nil: all
	// do but the outcomes of a dewar.Store and dewar.ErrUndecodable. It isn't asked
	// of nil, which is no trouble, nor of what says nothing of the store:
	// dewar.ErrTooLarge, and a context that its caller has cancelled.
	Failed func(error) bool

	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// A Store is a [dewar.Store] that asks another. It can't be listed or purged: tools
// ask the other.
type Store struct {
	st dewar.Store
	o  Options

	mu       sync.Mutex
	failures int       // in a row
	until    time.Time // the breaker is open till then; zero: it is closed
}

// New returns a Store that asks st.
func New(st dewar.Store, o Options) *Store {
	if o.Failures <= 0 {
		o.Failures = 5
	}
	if o.Pause <= 0 {
		o.Pause = time.Second
	}
	if o.Failed == nil {
		o.Failed = failed
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{st: st, o: o}
}

func failed(err error) bool {
	for _, harmless := range []error{dewar.ErrNotFound, dewar.ErrExists, dewar.ErrConflict, dewar.ErrUndecodable} {
		if errors.Is(err, harmless) {
			return false
		}
	}
	return true
}

// Open reports whether the breaker is open: for metrics and health checks.
func (s *Store) Open() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.until.IsZero()
}

// enter asks for passage. While the breaker is open one caller at a time is let
// through, at the end of each pause.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err // it would say nothing of the store
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until.IsZero() {
		return nil
	}
	now := s.o.Now()
	if now.Before(s.until) {
		return ErrOpen
	}
	s.until = now.Add(s.o.Pause) // the others wait for this one
	return nil
}

// leave notes how it went.
func (s *Store) leave(ctx context.Context, err error) error {
	if errors.Is(err, dewar.ErrTooLarge) || err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil || !s.o.Failed(err) {
		s.failures, s.until = 0, time.Time{}
		return err
	}
	if s.failures++; s.failures >= s.o.Failures {
		s.until = s.o.Now().Add(s.o.Pause)
	}
	return err
}

// Load asks the store, or answers ErrOpen.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	if err := s.enter(ctx); err != nil {
		return dewar.Item{}, err
	}
	item, err := s.st.Load(ctx, key)
	return item, s.leave(ctx, err)
}

// Create asks the store, or answers ErrOpen.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if err := s.enter(ctx); err != nil {
		return dewar.Item{}, err
	}
	item, err := s.st.Create(ctx, key, data, life)
	return item, s.leave(ctx, err)
}

// Update asks the store, or answers ErrOpen.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if err := s.enter(ctx); err != nil {
		return dewar.Item{}, err
	}
	item, err := s.st.Update(ctx, key, old, data, life)
	return item, s.leave(ctx, err)
}

// Touch asks the store, or answers ErrOpen.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	return s.leave(ctx, s.st.Touch(ctx, key, life))
}

// Remove asks the store, or answers ErrOpen.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	return s.leave(ctx, s.st.Remove(ctx, key, old))
}

// Delete asks the store, or answers ErrOpen.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	return s.leave(ctx, s.st.Delete(ctx, key))
}
