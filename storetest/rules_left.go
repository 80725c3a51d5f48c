package storetest

import (
	"time"

	"github.com/dewar-go/dewar"
)

// left expects that d, said to be left of life, which was given not before
// start, is right: to the second downwards, to two upwards, as coarse clocks
// have it. 0 is right: unknown.
func (r *room) left(verb string, d time.Duration, start time.Time, life time.Duration) {
	if d == 0 {
		return
	}
	least := life - time.Since(start) - time.Second
	if d < least || d > life+2*time.Second {
		r.broken("%s: Left is %v, want 0 or from %v to %v", verb, d, least, life+2*time.Second)
	}
}

func leftRules() []rule {
	return []rule{
		{name: "left/right", sentence: "what is said to be left of a life is right, or 0", check: func(r *room) {
			k := r.key("k")
			for _, life := range []time.Duration{3 * time.Second, long, month} {
				start := time.Now()
				it := r.create(k, "abc", life)
				r.left("create", it.Left, start, life)
				r.left("load", r.load(k).Left, start, life)

				start = time.Now()
				it = r.update(k, it, "def", 2*life)
				r.left("update", it.Left, start, 2*life)
				r.left("load after update", r.load(k).Left, start, 2*life)

				start = time.Now()
				r.touch(k, 3*life)
				r.left("load after touch", r.load(k).Left, start, 3*life)
				r.touch(k, time.Second)
				r.left("load after a touch that would shorten", r.load(k).Left, start, 3*life)
				r.delete(k)
			}
		}},
		{name: "left/dwindles", sentence: "what is left of a life gets less, or is unknown", waits: true, check: func(r *room) {
			k := r.key("k")
			const life = 5 * time.Second
			r.create(k, "abc", life)
			created := time.Now()
			time.Sleep(3 * time.Second)
			it, err := r.st.Load(r.ctx, k)
			if err != nil && time.Since(created) > life {
				return // too busy a machine to look in time
			}
			r.needed("load", err)
			if most := over(life) - 3*time.Second; it.Left > most {
				r.broken("load: Left is %v three seconds into a life of %v, want 0 or at most %v", it.Left, life, most)
			}
		}},
		{name: "left/of-old", sentence: "what an old item says of its life decides nothing", check: func(r *room) {
			k := r.key("k")
			old := r.create(k, "first", long)
			old = r.update(k, dewar.Item{Data: old.Data, Tag: old.Tag, Left: 7}, "second", long)
			r.remove(k, dewar.Item{Data: old.Data, Tag: old.Tag, Left: -7})
		}},
	}
}
