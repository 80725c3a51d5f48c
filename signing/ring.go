package signing

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

// MinKeyBytes is the length under which a key is refused unless
// [Keys].AllowShort says otherwise. Whoever guesses a key can write any
// session, and 16 random bytes can't be guessed.
const MinKeyBytes = 16

// ErrKey says that a key is empty, or too short. The error that wraps it names
// every such key by its place and its length.
var ErrKey = errors.New("signing: unusable key")

// Keys are the secret keys of a [Ring]. Flask calls them SECRET_KEY and
// SECRET_KEY_FALLBACKS, but lists the fallbacks oldest first.
type Keys struct {
	// Current signs, and verifies first. It must be there.
	Current []byte

	// Old verify only, in this order: newest first. None is the usual case.
	Old [][]byte

	// AllowShort accepts keys of fewer than MinKeyBytes bytes, as Flask does.
	// An empty key is refused all the same: anybody can sign with it.
	AllowShort bool
}

// A Ring holds the keys that signers share, and lets them be changed while the
// signers are in use. NewRing makes one; the zero Ring has no keys and makes
// whatever uses it panic.
type Ring struct {
	keys atomic.Pointer[[][]byte] // current first; replaced whole, never changed in place
}

// NewRing returns a ring of copies of the keys. If any of them is empty or too
// short the error is ErrKey and names each.
func NewRing(k Keys) (*Ring, error) {
	r := new(Ring)
	if err := r.Swap(k); err != nil {
		return nil, err
	}
	return r, nil
}

// Swap replaces all keys at once; every signer on the ring uses the new ones
// from its next call on. Values signed before keep verifying as long as their
// key is still listed, in whatever place. If any key is empty or too short the
// error is ErrKey, and the ring stays as it was.
func (r *Ring) Swap(k Keys) error {
	if err := k.check(); err != nil {
		return err
	}
	keys := make([][]byte, 0, 1+len(k.Old))
	keys = append(keys, bytes.Clone(k.Current))
	for _, old := range k.Old {
		keys = append(keys, bytes.Clone(old))
	}
	r.keys.Store(&keys)
	return nil
}

// Len returns how many keys verify: the current one and the old ones.
func (r *Ring) Len() int { return len(*r.keys.Load()) }

// check names all bad keys at once, so that nobody repairs a configuration one
// restart at a time.
func (k Keys) check() error {
	var bad []string
	look := func(place string, key []byte) {
		switch {
		case len(key) == 0:
			bad = append(bad, place+" is empty")
		case len(key) < MinKeyBytes && !k.AllowShort:
			bad = append(bad, fmt.Sprintf("%s has %d of at least %d bytes", place, len(key), MinKeyBytes))
		}
	}
	look("current", k.Current)
	for i, old := range k.Old {
		look(fmt.Sprintf("old %d", i), old)
	}
	if bad == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrKey, strings.Join(bad, ", "))
}
