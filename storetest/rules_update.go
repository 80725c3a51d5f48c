package storetest

import "github.com/dewar-go/dewar"

func updateRules() []rule {
	return []rule{
		{name: "update/present", sentence: "update replaces the item that was loaded", check: func(r *room) {
			k := r.key("k")
			r.create(k, "first", long)
			r.update(k, r.load(k), "second", long)
			r.holds(k, "second")
		}},
		{name: "update/absent", sentence: "update of a vanished item creates nothing: ErrNotFound", check: func(r *room) {
			k := r.key("k")
			old := r.anOld(k, "first")
			_, err := r.st.Update(r.ctx, k, old, []byte("second"), long)
			r.gives("update", err, dewar.ErrNotFound)
			r.absent(k)
			r.create(k, "third", long)
		}},
		{name: "update/changed", sentence: "update of an item that another changed is ErrConflict, and the other's change stays", check: func(r *room) {
			k := r.key("k")
			old := r.create(k, "first", long)
			r.update(k, r.load(k), "theirs", long)
			_, err := r.st.Update(r.ctx, k, old, []byte("ours"), long)
			r.gives("update", err, dewar.ErrConflict)
			r.holds(k, "theirs")
		}},
		{name: "update/recreated", sentence: "update of an item that was forgotten and made anew with other data is ErrConflict", check: func(r *room) {
			k := r.key("k")
			old := r.anOld(k, "first")
			r.create(k, "theirs", long)
			_, err := r.st.Update(r.ctx, k, old, []byte("ours"), long)
			r.gives("update", err, dewar.ErrConflict)
			r.holds(k, "theirs")
		}},
		{name: "update/equal", sentence: "update to the very same bytes is a success", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "same", long)
			it = r.update(k, it, "same", long) // databases that count changed rows say 0 here
			r.update(k, it, "same", long)
			r.holds(k, "same")
		}},
		{name: "update/item", sentence: "update returns the item as it is kept, good as old at once", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "0", long)
			for _, data := range []string{"1", "2", "3"} {
				it = r.update(k, it, data, long)
				if string(it.Data) != data {
					r.broken("update: the item's data is %s, want %q", show(string(it.Data)), data)
				}
			}
			r.holds(k, "3")
			r.remove(k, it)
			r.absent(k)
		}},
		{name: "update/once", sentence: "an item is good as old for one update, not for two", check: func(r *room) {
			k := r.key("k")
			old := r.create(k, "first", long)
			r.update(k, old, "second", long)
			_, err := r.st.Update(r.ctx, k, old, []byte("third"), long)
			r.gives("update", err, dewar.ErrConflict)
			r.holds(k, "second")
		}},
		{name: "update/there-and-back", sentence: "update of an item that was changed and changed back is a success or ErrConflict, nothing between", check: func(r *room) {
			k := r.key("k")
			old := r.create(k, "a", long)
			r.update(k, r.update(k, old, "b", long), "a", long)
			if _, err := r.st.Update(r.ctx, k, old, []byte("c"), long); err == nil {
				r.holds(k, "c")
			} else {
				r.gives("update", err, dewar.ErrConflict)
				r.holds(k, "a")
			}
		}},
	}
}
