package storetest

import "github.com/dewar-go/dewar"

func goneRules() []rule {
	return []rule{
		{name: "gone/update-delete", sentence: "what was deleted stays deleted, whatever updates were on their way", needs: twins, check: func(r *room) {
			r.rounds(func(key string) {
				old := r.create(key, "abc", long)
				update := func(st dewar.Store) error {
					_, err := st.Update(r.ctx, key, old, []byte("def"), long)
					return err
				}
				errs := r.race(update, func(st dewar.Store) error { return st.Delete(r.ctx, key) }, update, update)
				r.either("update", errs[0], dewar.ErrNotFound, dewar.ErrConflict)
				r.needed("delete", errs[1])
				r.absent(key)
			})
		}},
		{name: "gone/touch-delete", sentence: "what was deleted stays deleted, whatever touches were on their way", needs: twins, check: func(r *room) {
			r.rounds(func(key string) {
				r.create(key, "abc", long)
				touch := func(st dewar.Store) error { return st.Touch(r.ctx, key, 2*long) }
				errs := r.race(touch, func(st dewar.Store) error { return st.Delete(r.ctx, key) }, touch, touch)
				r.either("touch", errs[0], dewar.ErrNotFound)
				r.needed("delete", errs[1])
				r.absent(key)
			})
		}},
		{name: "gone/update-remove", sentence: "of an updater and a remover of one item one wins, and the item is what the winner made of it", needs: twins, check: func(r *room) {
			r.rounds(func(key string) {
				old := r.create(key, "abc", long)
				errs := r.race(func(st dewar.Store) error {
					_, err := st.Update(r.ctx, key, old, []byte("def"), long)
					return err
				}, func(st dewar.Store) error { return st.Remove(r.ctx, key, old) })
				switch {
				case errs[0] == nil:
					r.gives("remove beside an update", errs[1], dewar.ErrConflict)
					r.holds(key, "def")
				default:
					r.gives("update beside a remove", errs[0], dewar.ErrNotFound)
					r.needed("remove", errs[1])
					r.absent(key)
				}
			})
		}},
		{name: "gone/touch-remove", sentence: "what was removed stays removed, whatever touches were on their way", needs: twins, check: func(r *room) {
			r.rounds(func(key string) {
				old := r.create(key, "abc", long)
				touch := func(st dewar.Store) error { return st.Touch(r.ctx, key, 2*long) }
				errs := r.race(touch, func(st dewar.Store) error { return st.Remove(r.ctx, key, old) }, touch, touch)
				r.either("touch", errs[0], dewar.ErrNotFound)
				r.needed("remove", errs[1]) // a touch is no change
				r.absent(key)
			})
		}},
	}
}
