package dewar_test

import (
	"context"
	"time"

	"github.com/dewar-go/dewar"
)

// between is a store that does something once before an item is removed, loaded,
// created, touched, updated or deleted.
type between struct {
	dewar.Store
	creation, removal, load, touch, update, deletion func()
}

func (b *between) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	once(&b.creation)
	return b.Store.Create(ctx, key, data, life)
}

func (b *between) Delete(ctx context.Context, key string) error {
	once(&b.deletion)
	return b.Store.Delete(ctx, key)
}

func (b *between) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	once(&b.update)
	return b.Store.Update(ctx, key, old, data, life)
}

func (b *between) Touch(ctx context.Context, key string, life time.Duration) error {
	once(&b.touch)
	return b.Store.Touch(ctx, key, life)
}

func once(f *func()) {
	if g := *f; g != nil {
		*f = nil
		g()
	}
}

func (b *between) Remove(ctx context.Context, key string, old dewar.Item) error {
	once(&b.removal)
	return b.Store.Remove(ctx, key, old)
}

func (b *between) Load(ctx context.Context, key string) (dewar.Item, error) {
	once(&b.load)
	return b.Store.Load(ctx, key)
}
