package memstore

import (
	"bytes"
	"container/heap"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// shards is how many parts the keys are spread over, so that requests on
// several cores seldom wait for one another.
const shards = 64

// A shard holds the items of some keys.
type shard struct {
	mu    sync.Mutex
	items map[string]*entry
	ends  ends
	_     [24]byte // a cache line of its own
}

// An entry is what a shard holds under a key.
type entry struct {
	key   string
	state *state
	end   time.Time
	place int // in ends
}

// A state is what an item is between two changes. It never changes itself: its
// address is the item's tag, which no other state has as long as anybody holds
// it, and its data can be copied outside the lock.
type state struct{ data []byte }

func newState(data []byte) *state { return &state{data: bytes.Clone(data)} }

// item gives what a writer of data gets back.
func (st *state) item(data []byte, life time.Duration) dewar.Item {
	return dewar.Item{Data: bytes.Clone(data), Left: life, Tag: st}
}

// is reports whether st is what was loaded as old; one that has no tag is
// compared by its data.
func (st *state) is(old dewar.Item) bool {
	if old.Tag == nil {
		return bytes.Equal(old.Data, st.data)
	}
	return old.Tag == st
}

// live returns the entry under key, or nil if there is none or its life is
// over.
func (sh *shard) live(key string, now time.Time) *entry {
	e := sh.items[key]
	if e == nil || !now.Before(e.end) {
		return nil
	}
	return e
}

// has reports whether anything lies under key. It takes the lock itself.
func (sh *shard) has(key string) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.items[key] != nil
}

func (sh *shard) add(e *entry) {
	if sh.items == nil {
		sh.items = map[string]*entry{}
	}
	sh.items[e.key] = e
	heap.Push(&sh.ends, e)
}

func (sh *shard) setEnd(e *entry, end time.Time) {
	e.end = end
	heap.Fix(&sh.ends, e.place)
}

func (sh *shard) drop(e *entry) {
	delete(sh.items, e.key)
	heap.Remove(&sh.ends, e.place)
}

// ends is a heap of entries: the one that ends first is at its head.
type ends []*entry

func (h ends) Len() int           { return len(h) }
func (h ends) Less(i, j int) bool { return h[i].end.Before(h[j].end) }

func (h ends) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

// Push is part of heap.Interface.
func (h *ends) Push(x any) {
	e := x.(*entry)
	e.place = len(*h)
	*h = append(*h, e)
}

// Pop is part of heap.Interface.
func (h *ends) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
