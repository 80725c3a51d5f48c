package storetest

import "github.com/dewar-go/dewar"

func loadRules() []rule {
	return []rule{
		{name: "load/present", sentence: "load returns what was kept", check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			r.holds(k, "abc")
			r.holds(k, "abc") // and keeps it
		}},
		{name: "load/absent", sentence: "load of a key under which nothing was ever kept is ErrNotFound", check: func(r *room) {
			_, err := r.st.Load(r.ctx, r.key("never"))
			r.gives("load", err, dewar.ErrNotFound)
		}},
		{name: "load/deleted", sentence: "load of what was deleted is ErrNotFound", check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			r.delete(k)
			r.absent(k)
		}},
		{name: "load/neighbours", sentence: "every key has an item of its own", check: func(r *room) {
			a, b := r.key("a"), r.key("ab") // the one begins as the other
			r.create(a, "one", long)
			r.create(b, "two", long)
			r.holds(a, "one")
			r.holds(b, "two")
			r.delete(a)
			r.holds(b, "two")
		}},
	}
}
