package interop

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A fault is what is wrong with a store, now and then.
type fault struct {
	name string
	seed func(a *altered)
}

// often is how often: one time in so many.
const often = 6

// faults are what the histories have to find.
var faults = []fault{
	{"an update doesn't compare", func(a *altered) {
		a.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
			if now, err := a.Store.Load(ctx, key); err == nil && a.oneIn(often) {
				old = now
			}
			return a.Store.Update(ctx, key, old, data, life)
		}
	}},
	{"an update compares, and then writes", func(a *altered) {
		a.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
			now, err := a.Store.Load(ctx, key)
			if err != nil {
				return now, err
			}
			if !bytes.Equal(now.Data, old.Data) {
				return now, dewar.ErrConflict
			}
			runtime.Gosched()
			return a.force(ctx, key, data, life)
		}
	}},
	{"an update creates what is gone", func(a *altered) {
		a.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
			item, err := a.Store.Update(ctx, key, old, data, life)
			if errors.Is(err, dewar.ErrNotFound) && a.oneIn(often) {
				return a.Store.Create(ctx, key, data, life)
			}
			return item, err
		}
	}},
	{"an update that was confirmed isn't done", func(a *altered) {
		a.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
			if now, err := a.Store.Load(ctx, key); err == nil && bytes.Equal(now.Data, old.Data) && a.oneIn(often) {
				return dewar.Item{Data: bytes.Clone(data), Left: life}, nil
			}
			return a.Store.Update(ctx, key, old, data, life)
		}
	}},
	{"an update is done and called a conflict", func(a *altered) {
		a.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
			item, err := a.Store.Update(ctx, key, old, data, life)
			if err == nil && a.oneIn(often) {
				return dewar.Item{}, dewar.ErrConflict
			}
			return item, err
		}
	}},
	{"an update whose answer was lost is sent again, without comparing", func(a *altered) {
		a.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
			item, err := a.Store.Update(ctx, key, old, data, life)
			if err == nil && a.oneIn(often) {
				go func() { runtime.Gosched(); _, _ = a.force(context.WithoutCancel(ctx), key, data, life) }()
				return dewar.Item{}, errLost
			}
			return item, err
		}
	}},
	{"a load gives what was there before", func(a *altered) {
		a.load = func(ctx context.Context, key string) (dewar.Item, error) {
			if was, ok := a.was(key); ok && a.oneIn(often) {
				return was, nil
			}
			return a.Store.Load(ctx, key)
		}
	}},
	{"a load doesn't find what is there", func(a *altered) {
		a.load = func(ctx context.Context, key string) (dewar.Item, error) {
			if a.oneIn(often) {
				return dewar.Item{}, dewar.ErrNotFound
			}
			return a.Store.Load(ctx, key)
		}
	}},
	{"a create overwrites", func(a *altered) {
		a.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
			if a.oneIn(often) {
				return a.force(ctx, key, data, life)
			}
			return a.Store.Create(ctx, key, data, life)
		}
	}},
	{"a create that was confirmed isn't done", func(a *altered) {
		a.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
			if _, err := a.Store.Load(ctx, key); err != nil && a.oneIn(often) {
				return dewar.Item{Data: bytes.Clone(data), Left: life}, nil
			}
			return a.Store.Create(ctx, key, data, life)
		}
	}},
	{"a touch revives", func(a *altered) {
		a.touch = func(ctx context.Context, key string, life time.Duration) error {
			err := a.Store.Touch(ctx, key, life)
			if was, ok := a.was(key); ok && errors.Is(err, dewar.ErrNotFound) {
				_, err = a.Store.Create(ctx, key, was.Data, life)
			}
			return err
		}
	}},
	{"a touch writes back what it read", func(a *altered) {
		a.touch = func(ctx context.Context, key string, life time.Duration) error {
			item, err := a.Store.Load(ctx, key)
			if err != nil {
				return err
			}
			runtime.Gosched()
			_, err = a.force(ctx, key, item.Data, life)
			return err
		}
	}},
	{"a remove doesn't compare", func(a *altered) {
		a.remove = func(ctx context.Context, key string, old dewar.Item) error {
			if now, err := a.Store.Load(ctx, key); err == nil {
				old = now
			}
			return a.Store.Remove(ctx, key, old)
		}
	}},
	{"a remove that was confirmed isn't done", func(a *altered) {
		a.remove = func(ctx context.Context, key string, old dewar.Item) error {
			if now, err := a.Store.Load(ctx, key); err == nil && bytes.Equal(now.Data, old.Data) && a.oneIn(often) {
				return nil
			}
			return a.Store.Remove(ctx, key, old)
		}
	}},
	{"a delete that was confirmed isn't done", func(a *altered) {
		a.delete = func(ctx context.Context, key string) error {
			if a.oneIn(often) {
				return nil
			}
			return a.Store.Delete(ctx, key)
		}
	}},
	{"a delete is undone", func(a *altered) {
		a.delete = func(ctx context.Context, key string) error {
			err := a.Store.Delete(ctx, key)
			if was, ok := a.was(key); ok && err == nil && a.oneIn(often) {
				_, err = a.force(ctx, key, was.Data, time.Hour)
			}
			return err
		}
	}},
	{"a delete is done late", func(a *altered) {
		a.delete = func(ctx context.Context, key string) error {
			if a.oneIn(2) {
				go func() { time.Sleep(50 * time.Microsecond); _ = a.Store.Delete(context.WithoutCancel(ctx), key) }()
				return nil
			}
			return a.Store.Delete(ctx, key)
		}
	}},
}

// Every fault is found within a few histories, with a fixed seed: of the store, and
// of sessions in it. A checker that finds nothing proves nothing.
func TestHistoriesFindFaults(t *testing.T) {
	for i, f := range faults {
		find := func(t *testing.T, model porcupine.Model, play func(stores []dewar.Store, seed uint64) (*history, error)) {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for n := 1; n <= 300; n++ {
				st := alter(memstore.New(memstore.Options{}), r)
				st.before = map[string]dewar.Item{}
				f.seed(st)
				h, err := play([]dewar.Store{st, st}, r.Uint64())
				if h == nil {
					t.Fatal(err)
				}
				if err := h.check(model); err != nil {
					t.Logf("history %d: %v", n, err)
					return
				}
			}
			t.Error("300 histories didn't find it")
		}
		t.Run("of the store: "+f.name, func(t *testing.T) {
			find(t, storeModel, func(stores []dewar.Store, seed uint64) (*history, error) {
				return storeHistory(t.Context(), stores, seed)
			})
		})
		t.Run("of sessions: "+f.name, func(t *testing.T) {
			find(t, sessionModel, func(stores []dewar.Store, seed uint64) (*history, error) {
				return sessionHistory(t.Context(), stores, seed, true)
			})
		})
	}
}
