package storetest

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

var errRefused = errors.New("mapstore: refused")

func keyMutants() []mutant {
	keep := func(change func(string) string) func(*faulty) {
		return func(f *faulty) { f.rename = change }
	}
	cut := func(n int) func(string) string {
		return func(key string) string { return key[:min(len(key), n)] }
	}
	return []mutant{
		{"key/good", "keys are folded to lower case", keep(strings.ToLower)},
		{"key/good", "keys are cleaned as paths", keep(path.Clean)},
		{"key/good", "keys are unescaped as in URLs", keep(func(key string) string {
			if s, err := url.PathUnescape(key); err == nil {
				return s
			}
			return key
		})},
		{"key/good", "a backslash in a key is dropped", keep(func(key string) string { return strings.ReplaceAll(key, `\`, "") })},
		{"key/good", "keys with a quote are refused", func(f *faulty) { f.refuse(func(key string) bool { return strings.Contains(key, "'") }) }},
		{"key/250", "keys are cut after 249 bytes", keep(cut(249))},
		{"key/250", "keys of 250 bytes are refused", func(f *faulty) { f.refuse(func(key string) bool { return len(key) >= 250 }) }},
		{"key/delete-one", "delete takes its key for a pattern", func(f *faulty) {
			f.delete = func(ctx context.Context, key string) error {
				return f.locked(ctx, key, func(*kept) error {
					for name := range f.items {
						if match, _ := path.Match(f.name(key), name); match || name == f.name(key) {
							delete(f.items, name)
						}
					}
					return nil
				})
			}
		}},
		{"key/strange", "keys are cut after 250 bytes", keep(cut(250))},
		{"key/strange", "keys are cut at a NUL", keep(func(key string) string { key, _, _ = strings.Cut(key, "\x00"); return key })},
		{"key/strange", "blanks at the end of a key are cut", keep(func(key string) string { return strings.TrimRight(key, " \t\r\n") })},
		{"key/strange", "keys are cut at a line's end", keep(func(key string) string { key, _, _ = strings.Cut(key, "\r\n"); return key })},
		{"key/strange", "what isn't UTF-8 in a key is replaced", keep(func(key string) string { return strings.ToValidUTF8(key, "\ufffd") })},
		{"key/strange", "keys are normalised", keep(func(key string) string {
			return strings.NewReplacer("e\u0301", "\u00e9", "\u212b", "\u00c5").Replace(key)
		})},
		{"key/refused", "create refuses a key that load takes", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				if strings.ContainsAny(key, "\x00\n") {
					return dewar.Item{}, errRefused
				}
				return f.mapStore.Create(ctx, key, data, life)
			}
		}},
	}
}

// refuse makes create refuse keys.
func (f *faulty) refuse(bad func(key string) bool) {
	f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
		if bad(key) {
			return dewar.Item{}, errRefused
		}
		return f.mapStore.Create(ctx, key, data, life)
	}
}

func dataMutants() []mutant {
	keep := func(change func(string) string) func(*faulty) {
		return func(f *faulty) { f.stored = change }
	}
	return []mutant{
		{"data/empty", "no bytes are refused", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				if len(data) == 0 {
					return dewar.Item{}, errRefused
				}
				return f.mapStore.Create(ctx, key, data, life)
			}
		}},
		{"data/empty", "an update to no bytes forgets", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				if len(data) == 0 {
					return dewar.Item{}, f.mapStore.Remove(ctx, key, old)
				}
				return f.mapStore.Update(ctx, key, old, data, life)
			}
		}},
		{"data/one-byte", "blanks around data are cut", keep(strings.TrimSpace)},
		{"data/one-byte", "data ends at a NUL", keep(func(data string) string { data, _, _ = strings.Cut(data, "\x00"); return data })},
		{"data/every-byte", "what isn't UTF-8 in data is replaced", keep(func(data string) string { return strings.ToValidUTF8(data, "\ufffd") })},
		{"data/every-byte", "line ends in data are changed", keep(func(data string) string { return strings.ReplaceAll(data, "\r\n", "\n") })},
		{"data/large", "data is cut after 64 KiB", keep(func(data string) string { return data[:min(len(data), 1<<16)] })},
		{"data/large", "the first kilobyte of data is compared", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool {
				return bytes.Equal([]byte(k.data[:min(len(k.data), 1000)]), old.Data[:min(len(old.Data), 1000)])
			}
		}},
		{"data/too-large", "data is cut after 1 MiB", keep(func(data string) string { return data[:min(len(data), mebibyte)] })},
		{"data/too-large", "an update beyond 1 MiB is refused when the old item is gone already", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				if len(data) > mebibyte {
					_ = f.mapStore.Delete(ctx, key)
					return dewar.Item{}, errRefused
				}
				return f.mapStore.Update(ctx, key, old, data, life)
			}
		}},
	}
}

// sliceMutants are of a store that keeps slices of its own beside the map's
// strings.
func sliceMutants() []mutant {
	return []mutant{
		{"slice/given", "create keeps the slice it is given", func(f *faulty) { f.hold(func(data []byte) []byte { return data }, bytes.Clone) }},
		{"slice/given-old", "an update to equal bytes keeps the old item's slice", func(f *faulty) {
			held := map[string][]byte{}
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(ctx, key, old, data, life)
				if err == nil && bytes.Equal(old.Data, data) {
					held[key] = old.Data
				}
				return it, err
			}
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				if data := held[key]; data != nil {
					it.Data = bytes.Clone(data)
				}
				return it, err
			}
		}},
		{"slice/untouched", "create writes a line's end behind what it is given", func(f *faulty) {
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				line := append(data, "\r\n"...)
				return f.mapStore.Create(ctx, key, line[:len(data)], life)
			}
		}},
		{"slice/loaded", "load returns the store's own slice", func(f *faulty) { f.hold(bytes.Clone, func(data []byte) []byte { return data }) }},
		{"slice/returned", "create returns the store's own slice", func(f *faulty) {
			f.hold(bytes.Clone, bytes.Clone)
			create, held := f.create, map[string][]byte{}
			f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := create(ctx, key, data, life)
				held[key] = it.Data
				return it, err
			}
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				it.Data = bytes.Clone(held[key])
				return it, err
			}
		}},
		{"slice/stays", "every load is into the same buffer", func(f *faulty) {
			var buffer [100]byte
			f.load = func(ctx context.Context, key string) (dewar.Item, error) {
				it, err := f.mapStore.Load(ctx, key)
				it.Data = append(buffer[:0], it.Data...)
				return it, err
			}
		}},
	}
}

// hold makes f keep what take makes of the data it is given, and load return
// what give makes of that.
func (f *faulty) hold(take, give func([]byte) []byte) {
	held := map[string][]byte{}
	f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
		held[key] = take(data)
		return f.mapStore.Create(ctx, key, data, life)
	}
	f.load = func(ctx context.Context, key string) (dewar.Item, error) {
		it, err := f.mapStore.Load(ctx, key)
		if err == nil {
			it.Data = give(held[key])
		}
		return it, err
	}
}
