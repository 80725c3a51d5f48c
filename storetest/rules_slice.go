package storetest

import "github.com/dewar-go/dewar"

// scribble overwrites data, and what lies behind it in its array.
func scribble(data []byte) {
	for i := range data[:cap(data)] {
		data[:cap(data)][i] = '#'
	}
}

func sliceRules() []rule {
	return []rule{
		{name: "slice/given", sentence: "the store keeps no hold on the slices it is given", check: func(r *room) {
			k := r.key("k")
			data := []byte("first")
			_, err := r.st.Create(r.ctx, k, data, long)
			r.needed("create", err)
			scribble(data)
			r.holds(k, "first")

			data = []byte("second")
			_, err = r.st.Update(r.ctx, k, r.load(k), data, long)
			r.needed("update", err)
			scribble(data)
			r.holds(k, "second")
		}},
		{name: "slice/given-old", sentence: "the store keeps no hold on the data of an old item", check: func(r *room) {
			k := r.key("k")
			r.create(k, "first", long)
			old := r.load(k)
			now := r.update(k, old, "first", long) // equal: what was there might do
			scribble(old.Data)
			r.holds(k, "first")
			r.remove(k, now)
		}},
		{name: "slice/untouched", sentence: "the store doesn't write to the slices it is given, nor behind them", check: func(r *room) {
			k := r.key("k")
			room := []byte("first|behind")
			_, err := r.st.Create(r.ctx, k, room[:5], long)
			r.needed("create", err)
			old := r.load(k)
			next := []byte("second|behind")
			now, err := r.st.Update(r.ctx, k, old, next[:6], long)
			r.needed("update", err)
			r.remove(k, now)
			if string(room) != "first|behind" || string(next) != "second|behind" || string(old.Data) != "first" {
				r.broken("given first|behind, second|behind and old first; left %s, %s, %s", room, next, old.Data)
			}
		}},
		{name: "slice/loaded", sentence: "what load returns is the caller's, with all that lies behind it", check: func(r *room) {
			k := r.key("k")
			r.create(k, "first", long)
			scribble(r.load(k).Data)
			r.holds(k, "first")
		}},
		{name: "slice/returned", sentence: "what create and update return is the caller's, with all that lies behind it", check: func(r *room) {
			k := r.key("k")
			it := r.create(k, "first", long)
			scribble(it.Data)
			r.holds(k, "first")
			it = r.update(k, r.load(k), "second", long)
			scribble(it.Data)
			r.holds(k, "second")
		}},
		{name: "slice/stays", sentence: "what load returned doesn't change when the item does", check: func(r *room) {
			k := r.key("k")
			r.create(k, "first", long)
			seen := r.load(k)
			old := dewar.Item{Data: append([]byte(nil), seen.Data...), Tag: seen.Tag}
			r.update(k, old, "other", long)
			r.load(k)
			if string(seen.Data) != "first" {
				r.broken("loaded %q; after an update it reads %q", "first", seen.Data)
			}
		}},
	}
}
