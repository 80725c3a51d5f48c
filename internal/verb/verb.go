// Package verb has a store's verbs as values, for tests of what holds of all of
// them: outages, refusals, what an error may say.
package verb

import (
	"context"
	"errors"
	"time"

	"github.com/dewar-go/dewar"
)

// A Verb is one of a store's, with its arguments.
type Verb struct {
	Name string // Load, Create, Update, Touch, Remove or Delete
	Call func(context.Context, dewar.Store) error
}

// All are the six in the order of their names above, called on key: Create keeps
// data; Update, after which it is data and a 2, and Remove take the item for read.
func All(key, data string, read dewar.Item) []Verb {
	return []Verb{
		{"Load", func(ctx context.Context, st dewar.Store) error { _, err := st.Load(ctx, key); return err }},
		{"Create", func(ctx context.Context, st dewar.Store) error {
			_, err := st.Create(ctx, key, []byte(data), time.Hour)
			return err
		}},
		{"Update", func(ctx context.Context, st dewar.Store) error {
			_, err := st.Update(ctx, key, read, []byte(data+"2"), time.Hour)
			return err
		}},
		{"Touch", func(ctx context.Context, st dewar.Store) error { return st.Touch(ctx, key, 2*time.Hour) }},
		{"Remove", func(ctx context.Context, st dewar.Store) error { return st.Remove(ctx, key, read) }},
		{"Delete", func(ctx context.Context, st dewar.Store) error { return st.Delete(ctx, key) }},
	}
}

// Answered reports whether an error is one that a store answers with when nothing
// is amiss, none included.
func Answered(err error) bool {
	return err == nil || errors.Is(err, dewar.ErrNotFound) || errors.Is(err, dewar.ErrExists) || errors.Is(err, dewar.ErrConflict)
}
