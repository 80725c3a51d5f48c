package storetest

import "github.com/dewar-go/dewar"

func createRules() []rule {
	return []rule{
		{name: "create/taken", sentence: "create never overwrites: ErrExists, and what is there stays as it is", check: func(r *room) {
			k := r.key("k")
			old := r.create(k, "first", long)
			_, err := r.st.Create(r.ctx, k, []byte("second"), long)
			r.gives("create", err, dewar.ErrExists)
			r.holds(k, "first")
			r.update(k, old, "third", long) // its tag is as it was, too
		}},
		{name: "create/equal", sentence: "create of what is there already, byte for byte, is ErrExists all the same", check: func(r *room) {
			k := r.key("k")
			r.create(k, "same", long)
			_, err := r.st.Create(r.ctx, k, []byte("same"), long)
			r.gives("create", err, dewar.ErrExists)
		}},
		{name: "create/after-delete", sentence: "a key that was forgotten is free again", check: func(r *room) {
			k := r.key("k")
			r.create(k, "first", long)
			r.delete(k)
			r.create(k, "second", long)
			r.holds(k, "second")
			r.remove(k, r.load(k))
			r.create(k, "third", long)
			r.holds(k, "third")
		}},
		{name: "create/item", sentence: "create returns the item as it is kept, good as old at once", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "first", long)
			if string(it.Data) != "first" {
				r.broken("create: the item's data is %s, want %q", show(string(it.Data)), "first")
			}
			r.update(k, it, "second", long)
			r.holds(k, "second")

			k = r.key("l")
			r.remove(k, r.create(k, "first", long))
			r.absent(k)
		}},
	}
}
