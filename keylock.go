package dewar

import (
	"context"
	"sync"
)

// keyLocks lets one commit at a time at a record that several want: after a
// first conflict they take turns instead of racing. It holds nothing of keys
// that nobody wants.
type keyLocks struct {
	mu    sync.Mutex
	locks map[string]*keyLock
}

type keyLock struct {
	turn  chan struct{} // holds the one turn while nobody has it
	users int
}

// lock waits for the turn at key, and returns how to give it back; after an error
// there is nothing to give.
func (l *keyLocks) lock(ctx context.Context, key string) (unlock func(), err error) {
	l.mu.Lock()
	k := l.locks[key]
	if k == nil {
		if l.locks == nil {
			l.locks = map[string]*keyLock{}
		}
		k = &keyLock{turn: make(chan struct{}, 1)}
		k.turn <- struct{}{}
		l.locks[key] = k
	}
	k.users++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.users--; k.users == 0 {
			delete(l.locks, key)
		}
	}
	select {
	case <-k.turn:
		return func() { k.turn <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return func() {}, ctx.Err()
	}
}
