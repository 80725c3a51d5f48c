package dewar

import (
	"context"
	"time"
)

// A deadline is a store each of whose calls ends in time, whatever the client
// within waits for.
type deadline struct {
	Store
	d time.Duration
}

// underDeadline gives st's calls d to answer. One that is a part of this process
// needs none.
func underDeadline(st Store, d time.Duration) Store {
	if p, ok := st.(InProcess); ok && p.InProcess() || d < 0 || st == nil {
		return st
	}
	if d == 0 {
		d = time.Second
	}
	return deadline{st, d}
}

// InProcess is what a Store has whose calls wait for nothing outside of the
// process, so that they need no deadline: InProcess reports true.
type InProcess interface{ InProcess() bool }

func (s deadline) Load(ctx context.Context, key string) (Item, error) {
	ctx, cancel := context.WithTimeout(ctx, s.d)
	defer cancel()
	return s.Store.Load(ctx, key)
}

func (s deadline) Create(ctx context.Context, key string, data []byte, life time.Duration) (Item, error) {
	ctx, cancel := context.WithTimeout(ctx, s.d)
	defer cancel()
	return s.Store.Create(ctx, key, data, life)
}

func (s deadline) Update(ctx context.Context, key string, old Item, data []byte, life time.Duration) (Item, error) {
	ctx, cancel := context.WithTimeout(ctx, s.d)
	defer cancel()
	return s.Store.Update(ctx, key, old, data, life)
}

func (s deadline) Touch(ctx context.Context, key string, life time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, s.d)
	defer cancel()
	return s.Store.Touch(ctx, key, life)
}

func (s deadline) Remove(ctx context.Context, key string, old Item) error {
	ctx, cancel := context.WithTimeout(ctx, s.d)
	defer cancel()
	return s.Store.Remove(ctx, key, old)
}

func (s deadline) Delete(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, s.d)
	defer cancel()
	return s.Store.Delete(ctx, key)
}
