package storetest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

func loadMutants() []mutant {
	return []mutant{
		{"load/present", "load forgets what it returns", func(f *faulty) {
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				_ = f.mapStore.Delete(ctx, key)
				return it, err
			}
		}},
		{"load/absent", "load of nothing is an empty item", func(f *faulty) {
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				if errors.Is(err, dewar.ErrNotFound) {
					err = nil
				}
				return it, err
			}
		}},
		{"load/deleted", "delete only empties", func(f *faulty) {
			f.delete = func(ctx context.Context, key string) error {
				return f.locked(ctx, key, func(k *kept) error {
					if k != nil {
						k.data = ""
					}
					return nil
				})
			}
		}},
		{"load/neighbours", "delete forgets all that begins with the key", func(f *faulty) {
			f.delete = func(ctx context.Context, key string) error {
				return f.locked(ctx, key, func(*kept) error {
					for name := range f.items {
						if strings.HasPrefix(name, f.name(key)) {
							delete(f.items, name)
						}
					}
					return nil
				})
			}
		}},
	}
}

func createMutants() []mutant {
	return []mutant{
		{"create/taken", "create overwrites", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (it dewar.Item, err error) {
				err = f.locked(ctx, key, func(*kept) error { it = f.put(key, string(data), life); return nil })
				return it, err
			}
		}},
		{"create/taken", "create says ErrExists and overwrites all the same", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (it dewar.Item, err error) {
				err = f.locked(ctx, key, func(k *kept) error {
					it = f.put(key, string(data), life)
					if k != nil {
						return dewar.ErrExists
					}
					return nil
				})
				return it, err
			}
		}},
		{"create/equal", "create of the same bytes is a success", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Create(ctx, key, data, life)
				if there, _ := f.mapStore.Load(ctx, key); errors.Is(err, dewar.ErrExists) && bytes.Equal(there.Data, data) {
					return there, nil
				}
				return it, err
			}
		}},
		{"create/after-delete", "a key can be used once", func(f *faulty) {
			used := map[string]bool{}
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (it dewar.Item, err error) {
				err = f.locked(ctx, key, func(*kept) error {
					if used[key] {
						return dewar.ErrExists
					}
					used[key] = true
					it = f.put(key, string(data), life)
					return nil
				})
				return it, err
			}
		}},
		{"create/item", "create returns an item without a tag", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Create(ctx, key, data, life)
				it.Tag = nil
				return it, err
			}
		}},
		{"create/item", "create returns an item without data", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Create(ctx, key, data, life)
				it.Data = nil
				return it, err
			}
		}},
	}
}

func removeMutants() []mutant {
	return []mutant{
		{"remove/present", "remove does nothing", func(f *faulty) {
			f.remove = func(ctx context.Context, key string, old dewar.Item) error {
				_, err := f.mapStore.Load(ctx, key)
				return err
			}
		}},
		{"remove/absent", "remove of nothing is a success", func(f *faulty) {
			f.remove = func(ctx context.Context, key string, old dewar.Item) error {
				if err := f.mapStore.Remove(ctx, key, old); !errors.Is(err, dewar.ErrNotFound) {
					return err
				}
				return nil
			}
		}},
		{"remove/changed", "remove ignores the tag", func(f *faulty) {
			f.remove = func(ctx context.Context, key string, _ dewar.Item) error {
				old, err := f.mapStore.Load(ctx, key)
				if err != nil {
					return err
				}
				return f.mapStore.Remove(ctx, key, old)
			}
		}},
		{"remove/recreated", "tags count from 1 again in a new item", countAgain},
		{"delete/present", "delete spares what was updated", func(f *faulty) {
			f.delete = func(ctx context.Context, key string) error {
				it, err := f.mapStore.Load(ctx, key)
				if err != nil || string(it.Data) == "second" {
					return ctx.Err()
				}
				return f.mapStore.Delete(ctx, key)
			}
		}},
		{"delete/absent", "delete of nothing is ErrNotFound", func(f *faulty) {
			f.delete = func(ctx context.Context, key string) error {
				if _, err := f.mapStore.Load(ctx, key); err != nil {
					return err
				}
				return f.mapStore.Delete(ctx, key)
			}
		}},
	}
}

// countAgain gives an item the tag 1 when it is made, and one more with every
// update.
func countAgain(f *faulty) {
	f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (it dewar.Item, err error) {
		err = f.locked(ctx, key, func(k *kept) error {
			if k != nil {
				return dewar.ErrExists
			}
			f.put(key, string(data), life)
			f.at(key).tag = 1
			it = f.at(key).item()
			return nil
		})
		return it, err
	}
}
