package storetest

import (
	"context"
	"time"

	"github.com/dewar-go/dewar"
)

// pause is where another gets in between. In a bubble, where racers begin in
// one instant, whoever is slow does so for certain.
func pause() { time.Sleep(2 * instant) }

// instant is how long a verb of a slow store takes.
const instant = time.Nanosecond

// slow makes every verb take an instant, shorter than a pause.
func (f *faulty) slow() {
	load, create, update, touch, remove, forget := f.load, f.create, f.update, f.touch, f.remove, f.delete
	f.load = func(ctx context.Context, key string) (dewar.Item, error) {
		time.Sleep(instant)
		return load(ctx, key)
	}
	f.create = func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
		time.Sleep(instant)
		return create(ctx, key, data, life)
	}
	f.update = func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
		time.Sleep(instant)
		return update(ctx, key, old, data, life)
	}
	f.touch = func(ctx context.Context, key string, life time.Duration) error {
		time.Sleep(instant)
		return touch(ctx, key, life)
	}
	f.remove = func(ctx context.Context, key string, old dewar.Item) error {
		time.Sleep(instant)
		return remove(ctx, key, old)
	}
	f.delete = func(ctx context.Context, key string) error {
		time.Sleep(instant)
		return forget(ctx, key)
	}
}
