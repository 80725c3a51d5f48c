package storetest

import "github.com/dewar-go/dewar"

func placeRules() []rule {
	return []rule{
		{name: "place/twins", sentence: "what one process writes, another on the same server sees at once, and its tags are good there", needs: twins, check: func(r *room) {
			k := r.key("k")
			r.create(k, "first", long)
			old, err := r.other.Load(r.ctx, k)
			r.needed("load by the twin", err)
			mine := r.load(k)
			_, err = r.other.Update(r.ctx, k, old, []byte("second"), long)
			r.needed("update by the twin", err)
			r.holds(k, "second")
			_, err = r.st.Update(r.ctx, k, mine, []byte("third"), long)
			r.gives("update of what the twin changed", err, dewar.ErrConflict)
			r.needed("touch by the twin", r.other.Touch(r.ctx, k, 2*long))
			r.update(k, r.load(k), "fourth", long)
			r.needed("delete by the twin", r.other.Delete(r.ctx, k))
			r.absent(k)
		}},
		{name: "place/apart", sentence: "two stores on one server that are kept apart don't mix", needs: apart, check: func(r *room) {
			k := r.key("k")
			mine := r.create(k, "mine", long)
			theirs, err := r.other.Create(r.ctx, k, []byte("theirs"), long)
			r.needed("create in the other", err)
			r.holds(k, "mine")
			theirs, err = r.other.Update(r.ctx, k, theirs, []byte("changed"), long)
			r.needed("update in the other", err)
			r.holds(k, "mine")
			r.update(k, mine, "still mine", long)
			r.needed("remove in the other", r.other.Remove(r.ctx, k, theirs))
			r.holds(k, "still mine")
			r.needed("delete in the other", r.other.Delete(r.ctx, k))
			r.holds(k, "still mine")
			r.gives("touch in the other", r.other.Touch(r.ctx, k, long), dewar.ErrNotFound)
		}},
		{name: "place/apart-list", sentence: "two stores on one server that are kept apart list their own items, under the keys they were given", needs: apart, check: func(r *room) {
			if why := r.lacks(lister); why != "" {
				r.skip(why)
			}
			mine, theirs := r.key("mine"), r.key("theirs")
			r.create(mine, "abc", long)
			_, err := r.other.Create(r.ctx, theirs, []byte("abc"), long)
			r.needed("create in the other", err)
			r.lists(r.prefix, mine)
		}},
	}
}
