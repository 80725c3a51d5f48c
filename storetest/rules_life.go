package storetest

import (
	"errors"
	"time"

	"github.com/dewar-go/dewar"
)

// over gives how long after an item was given a life it is absent for sure:
// less than two seconds later, for clocks that are coarser; and a moment for
// a server's that isn't ours.
func over(life time.Duration) time.Duration { return life + 2*time.Second + 50*time.Millisecond }

// livesFor expects that the item under key, which was given life not before
// start, is there shortly before its end. A machine too busy to look in time
// has seen nothing, and that isn't held against the store.
func (r *room) livesFor(key string, start time.Time, life time.Duration) {
	time.Sleep(time.Until(start.Add(life - life/8)))
	_, err := r.st.Load(r.ctx, key)
	if errors.Is(err, dewar.ErrNotFound) && time.Since(start) < life {
		r.broken("load: %v, %v after the item was given a life of %v", err, time.Since(start), life)
	}
	if !errors.Is(err, dewar.ErrNotFound) {
		r.needed("load", err)
	}
}

const (
	month  = 31 * 24 * time.Hour // Flask's PERMANENT_SESSION_LIFETIME
	decade = 10 * 365 * 24 * time.Hour
)

func lifeRules() []rule {
	return []rule{
		{name: "life/second", sentence: "an item with a life of a second lives for it, then is absent", waits: true, check: func(r *room) {
			k := r.key("k")
			start := time.Now()
			r.create(k, "abc", time.Second)
			r.livesFor(k, start, time.Second)
			time.Sleep(over(0))
			r.absent(k)
		}},
		{name: "life/fraction", sentence: "a life that a coarse clock can't tell is rounded up", waits: true, check: func(r *room) {
			k, l := r.key("k"), r.key("l")
			start := time.Now()
			r.create(k, "abc", 1900*time.Millisecond)
			r.create(l, "abc", 500*time.Millisecond)
			r.livesFor(l, start, 500*time.Millisecond)
			r.livesFor(k, start, 1900*time.Millisecond)
			time.Sleep(over(0))
			r.absent(k)
			r.absent(l)
		}},
		{name: "life/instant", sentence: "a life of a nanosecond is a short one, not for ever", waits: true, check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", time.Nanosecond)
			time.Sleep(over(time.Nanosecond))
			r.absent(k)
		}},
		{name: "life/month", sentence: "a life of 31 days is one, not a date long gone", waits: true, check: func(r *room) {
			k := r.key("k")
			start := time.Now()
			it := r.create(k, "abc", month)
			r.touch(k, month)
			it = r.update(k, it, "def", month)
			time.Sleep(over(0))
			r.holds(k, "def")
			if r.h.In != nil {
				r.livesFor(k, start, month)
				time.Sleep(over(month))
				r.absent(k)
				return
			}
			r.remove(k, it)
		}},
		{name: "life/decade", sentence: "a life of ten years is one", waits: true, check: func(r *room) {
			k := r.key("k")
			start := time.Now()
			it := r.create(k, "abc", decade)
			r.touch(k, decade)
			it = r.update(k, it, "def", decade)
			time.Sleep(over(0))
			r.holds(k, "def")
			if r.h.In != nil {
				r.livesFor(k, start, decade)
				time.Sleep(over(decade))
				r.absent(k)
				return
			}
			r.remove(k, it)
		}},
		{name: "life/update-shortens", sentence: "update gives the item its life, also a shorter one", waits: true, check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "first", long)
			start := time.Now()
			r.update(k, it, "second", time.Second)
			r.livesFor(k, start, time.Second)
			time.Sleep(over(0))
			r.absent(k)
		}},
		{name: "life/update-extends", sentence: "update gives the item its life, also a longer one", waits: true, check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "first", 2*time.Second)
			r.update(k, it, "second", long)
			time.Sleep(over(2 * time.Second))
			r.holds(k, "second")
		}},
		{name: "life/refused-update", sentence: "an update that is refused leaves the item its life", waits: true, check: func(r *room) {
			k, l := r.key("k"), r.key("l")
			old := r.create(k, "first", time.Minute)
			r.update(k, old, "second", 2*time.Second)
			_, err := r.st.Update(r.ctx, k, old, []byte("third"), long)
			r.gives("update", err, dewar.ErrConflict)
			r.create(l, "first", 2*time.Second)
			_, err = r.st.Create(r.ctx, l, []byte("second"), long)
			r.gives("create", err, dewar.ErrExists)
			time.Sleep(over(2 * time.Second))
			r.absent(k)
			r.absent(l)
		}},
		{name: "life/load", sentence: "load doesn't extend a life", waits: true, check: func(r *room) {
			k := r.key("k")
			start := time.Now()
			r.create(k, "abc", 2*time.Second)
			r.livesFor(k, start, 2*time.Second) // loads it
			time.Sleep(time.Until(start.Add(over(2 * time.Second))))
			r.absent(k)
		}},
	}
}
