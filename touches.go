package dewar

import (
	"sync"
	"time"
)

// touches remembers when this process last gave sessions their life, so that a
// store that doesn't say how much is left isn't touched at every request. It is
// bounded: of two generations the older is dropped when the younger is full,
// and what is forgotten costs one touch more.
type touches struct {
	mu         sync.Mutex
	young, old map[string]time.Time
}

// generation is how many sessions one generation holds.
const generation = 1 << 15

func (t *touches) at(id string) (time.Time, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.young[id]; ok {
		return at, true
	}
	at, ok := t.old[id]
	return at, ok
}

func (t *touches) set(id string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.young) >= generation || t.young == nil {
		t.young, t.old = make(map[string]time.Time), t.young
	}
	t.young[id] = at
}
