package storetest

import "github.com/dewar-go/dewar"

func removeRules() []rule {
	return []rule{
		{name: "remove/present", sentence: "remove forgets the item that was loaded", check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			r.remove(k, r.load(k))
			r.absent(k)
		}},
		{name: "remove/absent", sentence: "remove of a vanished item is ErrNotFound", check: func(r *room) {
			k := r.key("k")
			old := r.anOld(k, "abc")
			r.gives("remove", r.st.Remove(r.ctx, k, old), dewar.ErrNotFound)
		}},
		{name: "remove/changed", sentence: "remove of an item that another changed is ErrConflict, and the item stays", check: func(r *room) {
			k := r.key("k")
			old := r.create(k, "first", long)
			now := r.update(k, old, "second", long)
			r.gives("remove", r.st.Remove(r.ctx, k, old), dewar.ErrConflict)
			r.holds(k, "second")
			r.remove(k, now)
		}},
		{name: "remove/recreated", sentence: "remove of an item that was forgotten and made anew with other data is ErrConflict", check: func(r *room) {
			k := r.key("k")
			old := r.anOld(k, "first")
			r.create(k, "second", long)
			r.gives("remove", r.st.Remove(r.ctx, k, old), dewar.ErrConflict)
			r.holds(k, "second")
		}},
	}
}

func deleteRules() []rule {
	return []rule{
		{name: "delete/present", sentence: "delete forgets a key, whatever is there", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "first", long)
			r.update(k, it, "second", long)
			r.delete(k)
			r.absent(k)
		}},
		{name: "delete/absent", sentence: "delete of an absent key is a success, as often as one likes", check: func(r *room) {
			k := r.key("k")
			r.delete(k)
			r.create(k, "abc", long)
			r.delete(k)
			r.delete(k)
			r.absent(k)
		}},
	}
}
