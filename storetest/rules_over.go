package storetest

import (
	"time"

	"github.com/dewar-go/dewar"
)

// expired makes an item under key, and waits until its life is over.
func (r *room) expired(key, data string) dewar.Item {
	it := r.create(key, data, time.Second)
	time.Sleep(over(time.Second))
	return it
}

func overRules() []rule {
	return []rule{
		{name: "over/load", sentence: "load of an item whose life is over is ErrNotFound", waits: true, check: func(r *room) {
			k := r.key("k")
			r.expired(k, "abc")
			r.absent(k)
		}},
		{name: "over/create", sentence: "an item whose life is over takes no key: create succeeds", waits: true, check: func(r *room) {
			k := r.key("k")
			old := r.expired(k, "first")
			r.create(k, "second", long)
			r.holds(k, "second")
			_, err := r.st.Update(r.ctx, k, old, []byte("third"), long)
			r.gives("update of the one before", err, dewar.ErrConflict)
			time.Sleep(over(0))
			r.holds(k, "second") // a late sweeper spares it
		}},
		{name: "over/update", sentence: "update doesn't revive an item whose life is over: ErrNotFound", waits: true, check: func(r *room) {
			k := r.key("k")
			old := r.expired(k, "abc")
			_, err := r.st.Update(r.ctx, k, old, []byte("def"), long)
			r.gives("update", err, dewar.ErrNotFound)
			r.absent(k)
		}},
		{name: "over/touch", sentence: "touch doesn't revive an item whose life is over: ErrNotFound", waits: true, check: func(r *room) {
			k := r.key("k")
			r.expired(k, "abc")
			r.gives("touch", r.st.Touch(r.ctx, k, long), dewar.ErrNotFound)
			r.absent(k)
		}},
		{name: "over/remove", sentence: "remove of an item whose life is over is ErrNotFound", waits: true, check: func(r *room) {
			k := r.key("k")
			old := r.expired(k, "abc")
			r.gives("remove", r.st.Remove(r.ctx, k, old), dewar.ErrNotFound)
		}},
		{name: "over/delete", sentence: "delete of an item whose life is over is a success", waits: true, check: func(r *room) {
			k := r.key("k")
			r.expired(k, "abc")
			r.delete(k)
			r.absent(k)
		}},
	}
}
