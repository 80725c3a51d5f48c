package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
)

// racyCreate looks, then writes.
func racyCreate(f *faulty) {
	f.slow()
	f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (it dewar.Item, err error) {
		if _, err := f.mapStore.Load(ctx, key); err == nil {
			return dewar.Item{}, dewar.ErrExists
		}
		pause()
		err = f.locked(ctx, key, func(*kept) error { it = f.put(key, string(data), life); return nil })
		return it, err
	}
}

// racyUpdate compares, then writes.
func racyUpdate(f *faulty) {
	f.slow()
	f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (it dewar.Item, err error) {
		err = f.locked(ctx, key, func(k *kept) error {
			switch {
			case k == nil:
				return dewar.ErrNotFound
			case !f.matches(k, old):
				return dewar.ErrConflict
			}
			return nil
		})
		if err != nil {
			return dewar.Item{}, err
		}
		pause()
		err = f.locked(ctx, key, func(*kept) error { it = f.put(key, string(data), life); return nil })
		return it, err
	}
}

// racyRemove compares, then forgets.
func racyRemove(f *faulty) {
	f.slow()
	f.remove = func(ctx context.Context, key string, old dewar.Item) error {
		now, err := f.mapStore.Load(ctx, key)
		if err != nil {
			return err
		}
		if now.Tag != old.Tag {
			return dewar.ErrConflict
		}
		pause()
		return f.mapStore.Delete(ctx, key)
	}
}

// racyTouch loads, then writes back under the same tag.
func racyTouch(f *faulty) {
	f.slow()
	f.touch = func(ctx context.Context, key string, life time.Duration) error {
		now, err := f.mapStore.Load(ctx, key)
		if err != nil {
			return err
		}
		pause()
		return f.locked(ctx, key, func(*kept) error {
			f.put(key, string(now.Data), max(life, now.Left))
			f.at(key).tag = now.Tag.(int64)
			return nil
		})
	}
}

func raceMutants() []mutant {
	return []mutant{
		{"race/create", "create looks, then writes", racyCreate},
		{"race/update", "update compares, then writes", racyUpdate},
		{"race/count", "touch writes back what it read", racyTouch},
		{"race/remove", "remove compares, then forgets", racyRemove},
		{"race/mixed", "a store in use answers that it is busy", func(f *faulty) {
			var inUse atomic.Int32
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				defer inUse.Add(-1)
				if inUse.Add(1) > 1 {
					return dewar.Item{}, errRefused
				}
				pause()
				return f.mapStore.Load(ctx, key)
			}
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				defer inUse.Add(-1)
				if inUse.Add(1) > 1 {
					return dewar.Item{}, errRefused
				}
				pause()
				return f.mapStore.Update(ctx, key, old, data, life)
			}
		}},
	}
}

func goneMutants() []mutant {
	return []mutant{
		{"gone/update-delete", "update compares, then writes", racyUpdate},
		{"gone/touch-delete", "touch writes back what it read", racyTouch},
		{"gone/update-remove", "remove compares, then forgets", racyRemove},
		{"gone/update-remove", "update compares, then writes", racyUpdate},
		{"gone/touch-remove", "touch writes back what it read", racyTouch},
	}
}

func contextMutants() []mutant {
	return []mutant{
		{"context/load", "load doesn't look at its context", func(f *faulty) {
			f.load = func(_ context.Context, key string) (dewar.Item, error) {
				return f.mapStore.Load(context.Background(), key)
			}
		}},
		{"context/load", "load of a context that has ended is ErrNotFound", func(f *faulty) {
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				if err != nil {
					err = dewar.ErrNotFound
				}
				return it, err
			}
		}},
		{"context/load", "load waits, whatever its context says", func(f *faulty) {
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				if ctx.Err() != nil {
					time.Sleep(2 * prompt)
				}
				return f.mapStore.Load(ctx, key)
			}
		}},
		{"context/writes", "update writes, then looks at its context", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(context.WithoutCancel(ctx), key, old, data, life)
				if ctx.Err() != nil {
					err = ctx.Err()
				}
				return it, err
			}
		}},
		{"context/writes", "delete doesn't look at its context", func(f *faulty) {
			f.delete = func(_ context.Context, key string) error {
				return f.mapStore.Delete(context.Background(), key)
			}
		}},
		{"context/after", "what was made under a context goes with it", func(f *faulty) {
			var makers sync.Map
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				maker, _ := makers.Load(key)
				if maker, ok := maker.(context.Context); ok && maker.Err() != nil {
					return dewar.Item{}, dewar.ErrNotFound
				}
				return f.mapStore.Load(ctx, key)
			}
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				makers.Store(key, ctx)
				return f.mapStore.Create(ctx, key, data, life)
			}
		}},
	}
}
