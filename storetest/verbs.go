package storetest

import (
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
)

// long is a life that no rule sees the end of.
const long = time.Hour

// create expects that data can be kept under key.
func (r *room) create(key, data string, life time.Duration) dewar.Item {
	it, err := r.st.Create(r.ctx, key, []byte(data), life)
	r.needed("create", err)
	return it
}

// load expects that something is kept under key.
func (r *room) load(key string) dewar.Item {
	it, err := r.st.Load(r.ctx, key)
	r.needed("load", err)
	return it
}

// update expects that the item is as it was loaded.
func (r *room) update(key string, old dewar.Item, data string, life time.Duration) dewar.Item {
	it, err := r.st.Update(r.ctx, key, old, []byte(data), life)
	r.needed("update", err)
	return it
}

// touch expects that something is kept under key.
func (r *room) touch(key string, life time.Duration) {
	r.needed("touch", r.st.Touch(r.ctx, key, life))
}

// remove expects that the item is as it was loaded.
func (r *room) remove(key string, old dewar.Item) {
	r.needed("remove", r.st.Remove(r.ctx, key, old))
}

// delete expects a success.
func (r *room) delete(key string) { r.needed("delete", r.st.Delete(r.ctx, key)) }

// holds expects data under key.
func (r *room) holds(key, data string) {
	it, err := r.st.Load(r.ctx, key)
	if err != nil {
		r.broken("load: got %v, want %s", err, show(data))
	}
	if string(it.Data) != data {
		r.broken("load: got %s, want %s", show(string(it.Data)), show(data))
	}
}

// absent expects nothing under key.
func (r *room) absent(key string) {
	it, err := r.st.Load(r.ctx, key)
	if err == nil {
		r.broken("load: got %s, want %v", show(string(it.Data)), dewar.ErrNotFound)
	}
	r.gives("load", err, dewar.ErrNotFound)
}

// anOld returns an item as it was under key before it was forgotten.
func (r *room) anOld(key, data string) dewar.Item {
	r.create(key, data, long)
	old := r.load(key)
	r.delete(key)
	return old
}

// show prints data, or the beginning of much.
func show(data string) string {
	if len(data) <= 40 {
		return fmt.Sprintf("%q", data)
	}
	return fmt.Sprintf("%q… (%d bytes)", data[:40], len(data))
}
