package dewar

import (
	"context"
	"errors"
	"iter"
	"time"
)

// The outcomes of a Store's verbs; [ErrConflict] is the third. Beside them
// [ErrUndecodable] says that what is there is no item of the store's, and is left
// alone, and [ErrTooLarge] that the data is more than it keeps: nothing was
// written. Any other error says that the store can't answer; whether anything was
// done is then unknown.
var (
	// ErrNotFound says that nothing is kept under a key, or that its life is
	// over.
	ErrNotFound = errors.New("dewar: not found")

	// ErrExists says that something is kept under a key already.
	ErrExists = errors.New("dewar: exists already")
)

// A Store keeps bytes under a key, for a time. It knows nothing of HTTP,
// cookies, codecs or users; package storetest says in sentences whether one
// keeps this contract.
//
// A key is 1 to 250 bytes of printable ASCII without blanks: [InStore] gives no
// other. Any other key is kept as faithfully, or refused with an error that is
// none of the outcomes; it never leads to another key's item.
//
// A life is positive. A store whose clock is coarser rounds it up, so that an
// item lives for its life and less than two seconds more. An item whose life is
// over is absent for every verb, whether or not it still lies there.
//
// Data may be empty; nil is empty. A store keeps no hold on the slices it is
// given, and those it returns are the caller's. Implementations are safe for
// concurrent use by any number of processes, and return soon after ctx ends.
type Store interface {
	// Load returns the item under key, or ErrNotFound.
	Load(ctx context.Context, key string) (Item, error)

	// Create keeps data under a key that is free, or returns ErrExists and
	// leaves what is there as it is. Of any number of creators one wins.
	Create(ctx context.Context, key string, data []byte, life time.Duration) (Item, error)

	// Update replaces the item that was loaded as old, in one atomic step, and
	// gives it this life. It returns ErrConflict if the item has another Tag
	// (or, where a store has no tags, other Data) than old, and ErrNotFound if
	// it is gone: an update never creates. A Touch in between is no change.
	Update(ctx context.Context, key string, old Item, data []byte, life time.Duration) (Item, error)

	// Touch gives an item this life from now, unless it has more left. It
	// changes no data and creates nothing: ErrNotFound if there is none.
	Touch(ctx context.Context, key string, life time.Duration) error

	// Remove forgets the item that was loaded as old: ErrConflict if it has
	// changed since, ErrNotFound if it is gone.
	Remove(ctx context.Context, key string, old Item) error

	// Delete forgets key, whatever is there. Forgetting an absent key is a
	// success.
	Delete(ctx context.Context, key string) error
}

// An Item is what a store keeps under a key.
type Item struct {
	Data []byte
	Left time.Duration // of its life; 0: unknown
	Tag  any           // the store's own mark of this very state; nil: it compares Data
}

// A Lister is a store that can say what it keeps.
type Lister interface {
	// List yields the items whose keys begin with prefix, in any order, until
	// one that ends with an error (a [Namer] can't tell prefixes: all it has). Items that come and go meanwhile may be
	// missed or listed, never twice.
	List(ctx context.Context, prefix string) iter.Seq2[Listed, error]
}

// Listed describes an item without its data.
type Listed struct {
	Key  string        // or its name, of a Namer
	Size int           // bytes of its data; -1: unknown
	Left time.Duration // of its life; 0: unknown
}

// List asks a store what it keeps. One that isn't a Lister yields
// errors.ErrUnsupported.
func List(ctx context.Context, st Store, prefix string) iter.Seq2[Listed, error] {
	if l, ok := st.(Lister); ok {
		return l.List(ctx, prefix)
	}
	return func(yield func(Listed, error) bool) { yield(Listed{}, errors.ErrUnsupported) }
}

// A Namer is what a [Lister] is as well that keeps no keys, only digests of them. It
// lists names in their place, and all items whatever the prefix; its verbs take a
// name for the key. A name has a blank in it: it is nobody's key, and no client can send one.
type Namer interface {
	// Name gives what List yields for key.
	Name(key string) string
}

// Name gives what List of this store yields for key: the key itself, unless the
// store is a Namer.
func Name(st Store, key string) string {
	if n, ok := st.(Namer); ok {
		return n.Name(key)
	}
	return key
}

// A Purger is a store in which items whose life is over lie about until they
// are purged.
type Purger interface {
	// Purge forgets them and says how many.
	Purge(ctx context.Context) (removed int, err error)
}

// Purge asks a store to forget what is over. One that isn't a Purger, because
// its items vanish by themselves or because it can't, gives
// errors.ErrUnsupported.
func Purge(ctx context.Context, st Store) (removed int, err error) {
	if p, ok := st.(Purger); ok {
		return p.Purge(ctx)
	}
	return 0, errors.ErrUnsupported
}
