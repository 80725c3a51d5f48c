package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/dewar-go/dewar"
)

func lifeMutants() []mutant {
	lasts := func(change func(time.Duration) time.Duration) func(*faulty) {
		return func(f *faulty) { f.lasts = change }
	}
	return []mutant{
		{"life/second", "lives are ignored", lasts(func(time.Duration) time.Duration { return 20 * decade })},
		{"life/second", "lives are in minutes, rounded up", lasts(func(d time.Duration) time.Duration { return (d + time.Minute - 1).Truncate(time.Minute) })},
		{"life/fraction", "lives are rounded down", lasts(func(d time.Duration) time.Duration { return d.Truncate(time.Second) })},
		{"life/instant", "a life of no whole second is one for ever", lasts(func(d time.Duration) time.Duration {
			if d < time.Second {
				return decade
			}
			return d
		})},
		{"life/month", "a life over 30 days is taken for a date in 1970", lasts(func(d time.Duration) time.Duration {
			if d > 30*24*time.Hour {
				return -decade
			}
			return d
		})},
		{"life/month", "no life is longer than a day", lasts(func(d time.Duration) time.Duration { return min(d, 24*time.Hour) })},
		{"life/decade", "lives are counted in 32 bits of milliseconds", lasts(func(d time.Duration) time.Duration {
			return time.Duration(uint32(d.Milliseconds())) * time.Millisecond
		})},
		{"life/decade", "a life over five years is refused", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				if life > decade/2 {
					return dewar.Item{}, errRefused
				}
				return f.mapStore.Create(ctx, key, data, life)
			}
		}},
		{"life/update-shortens", "update never shortens", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				was, _ := f.mapStore.Load(ctx, key)
				return f.mapStore.Update(ctx, key, old, data, max(life, was.Left))
			}
		}},
		{"life/update-extends", "update keeps the life there was", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				was, _ := f.mapStore.Load(ctx, key)
				return f.mapStore.Update(ctx, key, old, data, was.Left)
			}
		}},
		{"life/refused-update", "a conflict extends", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(ctx, key, old, data, life)
				if errors.Is(err, dewar.ErrConflict) {
					_ = f.mapStore.Touch(ctx, key, life)
				}
				return it, err
			}
		}},
		{"life/refused-update", "create of what is there extends it", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				_ = f.mapStore.Touch(ctx, key, life)
				return f.mapStore.Create(ctx, key, data, life)
			}
		}},
		{"life/load", "load extends", func(f *faulty) {
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				_ = f.mapStore.Touch(ctx, key, time.Minute)
				return f.mapStore.Load(ctx, key)
			}
		}},
	}
}

func overMutants() []mutant {
	// lying makes the verbs see what is over as well.
	lying := func(k *kept) bool { return false }
	return []mutant{
		{"over/load", "load returns what is over until it is purged", func(f *faulty) {
			blind := &mapStore{place: f.place, prefix: f.prefix, over: lying}
			f.load = blind.Load
		}},
		{"over/create", "create over what is over is refused", func(f *faulty) {
			blind := &mapStore{place: f.place, prefix: f.prefix, over: lying}
			f.create = blind.Create
		}},
		{"over/create", "what is over is swept late, and what is there by then with it", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (it dewar.Item, err error) {
				err = f.locked(ctx, key, func(k *kept) error {
					if k != nil {
						return dewar.ErrExists
					}
					late := f.items[f.name(key)] != nil
					it = f.put(key, string(data), life)
					if late {
						f.at(key).end = time.Now().Add(time.Second)
					}
					return nil
				})
				return it, err
			}
		}},
		{"over/update", "update revives", func(f *faulty) {
			blind := &mapStore{place: f.place, prefix: f.prefix, over: lying}
			f.update = blind.Update
		}},
		{"over/touch", "touch revives", func(f *faulty) {
			blind := &mapStore{place: f.place, prefix: f.prefix, over: lying}
			f.touch = blind.Touch
		}},
		{"over/remove", "remove finds what is over", func(f *faulty) {
			blind := &mapStore{place: f.place, prefix: f.prefix, over: lying}
			f.remove = blind.Remove
		}},
		{"over/delete", "delete of what is over is ErrNotFound", func(f *faulty) {
			f.delete = func(ctx context.Context, key string) error {
				return f.locked(ctx, key, func(k *kept) error {
					name := f.name(key)
					if k == nil && f.items[name] != nil {
						return dewar.ErrNotFound
					}
					delete(f.items, name)
					return nil
				})
			}
		}},
	}
}

func leftMutants() []mutant {
	return []mutant{
		{"left/right", "what is left is given in milliseconds", func(f *faulty) {
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				it.Left /= time.Millisecond
				return it, err
			}
		}},
		{"left/right", "what is left is -1 where it isn't known", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Create(ctx, key, data, life)
				it.Left = -1
				return it, err
			}
		}},
		{"left/dwindles", "what is left is the whole life", func(f *faulty) {
			lives := map[string]time.Duration{}
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				lives[key] = life
				return f.mapStore.Create(ctx, key, data, life)
			}
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				it.Left = lives[key]
				return it, err
			}
		}},
		{"left/of-old", "what is left is part of the comparison", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool {
				return old.Tag == k.tag && (old.Left == 0 || old.Left >= time.Second)
			}
		}},
	}
}
