package storetest

import (
	"context"
	"iter"
	"path"
	"strings"
	"sync"

	"github.com/dewar-go/dewar"
)

// relist makes a list yield what change makes of it.
func (f *faulty) relist(change func([]dewar.Listed) []dewar.Listed) {
	f.list = func(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
		var all []dewar.Listed
		var last error
		for l, err := range f.mapStore.List(ctx, prefix) {
			if err != nil {
				last = err
				break
			}
			all = append(all, l)
		}
		return func(yield func(dewar.Listed, error) bool) {
			for _, l := range change(all) {
				if !yield(l, nil) {
					return
				}
			}
			if last != nil {
				yield(dewar.Listed{}, last)
			}
		}
	}
}

func listMutants() []mutant {
	return []mutant{
		{"list/all", "list yields a page of 100", func(f *faulty) {
			f.relist(func(all []dewar.Listed) []dewar.Listed { return all[:min(len(all), 100)] })
		}},
		{"list/all", "list yields an item twice", func(f *faulty) {
			f.relist(func(all []dewar.Listed) []dewar.Listed { return append(all, all[:len(all)/2]...) })
		}},
		{"list/verbs", "list yields what isn't a key", func(f *faulty) {
			f.relist(func(all []dewar.Listed) []dewar.Listed {
				for i := range all {
					all[i].Key = strings.ToUpper(all[i].Key)
				}
				return all
			})
		}},
		{"list/prefix", "list takes its prefix for a pattern", func(f *faulty) {
			f.list = func(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
				return func(yield func(dewar.Listed, error) bool) {
					for l, err := range f.mapStore.List(ctx, "") {
						match, _ := path.Match(prefix+"*", l.Key)
						if (err != nil || match) && !yield(l, err) {
							return
						}
					}
				}
			}
		}},
		{"list/prefix", "list compares its prefix without case", func(f *faulty) {
			f.list = func(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
				return func(yield func(dewar.Listed, error) bool) {
					for l, err := range f.mapStore.List(ctx, "") {
						match := strings.HasPrefix(strings.ToLower(l.Key), strings.ToLower(prefix))
						if (err != nil || match) && !yield(l, err) {
							return
						}
					}
				}
			}
		}},
		{"list/facts", "the size in a list counts the key", func(f *faulty) {
			f.relist(func(all []dewar.Listed) []dewar.Listed {
				for i := range all {
					all[i].Size += len(all[i].Key)
				}
				return all
			})
		}},
		{"list/over", "list yields what is over", func(f *faulty) {
			f.list = func(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
				return func(yield func(dewar.Listed, error) bool) {
					var keys []string
					_ = f.locked(ctx, "", func(*kept) error {
						for name := range f.items {
							keys = append(keys, strings.TrimPrefix(name, f.prefix))
						}
						return nil
					})
					for _, key := range keys {
						if strings.HasPrefix(key, prefix) && !yield(dewar.Listed{Key: key, Size: -1}, nil) {
							return
						}
					}
				}
			}
		}},
		{"list/stop", "list goes on when it is left", func(f *faulty) {
			f.list = func(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
				return func(yield func(dewar.Listed, error) bool) {
					for l, err := range f.mapStore.List(ctx, prefix) {
						_ = yield(l, err)
					}
				}
			}
		}},
		{"list/context", "list doesn't look at its context", func(f *faulty) {
			f.list = func(_ context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
				return f.mapStore.List(context.Background(), prefix)
			}
		}},
	}
}

func purgeMutants() []mutant {
	return []mutant{
		{"purge/spares", "purge forgets everything", func(f *faulty) {
			f.purge = func(ctx context.Context) (n int, err error) {
				err = f.locked(ctx, "", func(*kept) error { n = len(f.items); clear(f.items); return nil })
				return n, err
			}
		}},
		{"purge/nothing", "purge of nothing is ErrNotFound", func(f *faulty) {
			f.purge = func(ctx context.Context) (int, error) {
				n, err := f.mapStore.Purge(ctx)
				if n == 0 && err == nil {
					err = dewar.ErrNotFound
				}
				return n, err
			}
		}},
		{"purge/context", "purge doesn't look at its context", func(f *faulty) {
			f.purge = func(context.Context) (int, error) { return f.mapStore.Purge(context.Background()) }
		}},
	}
}

func placeMutants() []mutant {
	return []mutant{
		{"place/twins", "a process remembers what it loaded", func(f *faulty) {
			var seen sync.Map
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				if it, ok := seen.Load(key); ok {
					return it.(dewar.Item), nil
				}
				it, err := f.mapStore.Load(ctx, key)
				if err == nil {
					seen.Store(key, it)
				}
				return it, err
			}
		}},
		{"place/apart", "the prefix is forgotten", func(f *faulty) { f.prefix = "" }},
		{"place/apart", "delete reaches into the neighbour's", func(f *faulty) {
			f.delete = func(ctx context.Context, key string) error {
				return f.locked(ctx, key, func(*kept) error {
					for name := range f.items {
						if strings.HasSuffix(name, ":"+key) || name == key {
							delete(f.items, name)
						}
					}
					return nil
				})
			}
		}},
		{"place/apart-list", "list yields keys with the prefix of the store", func(f *faulty) {
			f.relist(func(all []dewar.Listed) []dewar.Listed {
				for i := range all {
					all[i].Key = f.prefix + all[i].Key
				}
				return all
			})
		}},
		{"place/apart-list", "list yields the neighbour's items", func(f *faulty) {
			f.list = func(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
				return func(yield func(dewar.Listed, error) bool) {
					for l, err := range (&mapStore{place: f.place}).List(ctx, "") {
						_, l.Key, _ = strings.Cut(l.Key, ":")
						if (err != nil || strings.HasPrefix(l.Key, prefix)) && !yield(l, err) {
							return
						}
					}
				}
			}
		}},
	}
}
