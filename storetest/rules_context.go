package storetest

import (
	"context"
	"time"

	"github.com/dewar-go/dewar"
)

// prompt is how soon a verb returns whose context has ended.
const prompt = 5 * time.Second

func contextRules() []rule {
	return []rule{
		{name: "context/load", sentence: "load under a context that has ended returns soon, with an error that is none of the outcomes", check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			r.ended("load", func(ctx context.Context) error {
				_, err := r.st.Load(ctx, k)
				return err
			})
			r.ended("load of an absent key", func(ctx context.Context) error {
				_, err := r.st.Load(ctx, r.key("absent"))
				return err
			})
			r.holds(k, "abc")
		}},
		{name: "context/writes", sentence: "a write under a context that has ended returns soon, with an error that is none of the outcomes, and does nothing", check: func(r *room) {
			k, free := r.key("k"), r.key("free")
			old := r.create(k, "abc", long)
			r.ended("create", func(ctx context.Context) error {
				_, err := r.st.Create(ctx, free, []byte("def"), long)
				return err
			})
			r.ended("update", func(ctx context.Context) error {
				_, err := r.st.Update(ctx, k, old, []byte("def"), long)
				return err
			})
			r.ended("touch", func(ctx context.Context) error { return r.st.Touch(ctx, k, 2*long) })
			r.ended("remove", func(ctx context.Context) error { return r.st.Remove(ctx, k, old) })
			r.ended("delete", func(ctx context.Context) error { return r.st.Delete(ctx, k) })
			r.absent(free)
			r.holds(k, "abc")
			r.update(k, old, "def", long)
		}},
		{name: "context/after", sentence: "an item outlives the context that it was made under", check: func(r *room) {
			k := r.key("k")
			ctx, cancel := context.WithCancel(r.ctx)
			_, err := r.st.Create(ctx, k, []byte("abc"), long)
			r.needed("create", err)
			old, err := r.st.Load(ctx, k)
			r.needed("load", err)
			cancel()
			r.holds(k, "abc")
			r.update(k, old, "def", long)
			r.holds(k, "def")
		}},
	}
}

// ended calls verb under contexts that have ended, one cancelled and one past
// its deadline.
func (r *room) ended(name string, verb func(context.Context) error) {
	cancelled, cancel := context.WithCancel(r.ctx)
	cancel()
	past, cancel := context.WithDeadline(r.ctx, time.Now().Add(-time.Second))
	defer cancel()
	for _, ctx := range []context.Context{cancelled, past} {
		start := time.Now()
		err := verb(ctx)
		r.refused(name, err)
		if took := time.Since(start); took > prompt {
			r.broken("%s: took %v, want less than %v", name, took, prompt)
		}
	}
}

func purgeRules() []rule {
	return []rule{
		{name: "purge/spares", sentence: "purge forgets what is over and nothing else", needs: purger, waits: true, check: func(r *room) {
			dead, live := r.key("dead"), r.key("live")
			it := r.create(live, "abc", long)
			r.expired(dead, "abc")
			n, err := dewar.Purge(r.ctx, r.st)
			r.needed("purge", err)
			if n < 0 {
				r.broken("purge: removed %d", n)
			}
			r.absent(dead)
			r.holds(live, "abc")
			r.update(live, it, "def", long)
			r.create(dead, "again", long)
			r.holds(dead, "again")
		}},
		{name: "purge/nothing", sentence: "purge when nothing is over is a success and forgets nothing", needs: purger, check: func(r *room) {
			k := r.key("k")
			r.create(k, "abc", long)
			for range 2 {
				_, err := dewar.Purge(r.ctx, r.st)
				r.needed("purge", err)
			}
			r.holds(k, "abc")
		}},
		{name: "purge/context", sentence: "purge under a context that has ended gives an error that is none of the outcomes", needs: purger, check: func(r *room) {
			r.ended("purge", func(ctx context.Context) error {
				_, err := dewar.Purge(ctx, r.st)
				return err
			})
		}},
	}
}
