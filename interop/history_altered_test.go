package interop

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// altered is a store with some of its verbs replaced.
type altered struct {
	dewar.Store
	load   func(ctx context.Context, key string) (dewar.Item, error)
	create func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error)
	update func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error)
	touch  func(ctx context.Context, key string, life time.Duration) error
	remove func(ctx context.Context, key string, old dewar.Item) error
	delete func(ctx context.Context, key string) error

	mu     sync.Mutex
	r      *rand.Rand
	before map[string]dewar.Item // what was under a key before it was changed last; nil: nobody asks
}

// alter makes an altered store that is as right as st.
func alter(st dewar.Store, r *rand.Rand) *altered {
	a := &altered{Store: st, r: r}
	a.load, a.create, a.update, a.touch, a.remove, a.delete = st.Load, st.Create, st.Update, st.Touch, st.Remove, st.Delete
	return a
}

// oneIn is true one time in n.
func (a *altered) oneIn(n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.r.IntN(n) == 0
}

// was gives what was under a key before it was changed last.
func (a *altered) was(key string) (dewar.Item, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	item, ok := a.before[key]
	return item, ok
}

// remember notes what is under a key that is about to be changed.
func (a *altered) remember(ctx context.Context, key string) {
	if a.before == nil {
		return
	}
	if item, err := a.Store.Load(ctx, key); err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.before[key] = item
	}
}

func (a *altered) Load(ctx context.Context, key string) (dewar.Item, error) {
	return a.load(ctx, key)
}

func (a *altered) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	a.remember(ctx, key)
	return a.create(ctx, key, data, life)
}

func (a *altered) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	a.remember(ctx, key)
	return a.update(ctx, key, old, data, life)
}

func (a *altered) Touch(ctx context.Context, key string, life time.Duration) error {
	return a.touch(ctx, key, life)
}

func (a *altered) Remove(ctx context.Context, key string, old dewar.Item) error {
	a.remember(ctx, key)
	return a.remove(ctx, key, old)
}

func (a *altered) Delete(ctx context.Context, key string) error {
	a.remember(ctx, key)
	return a.delete(ctx, key)
}

// force keeps data under key, whatever is there, in one step.
func (a *altered) force(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	for {
		item, err := a.Store.Load(ctx, key)
		if err == nil {
			item, err = a.Store.Update(ctx, key, item, data, life)
		} else if errors.Is(err, dewar.ErrNotFound) {
			item, err = a.Store.Create(ctx, key, data, life)
		}
		if outcomeOf(err) == done || outcomeOf(err) == unknown {
			return item, err
		}
	}
}

// errLost is what lossy stores answer.
var errLost = errors.New("the answer was lost")

// lossy is a store of which one answer in n is lost: what was asked was not done,
// or was done, or is done a little later. wait waits until all is.
func lossy(st dewar.Store, r *rand.Rand, n int) (_ dewar.Store, wait func()) {
	a := alter(st, r)
	var late sync.WaitGroup
	lost := func(ctx context.Context, do func(context.Context)) bool {
		a.mu.Lock()
		fate, pause := a.r.IntN(3*n), time.Duration(a.r.IntN(2000))*time.Microsecond
		a.mu.Unlock()
		switch fate {
		case 0:
		case 1:
			do(ctx)
		case 2:
			late.Go(func() { time.Sleep(pause); do(context.WithoutCancel(ctx)) })
		}
		return fate <= 2
	}
	a.load = func(ctx context.Context, key string) (dewar.Item, error) {
		if lost(ctx, func(context.Context) {}) {
			return dewar.Item{}, errLost
		}
		return st.Load(ctx, key)
	}
	a.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
		kept := slices.Clone(data) // the caller's after the return
		if lost(ctx, func(ctx context.Context) { _, _ = st.Create(ctx, key, kept, life) }) {
			return dewar.Item{}, errLost
		}
		return st.Create(ctx, key, data, life)
	}
	a.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
		kept, was := slices.Clone(data), old
		was.Data = slices.Clone(old.Data)
		if lost(ctx, func(ctx context.Context) { _, _ = st.Update(ctx, key, was, kept, life) }) {
			return dewar.Item{}, errLost
		}
		return st.Update(ctx, key, old, data, life)
	}
	a.touch = func(ctx context.Context, key string, life time.Duration) error {
		if lost(ctx, func(ctx context.Context) { _ = st.Touch(ctx, key, life) }) {
			return errLost
		}
		return st.Touch(ctx, key, life)
	}
	a.remove = func(ctx context.Context, key string, old dewar.Item) error {
		old.Data = slices.Clone(old.Data)
		if lost(ctx, func(ctx context.Context) { _ = st.Remove(ctx, key, old) }) {
			return errLost
		}
		return st.Remove(ctx, key, old)
	}
	a.delete = func(ctx context.Context, key string) error {
		if lost(ctx, func(ctx context.Context) { _ = st.Delete(ctx, key) }) {
			return errLost
		}
		return st.Delete(ctx, key)
	}
	return a, late.Wait
}
