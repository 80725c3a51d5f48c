package storetest

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/dewar-go/dewar"
)

// list returns what the store lists under prefix, by key or name, and expects
// none twice.
func (r *room) list(prefix string) map[string]dewar.Listed {
	all := map[string]dewar.Listed{}
	for l, err := range dewar.List(r.ctx, r.st, prefix) {
		r.needed("list", err)
		if _, twice := all[l.Key]; twice {
			r.broken("list: an item is listed twice")
		}
		all[l.Key] = l
	}
	return all
}

// names reports whether the store lists names in place of keys.
func (r *room) names() bool {
	_, ok := r.st.(dewar.Namer)
	return ok
}

// lists expects exactly these keys under prefix.
func (r *room) lists(prefix string, keys ...string) {
	all := r.list(prefix)
	for _, key := range keys {
		name := dewar.Name(r.st, key)
		if _, ok := all[name]; !ok {
			r.broken("list of …%q: …%q is missing", prefix[len(r.prefix):], key[len(r.prefix):])
		}
		delete(all, name)
	}
	if len(all) > 0 {
		r.broken("list of …%q: %d items too many", prefix[len(r.prefix):], len(all))
	}
}

func listRules() []rule {
	return []rule{
		{name: "list/all", sentence: "list yields every item under a prefix, each once", needs: lister, check: func(r *room) {
			var keys []string
			for i := range 300 { // more than a server returns at once
				keys = append(keys, r.key(fmt.Sprint("k", i)))
				r.create(keys[i], "abc", long)
			}
			r.lists(r.prefix, keys...)
			if !r.names() {
				r.lists(keys[299], keys[299])
			}
		}},
		{name: "list/verbs", sentence: "what a list yields leads every verb to the item, and if it is a name it is nobody's key", needs: lister, check: func(r *room) {
			for _, verb := range []string{"a", "b"} {
				r.create(r.key(verb), verb, long)
			}
			for name := range r.list(r.prefix) {
				if r.names() && !strings.ContainsFunc(name, unicode.IsSpace) {
					r.broken("list: %q could be a key", name)
				}
				it := r.load(name)
				r.touch(name, 2*long)
				it = r.update(name, it, string(it.Data)+"!", long)
				_, err := r.st.Create(r.ctx, name, nil, long)
				r.gives("create", err, dewar.ErrExists)
				r.holds(r.key(string(it.Data[:1])), string(it.Data))
				if string(it.Data) == "a!" {
					r.remove(name, it)
				} else {
					r.delete(name)
				}
			}
			r.lists(r.prefix)
		}},
		{name: "list/prefix", sentence: "the prefix of a list is compared byte for byte, not as a pattern", needs: lister, check: func(r *room) {
			if r.names() {
				r.skip("the store lists names")
			}
			for _, name := range goodKeys() {
				r.create(r.key(name), name, long)
			}
			for _, pair := range [][2]string{{"a_", "a_"}, {"a%", "a%"}, {"a*", "a*"}, {"a?", "a?"}, {"a[", "a[b]"}, {`a\\`, `a\\`}, {"ID", "ID"}} {
				r.lists(r.prefix+pair[0], r.key(pair[1]))
			}
			r.lists(r.prefix + "nobody")
		}},
		{name: "list/facts", sentence: "list says the size of an item and what is left of its life, or that it doesn't know", needs: lister, check: func(r *room) {
			start := time.Now()
			for size := range 3 {
				r.create(r.key(fmt.Sprint("k", size)), "abc"[:size], long)
			}
			for size := range 3 {
				l := r.list(r.prefix)[dewar.Name(r.st, r.key(fmt.Sprint("k", size)))]
				if l.Size != size && l.Size != -1 {
					r.broken("list: the size of %d bytes is given as %d", size, l.Size)
				}
				r.left("list", l.Left, start, long)
			}
		}},
		{name: "list/over", sentence: "list leaves out what is over or was forgotten", needs: lister, waits: true, check: func(r *room) {
			live, gone := r.key("live"), r.key("gone")
			r.create(live, "abc", long)
			r.create(gone, "abc", long)
			r.delete(gone)
			r.expired(r.key("over"), "abc")
			r.lists(r.prefix, live)
		}},
		{name: "list/stop", sentence: "a list can be left at any time, and used within", needs: lister, check: func(r *room) {
			for i := range 3 {
				r.create(r.key(fmt.Sprint("k", i)), "abc", long)
			}
			for l, err := range dewar.List(r.ctx, r.st, r.prefix) {
				r.needed("list", err)
				r.delete(l.Key)
				break
			}
			if n := len(r.list(r.prefix)); n != 2 {
				r.broken("list: %d items after one of three was deleted within", n)
			}
		}},
		{name: "list/context", sentence: "list under a context that has ended yields an error that is none of the outcomes", needs: lister, check: func(r *room) {
			r.create(r.key("k"), "abc", long)
			r.ended("list", func(ctx context.Context) (last error) {
				for _, err := range dewar.List(ctx, r.st, r.prefix) {
					last = err
				}
				return last
			})
		}},
	}
}
