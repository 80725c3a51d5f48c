package storetest

import (
	"fmt"

	"github.com/dewar-go/dewar"
)

func compareRules() []rule {
	return []rule{
		{name: "compare/bytes", sentence: "update and remove compare bytes: a change of case, of a blank or of nothing to something is a change", check: func(r *room) {
			for i, pair := range [][2]string{
				{"data", "Data"},
				{"data", "data "},
				{"data", "data\x00"},
				{"data\x00a", "data\x00b"},
				{"data", "datadata"},
				{"", "\x00"},
				{"data", ""},
				{"", "data"},
				{"1", "1.0"},
				{"é", "e\u0301"},
			} {
				k := r.key(fmt.Sprint("pair", i))
				old := r.create(k, pair[0], long)
				r.update(k, old, pair[1], long)
				_, err := r.st.Update(r.ctx, k, old, []byte("lost"), long)
				r.gives(fmt.Sprintf("update of %q that became %q", pair[0], pair[1]), err, dewar.ErrConflict)
				err = r.st.Remove(r.ctx, k, old)
				r.gives(fmt.Sprintf("remove of %q that became %q", pair[0], pair[1]), err, dewar.ErrConflict)
				r.holds(k, pair[1])
			}
		}},
		{name: "compare/empty", sentence: "an empty item can be updated and removed like any other", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "", long)
			it = r.update(k, it, "full", long)
			it = r.update(k, it, "", long)
			r.holds(k, "")
			r.remove(k, it)
			r.absent(k)
			r.create(k, "", long)
			r.remove(k, r.load(k))
			r.absent(k)
		}},
		{name: "compare/zero", sentence: "the zero Item, which nobody loaded, is no leave to update or remove what is there", check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			if _, err := r.st.Update(r.ctx, k, dewar.Item{}, []byte("def"), long); err == nil {
				r.broken("update: succeeded, want %v", dewar.ErrConflict)
			}
			if err := r.st.Remove(r.ctx, k, dewar.Item{}); err == nil {
				r.broken("remove: succeeded, want %v", dewar.ErrConflict)
			}
			r.holds(k, "abc")
		}},
	}
}
