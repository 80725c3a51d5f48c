package storetest

import (
	"context"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// A place is what mapStores keep their items in, as on a server.
type place struct {
	mu    sync.Mutex
	items map[string]*kept
	tags  int64
}

type kept struct {
	data string
	end  time.Time
	tag  int64
}

// A mapStore keeps the contract, plainly. The functions are where it is broken
// on purpose; nil: it isn't.
type mapStore struct {
	*place
	prefix string

	rename func(key string) string
	stored func(data string) string
	lasts  func(life time.Duration) time.Duration
	same   func(k *kept, old dewar.Item) bool
	over   func(k *kept) bool
}

func (s *mapStore) name(key string) string {
	if s.rename != nil {
		key = s.rename(key)
	}
	return s.prefix + key
}

// at returns what is kept under key; nil: nothing. The place is locked.
func (s *mapStore) at(key string) *kept {
	k := s.items[s.name(key)]
	switch {
	case k == nil, s.over == nil && !time.Now().Before(k.end), s.over != nil && s.over(k):
		return nil
	}
	return k
}

// put keeps data under key. The place is locked.
func (s *mapStore) put(key, data string, life time.Duration) dewar.Item {
	if s.stored != nil {
		data = s.stored(data)
	}
	if s.lasts != nil {
		life = s.lasts(life)
	}
	s.tags++
	k := &kept{data: data, end: time.Now().Add(life), tag: s.tags}
	s.items[s.name(key)] = k
	return k.item()
}

func (k *kept) item() dewar.Item {
	return dewar.Item{Data: []byte(k.data), Left: time.Until(k.end), Tag: k.tag}
}

func (s *mapStore) matches(k *kept, old dewar.Item) bool {
	if s.same != nil {
		return s.same(k, old)
	}
	return old.Tag == k.tag
}

// locked calls f with what is kept under key, with the place locked.
func (s *mapStore) locked(ctx context.Context, key string, f func(k *kept) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return f(s.at(key))
}

func (s *mapStore) Load(ctx context.Context, key string) (it dewar.Item, err error) {
	err = s.locked(ctx, key, func(k *kept) error {
		if k == nil {
			return dewar.ErrNotFound
		}
		it = k.item()
		return nil
	})
	return it, err
}

func (s *mapStore) Create(ctx context.Context, key string, data []byte, life time.Duration) (it dewar.Item, err error) {
	err = s.locked(ctx, key, func(k *kept) error {
		if k != nil {
			return dewar.ErrExists
		}
		it = s.put(key, string(data), life)
		return nil
	})
	return it, err
}

func (s *mapStore) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (it dewar.Item, err error) {
	err = s.locked(ctx, key, func(k *kept) error {
		switch {
		case k == nil:
			return dewar.ErrNotFound
		case !s.matches(k, old):
			return dewar.ErrConflict
		}
		it = s.put(key, string(data), life)
		return nil
	})
	return it, err
}

func (s *mapStore) Touch(ctx context.Context, key string, life time.Duration) error {
	return s.locked(ctx, key, func(k *kept) error {
		if k == nil {
			return dewar.ErrNotFound
		}
		if end := time.Now().Add(life); end.After(k.end) {
			k.end = end
		}
		return nil
	})
}

func (s *mapStore) Remove(ctx context.Context, key string, old dewar.Item) error {
	return s.locked(ctx, key, func(k *kept) error {
		switch {
		case k == nil:
			return dewar.ErrNotFound
		case !s.matches(k, old):
			return dewar.ErrConflict
		}
		delete(s.items, s.name(key))
		return nil
	})
}

func (s *mapStore) Delete(ctx context.Context, key string) error {
	return s.locked(ctx, key, func(*kept) error {
		delete(s.items, s.name(key))
		return nil
	})
}

func (s *mapStore) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	var all []dewar.Listed
	err := s.locked(ctx, "", func(*kept) error {
		for name, k := range s.items {
			key, ours := strings.CutPrefix(name, s.prefix)
			if ours && strings.HasPrefix(key, prefix) && time.Now().Before(k.end) {
				all = append(all, dewar.Listed{Key: key, Size: len(k.data), Left: time.Until(k.end)})
			}
		}
		return nil
	})
	return func(yield func(dewar.Listed, error) bool) {
		for _, l := range all {
			if !yield(l, nil) {
				return
			}
		}
		if err != nil {
			yield(dewar.Listed{}, err)
		}
	}
}

func (s *mapStore) Purge(ctx context.Context) (n int, err error) {
	err = s.locked(ctx, "", func(*kept) error {
		for name, k := range s.items {
			if !time.Now().Before(k.end) {
				delete(s.items, name)
				n++
			}
		}
		return nil
	})
	return n, err
}
