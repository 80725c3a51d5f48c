package dewar_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/store/memstore"
)

// Requests that loaded the same session commit in the orders that their store
// operations can have, and one of them may die before or after any of its own.
func TestInterleavings(t *testing.T) {
	var plays tally
	synctest.Test(t, func(t *testing.T) {
		all := []string{"set1", "set2", "incr", "renew", "destroy", "bye", "read", "fresh set1", "fresh renew", "fresh destroy", "fresh read"}
		for kind, limits := range map[string][2]int{"store": {400, 40}, "flask": {100, 10}, "signed": {60, 0}, "fallback": {100, 20}} {
			for i, a := range all {
				for _, b := range all[i:] {
					explore(t, kind, []string{a, b}, -1, -1, limits[0], &plays)
					for dies := 0; limits[1] > 0 && explore(t, kind, []string{a, b}, 0, dies, limits[1], &plays); dies++ {
					}
				}
			}
		}
		for _, names := range [][]string{
			{"set1", "set2", "incr"},
			{"renew", "incr", "incr"},
			{"renew", "set1", "destroy"},
			{"renew", "destroy", "fresh read"},
			{"renew", "destroy", "fresh renew"},
			{"fresh renew", "fresh set1", "renew"},
		} {
			explore(t, "store", names, -1, -1, 600, &plays)
			explore(t, "flask", names, -1, -1, 200, &plays)
			explore(t, "fallback", names, -1, -1, 300, &plays)
		}
		// A Flask that loaded the session before all others writes it back at any time.
		for _, names := range [][]string{
			{"destroy", "flask"},
			{"bye", "flask"},
			{"fresh destroy", "flask"},
			{"renew", "flask"},
			{"fresh renew", "flask"},
			{"renew", "destroy", "flask"},
			{"fresh destroy", "fresh read", "flask"},
			{"renew", "fresh read", "flask"},
			{"destroy", "flask", "flask"},
			{"renew", "fresh renew", "flask"},
			{"renew", "fresh destroy", "flask"},
		} {
			explore(t, "tombstones", names, -1, -1, 300, &plays)
		}
		for _, kind := range []string{"store", "flask", "fallback"} {
			for dies := 0; explore(t, kind, []string{"renew", "set1", "fresh destroy"}, 0, dies, 60, &plays); dies++ {
			}
		}
	})
	t.Logf("%d orders; of %d of %d pairs, deaths included, not all", plays.orders, plays.cut, plays.pairs)
}

// A turn is one request: what it does, and what came of it.
type turn struct {
	name  string
	do    func(*dewar.Session)
	fresh bool // it loads the session among the others' operations too, not before

	goes                  chan bool // one message an operation
	waits, died, done     atomic.Bool
	opened                bool
	ops, dies, began, end int // dies: 2n is before operation n, 2n+1 after it; began, end: steps
	err                   error
	answer                dewar.Answer
}

type turnKey struct{}

func (r *turn) acked() bool { return r.done.Load() && r.err == nil && r.opened }

// gated is a store each of whose operations waits until its request may go.
type gated struct {
	dewar.Store
	log  *[]string
	name string
}

func (g gated) pass(ctx context.Context, verb, key string, do func() error) error {
	r, _ := ctx.Value(turnKey{}).(*turn)
	if r == nil {
		return do()
	}
	r.waits.Store(true)
	<-r.goes
	n := r.ops
	r.ops++
	if r.dies == 2*n {
		r.died.Store(true)
		runtime.Goexit()
	}
	kind := map[bool]string{false: "record", true: "link"}[strings.Contains(key, "link")]
	err := do()
	*g.log = append(*g.log, fmt.Sprintf("%s: %s %s%s %v", r.name, verb, g.name, kind, err))
	if r.dies == 2*n+1 {
		r.died.Store(true)
		runtime.Goexit()
	}
	return err
}

func (g gated) Load(ctx context.Context, k string) (it dewar.Item, err error) {
	g.pass(ctx, "load", k, func() error { it, err = g.Store.Load(ctx, k); return err })
	return it, err
}

func (g gated) Create(ctx context.Context, k string, d []byte, life time.Duration) (it dewar.Item, err error) {
	g.pass(ctx, "create", k, func() error { it, err = g.Store.Create(ctx, k, d, life); return err })
	return it, err
}

func (g gated) Update(ctx context.Context, k string, old dewar.Item, d []byte, life time.Duration) (it dewar.Item, err error) {
	g.pass(ctx, "update", k, func() error { it, err = g.Store.Update(ctx, k, old, d, life); return err })
	return it, err
}

func (g gated) Touch(ctx context.Context, k string, life time.Duration) error {
	return g.pass(ctx, "touch", k, func() error { return g.Store.Touch(ctx, k, life) })
}

func (g gated) Remove(ctx context.Context, k string, old dewar.Item) error {
	return g.pass(ctx, "remove", k, func() error { return g.Store.Remove(ctx, k, old) })
}

func (g gated) Delete(ctx context.Context, k string) error {
	return g.pass(ctx, "delete", k, func() error { return g.Store.Delete(ctx, k) })
}

var doings = map[string]func(*dewar.Session){
	"set1":    func(s *dewar.Session) { s.Set("set1", 1) },
	"set2":    func(s *dewar.Session) { s.Set("set2", 1) },
	"incr":    func(s *dewar.Session) { dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 }) },
	"renew":   func(s *dewar.Session) { s.Renew() },
	"destroy": func(s *dewar.Session) { s.Destroy() },
	"bye":     func(s *dewar.Session) { s.Destroy(); s.Flash("bye", "") },
	"read":    func(s *dewar.Session) { _ = s.Get("n") },
}

// A play is one order of operations, and the state it left.
type play struct {
	turns  []*turn
	log    []string
	m      *dewar.Manager
	shared gated // with a Flask
	cookie string
	steps  atomic.Int64
}

// stage makes a session two hours old, due for a touch, and a manager of it.
func stage(t *testing.T, kind string) *play {
	p := &play{}
	home := func(name string) *dewar.InStore {
		return &dewar.InStore{Store: gated{memstore.New(memstore.Options{}), &p.log, name}}
	}
	manage := func(b dewar.Backend) *dewar.Manager {
		m, _ := dewar.New(dewar.Options{Backend: b, Observer: quiet})
		return m
	}
	p.m = manage(home(""))
	var first *dewar.Manager // it makes the session
	switch kind {
	case "flask", "tombstones":
		b := home("")
		b.Layout, b.Codec = dewar.FlaskLayout, sniff.New(msgpack.Codec{})
		b.Tombstones = kind == "tombstones"
		p.m, p.shared = manage(b), b.Store.(gated)
	case "signed":
		p.m = manage(dewar.SignedID{Backend: home(""), Keys: ring(t, secret)})
	case "fallback":
		old := home("old ")
		p.m, first = manage(dewar.Fallback{New: home(""), Old: old}), manage(old)
	}
	s, _ := cmp.Or(first, p.m).Load(t.Context(), "")
	s.Set("n", 0)
	s.Flash("waiting", "")
	a, _ := cmp.Or(first, p.m).Commit(t.Context(), s)
	p.cookie = a.Value
	time.Sleep(2 * time.Hour)
	return p
}

// flask writes the session back as it was, whatever has become of it.
func (p *play) flask(t *testing.T, r *turn) {
	item, _ := p.shared.Store.Load(t.Context(), p.cookie)
	r.opened = true
	go func() {
		ctx := context.WithValue(t.Context(), turnKey{}, r)
		r.err = p.shared.pass(ctx, "set", p.cookie, func() error {
			_ = p.shared.Store.Delete(ctx, p.cookie)
			_, err := p.shared.Store.Create(ctx, p.cookie, item.Data, 24*time.Hour)
			return err
		})
		r.waits.Store(false)
		r.done.Store(true)
	}()
}

func (p *play) start(t *testing.T, r *turn) {
	if r.do == nil {
		p.flask(t, r)
		return
	}
	var s *dewar.Session
	if !r.fresh {
		s, _ = p.m.Load(t.Context(), p.cookie)
		r.opened = true
		r.do(s)
	}
	go func() {
		ctx := context.WithValue(t.Context(), turnKey{}, r)
		defer func() { r.waits.Store(false); r.end = int(p.steps.Load()) }()
		if r.fresh {
			s, r.err = p.m.Load(ctx, p.cookie)
			if r.opened = r.err == nil && !s.IsNew(); !r.opened {
				r.done.Store(true)
				return
			}
			r.do(s)
		}
		r.answer, r.err = p.m.Commit(ctx, s)
		r.done.Store(true)
	}()
}

// run lets the turns go, in the order that choose gives.
func run(t *testing.T, kind string, names []string, victim, dies int, choose func(n int) int) *play {
	p := stage(t, kind)
	for i, name := range names {
		doing, fresh := strings.CutPrefix(name, "fresh ")
		r := &turn{name: fmt.Sprint(name, i), do: doings[doing], fresh: fresh, goes: make(chan bool), dies: -1, began: -1}
		if i == victim {
			r.dies = dies
		}
		p.turns = append(p.turns, r)
		p.start(t, r)
	}
	for pauses := 0; ; {
		synctest.Wait()
		var ready []*turn
		for _, r := range p.turns {
			if r.waits.Load() {
				ready = append(ready, r)
			}
		}
		if len(ready) == 0 {
			if pausing := slices.ContainsFunc(p.turns, func(r *turn) bool { return !r.done.Load() && !r.died.Load() }); pausing && pauses < 100 {
				pauses++
				time.Sleep(20 * time.Millisecond)
				continue
			}
			return p
		}
		r := ready[choose(len(ready))]
		r.waits.Store(false)
		if r.began < 0 {
			r.began = int(p.steps.Load())
		}
		p.steps.Add(1)
		r.goes <- true
	}
}

// broken lists the promises that a play broke.
func (p *play) broken(t *testing.T) (bad []string) {
	cookies, over, incrs, most := []string{p.cookie}, -1, 0, 0
	unsure := false // a sign-out died, or failed
	for _, r := range p.turns {
		ends := strings.Contains(r.name, "destroy") || strings.Contains(r.name, "bye")
		switch {
		case ends && r.acked() && (over < 0 || r.end < over):
			over = r.end
		case ends && (r.died.Load() || r.err != nil):
			unsure = true
		case !ends && r.acked() && r.answer.Value != "":
			cookies = append(cookies, r.answer.Value)
		}
		if r.answer.Forget && !(ends && r.err == nil) || !r.done.Load() && !r.died.Load() || r.ops > 30 {
			bad = append(bad, r.name+" deleted the cookie, or doesn't end")
		}
		if strings.Contains(r.name, "incr") {
			most++
			if r.acked() {
				incrs++
			}
		}
	}
	for _, r := range p.turns {
		switch {
		case over >= 0 && r.fresh && r.began > over && r.opened:
			bad = append(bad, r.name+" opened a session that had ended")
		case over < 0 && !unsure && !r.died.Load() && (r.err != nil || !r.opened):
			bad = append(bad, r.name+" was turned away: "+fmt.Sprint(r.err))
		}
	}
	for _, cookie := range cookies {
		s, err := p.m.Load(t.Context(), cookie)
		if err != nil || over >= 0 && !s.IsNew() || over < 0 && !unsure && s.IsNew() {
			bad = append(bad, fmt.Sprintf("a cookie leads to a session: %v, it had ended: %v", err == nil && !s.IsNew(), over >= 0))
		}
		if over >= 0 || err != nil || s.IsNew() {
			continue
		}
		for _, r := range p.turns {
			if key := strings.TrimPrefix(r.name[:len(r.name)-1], "fresh "); r.acked() && strings.HasPrefix(key, "set") && !s.Has(key) {
				bad = append(bad, r.name+" was lost")
			}
		}
		if n := dewar.Key[int]("n").Get(s); n < incrs || n > most {
			bad = append(bad, fmt.Sprintf("n is %d after %d increments", n, incrs))
		}
	}
	return bad
}

// A tally counts what was explored.
type tally struct{ orders, pairs, cut int }

// explore plays every order of two if there are fewer than half the limit, and
// else some and some random ones, as it does of more than two. It stops at the
// first that breaks a promise. It reports whether the victim lived long enough to die.
func explore(t *testing.T, kind string, names []string, victim, dies, limit int, plays *tally) (died bool) {
	var path, width []int
	if len(names) == 2 {
		plays.pairs++
	}
	for i := range limit {
		at, random := 0, rand.New(rand.NewPCG(1, uint64(i)))
		p := run(t, kind, names, victim, dies, func(n int) int {
			if len(names) > 2 || i >= limit/2 {
				return random.IntN(n) // too many orders to play all
			}
			if at == len(path) {
				path, width = append(path, 0), append(width, n)
			}
			at++
			return path[at-1]
		})
		plays.orders++
		died = died || victim >= 0 && p.turns[victim].died.Load()
		if bad := p.broken(t); len(bad) > 0 {
			t.Errorf("%s %q: %s\n\t%s", kind, names, strings.Join(bad, "; "), strings.Join(p.log, "\n\t"))
			return died
		}
		if len(names) > 2 || i >= limit/2 {
			continue
		}
		for at--; at >= 0 && path[at]+1 == width[at]; at-- {
		}
		if at < 0 {
			return died
		}
		path, width = append(path[:at], path[at]+1), width[:at+1]
	}
	if len(names) == 2 {
		plays.cut++
	}
	return died
}
