package storetest

import (
	"time"

	"github.com/dewar-go/dewar"
)

func touchRules() []rule {
	return []rule{
		{name: "touch/absent", sentence: "touch of a vanished item creates nothing: ErrNotFound", check: func(r *room) {
			k := r.key("k")
			r.anOld(k, "abc")
			r.gives("touch", r.st.Touch(r.ctx, k, long), dewar.ErrNotFound)
			r.absent(k)
			r.gives("touch", r.st.Touch(r.ctx, r.key("never"), long), dewar.ErrNotFound)
			r.absent(r.key("never"))
		}},
		{name: "touch/data", sentence: "touch changes no data", check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", time.Minute)
			r.touch(k, long)
			r.holds(k, "abc")
		}},
		{name: "touch/twice", sentence: "touch right after a touch is a success", check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			for range 3 {
				r.touch(k, long) // databases that count changed rows say 0 here
			}
			r.holds(k, "abc")
		}},
		{name: "touch/no-change", sentence: "an item loaded before a touch can be updated and removed after it", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "first", time.Minute)
			r.touch(k, long)
			it = r.update(k, it, "second", time.Minute)
			r.holds(k, "second")
			r.touch(k, long)
			r.remove(k, it)
			r.absent(k)
		}},
		{name: "touch/extends", sentence: "touch gives an item a new life from now", waits: true, check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", 2*time.Second)
			r.touch(k, long)
			time.Sleep(over(2 * time.Second))
			r.holds(k, "abc")
		}},
		{name: "touch/never-shortens", sentence: "touch never shortens a life", waits: true, check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			r.touch(k, time.Second)
			time.Sleep(over(time.Second))
			r.holds(k, "abc")
		}},
		{name: "touch/ends", sentence: "an item that was touched still comes to its end", waits: true, check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", time.Second)
			r.touch(k, 2*time.Second)
			time.Sleep(over(2 * time.Second))
			r.absent(k)
		}},
	}
}
