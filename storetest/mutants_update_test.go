package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// blindly updates without comparing.
func (f *faulty) blindly(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	old, err := f.mapStore.Load(ctx, key)
	if err != nil {
		return dewar.Item{}, err
	}
	return f.mapStore.Update(ctx, key, old, data, life)
}

func updateMutants() []mutant {
	return []mutant{
		{"update/present", "update writes nothing", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, _ time.Duration) (dewar.Item, error) {
				return f.mapStore.Load(ctx, key)
			}
		}},
		{"update/absent", "update upserts", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(ctx, key, old, data, life)
				if errors.Is(err, dewar.ErrNotFound) {
					return f.mapStore.Create(ctx, key, data, life)
				}
				return it, err
			}
		}},
		{"update/absent", "update says that what is gone was changed", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(ctx, key, old, data, life)
				if errors.Is(err, dewar.ErrNotFound) {
					err = dewar.ErrConflict
				}
				return it, err
			}
		}},
		{"update/changed", "update ignores the comparison", func(f *faulty) {
			f.update = func(ctx context.Context, key string, _ dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				return f.blindly(ctx, key, data, life)
			}
		}},
		{"update/changed", "update writes, then compares", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				was, _ := f.mapStore.Load(ctx, key)
				it, err := f.blindly(ctx, key, data, life)
				if err == nil && was.Tag != old.Tag {
					err = dewar.ErrConflict
				}
				return it, err
			}
		}},
		{"update/changed", "a conflict is an item not found, too", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(ctx, key, old, data, life)
				if errors.Is(err, dewar.ErrConflict) {
					err = fmt.Errorf("%w: %w", err, dewar.ErrNotFound)
				}
				return it, err
			}
		}},
		{"update/recreated", "tags count from 1 again in a new item", countAgain},
		{"update/equal", "update to the same bytes counts no row, so it is a conflict", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				if bytes.Equal(old.Data, data) {
					return dewar.Item{}, dewar.ErrConflict
				}
				return f.mapStore.Update(ctx, key, old, data, life)
			}
		}},
		{"update/item", "update returns the item with the tag it had", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(ctx, key, old, data, life)
				it.Tag = old.Tag
				return it, err
			}
		}},
		{"update/once", "the last tag but one is good, too", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool { return old.Tag == k.tag || old.Tag == k.tag-1 }
		}},
		{"update/there-and-back", "what holds the same bytes under another tag is said to be updated, and isn't", func(f *faulty) {
			f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
				it, err := f.mapStore.Update(ctx, key, old, data, life)
				if now, _ := f.mapStore.Load(ctx, key); errors.Is(err, dewar.ErrConflict) && bytes.Equal(now.Data, old.Data) {
					return now, nil
				}
				return it, err
			}
		}},
		{"compare/bytes", "data is compared without case", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool { return strings.EqualFold(k.data, string(old.Data)) }
		}},
		{"compare/bytes", "data is compared without blanks at its end", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool {
				return strings.TrimRight(k.data, " ") == strings.TrimRight(string(old.Data), " ")
			}
		}},
		{"compare/bytes", "data is compared up to a NUL", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool {
				a, _, _ := strings.Cut(k.data, "\x00")
				b, _, _ := strings.Cut(string(old.Data), "\x00")
				return a == b
			}
		}},
		{"compare/bytes", "data is compared by its length", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool { return len(k.data) == len(old.Data) }
		}},
		{"compare/empty", "nothing is equal to no bytes", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool { return k.data == string(old.Data) && k.data != "" }
		}},
		{"compare/zero", "an item without a tag is leave to do anything", func(f *faulty) {
			f.same = func(k *kept, old dewar.Item) bool { return old.Tag == nil || old.Tag == k.tag }
		}},
	}
}

func touchMutants() []mutant {
	retag := func(f *faulty, change func(k *kept)) {
		f.touch = func(ctx context.Context, key string, life time.Duration) error {
			err := f.mapStore.Touch(ctx, key, life)
			if err != nil {
				return err
			}
			return f.locked(ctx, key, func(k *kept) error { change(k); return nil })
		}
	}
	return []mutant{
		{"touch/absent", "touch makes an empty item", func(f *faulty) {
			f.touch = func(ctx context.Context, key string, life time.Duration) error {
				err := f.mapStore.Touch(ctx, key, life)
				if errors.Is(err, dewar.ErrNotFound) {
					_, err = f.mapStore.Create(ctx, key, nil, life)
				}
				return err
			}
		}},
		{"touch/absent", "touch of nothing is a success", func(f *faulty) {
			f.touch = func(ctx context.Context, key string, life time.Duration) error {
				if err := f.mapStore.Touch(ctx, key, life); !errors.Is(err, dewar.ErrNotFound) {
					return err
				}
				return nil
			}
		}},
		{"touch/data", "touch empties an item", func(f *faulty) { retag(f, func(k *kept) { k.data = "" }) }},
		{"touch/twice", "a touch that changes nothing counts no row, so it is ErrNotFound", func(f *faulty) {
			f.touch = func(ctx context.Context, key string, life time.Duration) error {
				return f.locked(ctx, key, func(k *kept) error {
					if k == nil || k.end.Equal(time.Now().Add(life)) {
						return dewar.ErrNotFound
					}
					k.end = time.Now().Add(life)
					return nil
				})
			}
		}},
		{"touch/no-change", "touch rewrites, so that tags change", func(f *faulty) { retag(f, func(k *kept) { f.tags++; k.tag = f.tags }) }},
		{"touch/extends", "touch does nothing", func(f *faulty) {
			f.touch = func(ctx context.Context, key string, _ time.Duration) error {
				_, err := f.mapStore.Load(ctx, key)
				return err
			}
		}},
		{"touch/never-shortens", "touch shortens", func(f *faulty) {
			f.touch = func(ctx context.Context, key string, life time.Duration) error {
				return f.locked(ctx, key, func(k *kept) error {
					if k == nil {
						return dewar.ErrNotFound
					}
					k.end = time.Now().Add(life)
					return nil
				})
			}
		}},
		{"touch/ends", "touch takes the end away", func(f *faulty) { retag(f, func(k *kept) { k.end = k.end.Add(20 * decade) }) }},
	}
}
