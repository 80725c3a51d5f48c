package storetest

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/dewar-go/dewar"
)

func raceRules() []rule {
	return []rule{
		{name: "race/create", sentence: "of any number of creators one wins, and its data is there", needs: twins, check: func(r *room) {
			r.rounds(func(key string) {
				errs := r.raceAll(func(st dewar.Store, i int) error {
					_, err := st.Create(r.ctx, key, fmt.Append(nil, i), long)
					return err
				})
				r.holds(key, fmt.Sprint(r.one("create", errs, dewar.ErrExists)))
			})
		}},
		{name: "race/update", sentence: "of any number of updaters of one item one wins a round, and its data is there", needs: twins, check: func(r *room) {
			key := r.key("k")
			r.create(key, "begin", long)
			// The round is part of the data: who wrote the very bytes that were read
			// would let a second one win, and rightly.
			r.rounds(func(round string) {
				old := r.load(key)
				errs := r.raceAll(func(st dewar.Store, i int) error {
					_, err := st.Update(r.ctx, key, old, fmt.Append(nil, i, " in ", round), long)
					return err
				})
				r.holds(key, fmt.Sprint(r.one("update", errs, dewar.ErrConflict), " in ", round))
			})
		}},
		{name: "race/count", sentence: "of those who load, add one and update until it succeeds, none is lost, whoever touches meanwhile", needs: twins, check: func(r *room) {
			key := r.key("k")
			r.create(key, "0", long)
			const each = 5
			errs := r.raceAll(func(st dewar.Store, i int) error {
				if i == 0 {
					for range racers * each {
						if err := st.Touch(r.ctx, key, long); err != nil {
							return err
						}
					}
					return nil
				}
				for range each {
					if err := r.addOne(st, key); err != nil {
						return err
					}
				}
				return nil
			})
			r.needed("adding up", errors.Join(errs...))
			r.holds(key, fmt.Sprint(each*(racers-1)))
		}},
		{name: "race/remove", sentence: "of any number of removers of one item one wins", needs: twins, check: func(r *room) {
			r.rounds(func(key string) {
				old := r.create(key, "abc", long)
				errs := r.raceAll(func(st dewar.Store, _ int) error { return st.Remove(r.ctx, key, old) })
				r.one("remove", errs, dewar.ErrNotFound)
				r.absent(key)
			})
		}},
		{name: "race/mixed", sentence: "any verbs at once on one key answer each with a success or an outcome of theirs", needs: twins, check: func(r *room) {
			r.rounds(func(key string) {
				old := r.create(key, "abc", long)
				errs := r.race(
					func(st dewar.Store) error { _, err := st.Load(r.ctx, key); return err },
					func(st dewar.Store) error { _, err := st.Create(r.ctx, key, []byte("def"), long); return err },
					func(st dewar.Store) error { _, err := st.Update(r.ctx, key, old, []byte("ghi"), long); return err },
					func(st dewar.Store) error { return st.Touch(r.ctx, key, long) },
					func(st dewar.Store) error { return st.Remove(r.ctx, key, old) },
					func(st dewar.Store) error { return st.Delete(r.ctx, key) },
				)
				r.either("load", errs[0], dewar.ErrNotFound)
				r.either("create", errs[1], dewar.ErrExists)
				r.either("update", errs[2], dewar.ErrNotFound, dewar.ErrConflict)
				r.either("touch", errs[3], dewar.ErrNotFound)
				r.either("remove", errs[4], dewar.ErrNotFound, dewar.ErrConflict)
				r.needed("delete", errs[5])
			})
		}},
	}
}

// addOne adds one to the number under key. Others can be in its way only so
// often.
func (r *room) addOne(st dewar.Store, key string) error {
	for range 1000 {
		old, err := st.Load(r.ctx, key)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(old.Data))
		if err != nil {
			return err
		}
		_, err = st.Update(r.ctx, key, old, strconv.AppendInt(nil, int64(n+1), 10), long)
		if !errors.Is(err, dewar.ErrConflict) {
			return err
		}
	}
	return errors.New("update never stops to conflict with what was loaded just before")
}
