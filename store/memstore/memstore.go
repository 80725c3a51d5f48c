// Package memstore keeps sessions in the memory of this process: for
// development, for tests, and for a service that runs as one process and may
// forget its sessions when it ends.
package memstore

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
)

// Options say how a Store keeps its items. The zero Options are good.
type Options struct {
	// Now is the clock; nil: time.Now.
	Now func() time.Time

	// MaxItems is how many items are kept; 0: as many as memory holds. When
	// a new one would be one too many, the item that would expire first is
	// forgotten for it, though its life isn't over.
	MaxItems int
}

// A Store is a [dewar.Store], a [dewar.Lister] and a [dewar.Purger] in memory.
// It runs no goroutine: what is over goes as other items are written, a few at
// a time. The zero Store is one with the zero Options.
type Store struct {
	opts     Options
	shards   [shards]shard
	count    atomic.Int64
	creating sync.Mutex // held by creators where there is a maximum, so that it is exact
}

var (
	_ dewar.Store  = (*Store)(nil)
	_ dewar.Lister = (*Store)(nil)
	_ dewar.Purger = (*Store)(nil)
)

var errLife = errors.New("memstore: a life must be positive")

// New returns an empty Store.
func New(o Options) *Store { return &Store{opts: o} }

// InProcess says that no call waits for anything but this process.
func (s *Store) InProcess() bool { return true }

// Len says how many items are kept, those among them whose life is over and
// that lie about still.
func (s *Store) Len() int { return int(s.count.Load()) }

// Load returns a copy of the item under key, or dewar.ErrNotFound.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	if err := ctx.Err(); err != nil {
		return dewar.Item{}, err
	}
	now, sh := s.now(), s.shard(key)
	sh.mu.Lock()
	e := sh.live(key, now)
	if e == nil {
		sh.mu.Unlock()
		return dewar.Item{}, dewar.ErrNotFound
	}
	state, end := e.state, e.end
	sh.mu.Unlock()
	return dewar.Item{Data: bytes.Clone(state.data), Left: end.Sub(now), Tag: state}, nil
}

// Create keeps a copy of data under a key that is free, or returns
// dewar.ErrExists. It refuses a life that isn't positive.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if err := ready(ctx, life); err != nil {
		return dewar.Item{}, err
	}
	now, sh := s.now(), s.shard(key)
	if s.opts.MaxItems > 0 {
		s.creating.Lock()
		defer s.creating.Unlock()
		if !sh.has(key) {
			s.makeRoom()
		}
	}
	state := newState(data)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s.sweep(sh, now)
	if sh.live(key, now) != nil {
		return dewar.Item{}, dewar.ErrExists
	}
	s.forget(sh, sh.items[key]) // one that is over, and wasn't swept
	sh.add(&entry{key: key, state: state, end: now.Add(life)})
	s.count.Add(1)
	return state.item(data, life), nil
}

// Update replaces the item that was loaded as old: dewar.ErrConflict if it has
// changed, dewar.ErrNotFound if it is gone. It refuses a life that isn't
// positive.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if err := ready(ctx, life); err != nil {
		return dewar.Item{}, err
	}
	now, sh, state := s.now(), s.shard(key), newState(data)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s.sweep(sh, now)
	e := sh.live(key, now)
	switch {
	case e == nil:
		return dewar.Item{}, dewar.ErrNotFound
	case !e.state.is(old):
		return dewar.Item{}, dewar.ErrConflict
	}
	e.state = state
	sh.setEnd(e, now.Add(life))
	return state.item(data, life), nil
}

// Touch gives the item under key this life from now unless it has more left,
// or returns dewar.ErrNotFound. It refuses a life that isn't positive.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	if err := ready(ctx, life); err != nil {
		return err
	}
	now, sh := s.now(), s.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	e := sh.live(key, now)
	if e == nil {
		return dewar.ErrNotFound
	}
	if end := now.Add(life); end.After(e.end) {
		sh.setEnd(e, end)
	}
	return nil
}

// Remove forgets the item that was loaded as old: dewar.ErrConflict if it has
// changed, dewar.ErrNotFound if it is gone.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now, sh := s.now(), s.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	e := sh.live(key, now)
	switch {
	case e == nil:
		return dewar.ErrNotFound
	case !e.state.is(old):
		return dewar.ErrConflict
	}
	s.forget(sh, e)
	return nil
}

// Delete forgets key, whatever is there.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh := s.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	s.forget(sh, sh.items[key])
	return nil
}

// ready says why a write can't be begun.
func ready(ctx context.Context, life time.Duration) error {
	if life <= 0 {
		return errLife
	}
	return ctx.Err()
}

func (s *Store) now() time.Time {
	if s.opts.Now == nil {
		return time.Now()
	}
	return s.opts.Now()
}

// seed keeps the order of keys among the shards from being foreseen.
var seed = maphash.MakeSeed()

func (s *Store) shard(key string) *shard {
	return &s.shards[maphash.String(seed, key)%shards]
}
