package interop

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/dewar-go/dewar"
)

// A verb is what a client asked of a store.
type verb struct {
	name, key string
	old, data string
	again     bool // others write the same bytes too: what is equal may have been changed and changed back
}

// An outcome is what it was answered; what says which outcome, data is what was
// loaded.
type outcome struct{ what, data string }

const (
	done     = "done"
	notFound = "not found"
	exists   = "exists"
	conflict = "conflict"
	unknown  = "unknown" // it may have been done, or be done later
)

// outcomeOf tells the outcomes of a store apart.
func outcomeOf(err error) string {
	switch {
	case err == nil:
		return done
	case errors.Is(err, dewar.ErrNotFound):
		return notFound
	case errors.Is(err, dewar.ErrExists):
		return exists
	case errors.Is(err, dewar.ErrConflict):
		return conflict
	}
	return unknown
}

// A place is what is kept under one key. The zero place is free.
type place struct {
	taken bool
	data  string
}

// storeModel is the contract of dewar.Store for one key, lives aside.
var storeModel = porcupine.Model{
	Partition: func(ops []porcupine.Operation) (parts [][]porcupine.Operation) {
		at := map[string]int{}
		for _, op := range ops {
			key := op.Input.(verb).key
			i, ok := at[key]
			if !ok {
				i, parts = len(parts), append(parts, nil)
				at[key] = i
			}
			parts[i] = append(parts[i], op)
		}
		return parts
	},
	Init: func() any { return place{} },
	Step: func(state, in, out any) (bool, any) {
		now, v, o := state.(place), in.(verb), out.(outcome)
		next, want := v.on(now)
		switch {
		case o.what == unknown:
			return true, next
		case o.what == conflict && want == done && v.again && v.old != "":
			return true, now
		case o.what != want || v.name == "load" && o.data != now.data:
			return false, now
		}
		return true, next
	},
}

// on gives what a verb makes of a place, and the outcome.
func (v verb) on(p place) (place, string) {
	changed := p.taken && p.data != v.old
	switch {
	case v.name == "delete":
		return place{}, done
	case v.name == "create" && p.taken:
		return p, exists
	case v.name == "create":
		return place{true, v.data}, done
	case !p.taken:
		return p, notFound
	case v.name == "update" && changed, v.name == "remove" && changed:
		return p, conflict
	case v.name == "update":
		return place{true, v.data}, done
	case v.name == "remove":
		return place{}, done
	}
	return p, done // load, touch
}

// A storeClient asks a store, at random.
type storeClient struct {
	id      int
	st      dewar.Store
	r       *rand.Rand
	h       *history
	again   bool
	seen    map[string][]dewar.Item // by key, the latest last
	written int
	strange []error // answers that are none, though nothing was lost
}

// storeHistory has four clients ask ten times each for two keys, by turns of the
// stores, and looks at the keys when they are done. In one of four histories all
// write the same few bytes, elsewhere each its own.
func storeHistory(ctx context.Context, stores []dewar.Store, seed uint64) (*history, error) {
	const clients, each = 4, 10
	h := new(history)
	all := make([]*storeClient, clients)
	keys := []string{fmt.Sprintf("h%x:a", seed), fmt.Sprintf("h%x:b", seed)}
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range all {
		c := &storeClient{id: i, st: stores[i%len(stores)], r: rand.New(rand.NewPCG(seed, uint64(i))), h: h, again: seed%4 == 0, seen: map[string][]dewar.Item{}}
		all[i] = c
		wg.Go(func() {
			<-start
			for range each {
				c.ask(ctx, keys[c.r.IntN(len(keys))])
			}
		})
	}
	close(start)
	wg.Wait()
	var strange []error
	for i, c := range all {
		for _, key := range keys {
			if i < len(stores) {
				c.do(ctx, verb{name: "load", key: key})
			}
		}
		strange = append(strange, c.strange...)
	}
	return h, errors.Join(strange...)
}

// ask asks something; one time in twelve it won't wait for the answer.
func (c *storeClient) ask(ctx context.Context, key string) {
	if c.r.IntN(12) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.r.ExpFloat64()*float64(300*time.Microsecond)))
		defer cancel()
	}
	c.do(ctx, c.choose(key))
}

// choose gives a verb. What was seen is compared with, mostly what was seen last.
func (c *storeClient) choose(key string) verb {
	v := verb{name: "load", key: key, again: c.again}
	switch n := c.r.IntN(100); {
	case n < 15:
		v.name = "create"
	case n < 22:
		v.name = "touch"
	case n < 28:
		v.name = "delete"
	case n < 75 && len(c.seen[key]) > 0:
		v.name = "update"
		if n >= 67 {
			v.name = "remove"
		}
	}
	c.written++
	v.data = fmt.Sprintf("%d.%d", c.id, c.written)
	if c.again {
		v.data = string(rune('a' + c.r.IntN(2)))
	}
	return v
}

// do asks it, and notes the answer.
func (c *storeClient) do(ctx context.Context, v verb) {
	const life = time.Hour
	var old, item dewar.Item
	if v.name == "update" || v.name == "remove" {
		i := len(c.seen[v.key]) - 1
		if c.r.IntN(4) == 0 {
			i = c.r.IntN(i + 1)
		}
		old = c.seen[v.key][i]
		v.old = string(old.Data)
	}
	var err error
	called := c.h.now()
	switch v.name {
	case "load":
		item, err = c.st.Load(ctx, v.key)
	case "create":
		item, err = c.st.Create(ctx, v.key, []byte(v.data), life)
	case "update":
		item, err = c.st.Update(ctx, v.key, old, []byte(v.data), life)
	case "touch":
		err = c.st.Touch(ctx, v.key, life+time.Duration(c.r.IntN(2))*life)
	case "remove":
		err = c.st.Remove(ctx, v.key, old)
	case "delete":
		err = c.st.Delete(ctx, v.key)
	}
	o := outcome{what: outcomeOf(err), data: string(item.Data)}
	if _, cut := ctx.Deadline(); o.what == unknown && !cut && !errors.Is(err, errLost) {
		c.strange = append(c.strange, fmt.Errorf("%s: %w", v.name, err))
	}
	if o.what == unknown && (v.name == "load" || v.name == "touch") {
		return // it says nothing, and does nothing to the data
	}
	c.h.note(c.id, called, v, o, o.what != unknown)
	if err == nil && item.Data != nil {
		c.seen[v.key] = append(c.seen[v.key], item)
	}
}

func (v verb) String() string {
	switch v.name {
	case "create":
		return fmt.Sprintf("create %s", v.data)
	case "update":
		return fmt.Sprintf("update %s to %s", v.old, v.data)
	case "remove":
		return fmt.Sprintf("remove %s", v.old)
	}
	return v.name
}

func (o outcome) String() string { return o.what + " " + o.data }
