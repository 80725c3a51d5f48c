package interop

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// A browser keeps the cookie, and every cookie that it ever had.
type browser struct {
	mu    sync.Mutex
	value string
	all   []string
}

// send gives the cookie of a request, which may be an earlier one.
func (b *browser) send(r *rand.Rand) (value string, number int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := r.IntN(len(b.all)); b.value == "" || r.IntN(4) == 0 {
		return b.all[i], i
	}
	return b.value, slices.Index(b.all, b.value)
}

// receive takes what a response says of it.
func (b *browser) receive(a dewar.Answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.Forget {
		b.value = ""
	} else if a.Value != "" {
		b.value = a.Value
		if !slices.Contains(b.all, a.Value) {
			b.all = append(b.all, a.Value)
		}
	}
}

// A tab is one client of a session.
type tab struct {
	id      int
	m       []*dewar.Manager
	r       *rand.Rand
	h       *history
	b       *browser
	lossy   bool
	written int
	strange []error
}

// sessionHistory has the tabs of one browser ask for one session eight times each,
// through managers of the stores by turns, and looks with every cookie when they
// are done.
func sessionHistory(ctx context.Context, stores []dewar.Store, seed uint64, lossy bool) (*history, error) {
	const each = 8
	var managers []*dewar.Manager
	for i, st := range stores {
		if i == len(stores)-1 {
			st = elderly{st}
		}
		m, err := dewar.New(dewar.Options{
			Backend:  &dewar.InStore{Store: st, Timeout: 20 * time.Second},
			Life:     dewar.Life{Idle: time.Hour, Grace: time.Hour},
			Observer: silent{},
		})
		if err != nil {
			return nil, err
		}
		managers = append(managers, m)
	}
	h, b := new(history), new(browser)
	if err := b.begin(ctx, managers[0]); err != nil {
		return nil, err
	}
	all := make([]*tab, tabs)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range all {
		c := &tab{id: i, m: managers, r: rand.New(rand.NewPCG(seed, uint64(i))), h: h, b: b, lossy: lossy}
		all[i] = c
		wg.Go(func() {
			<-start
			for range each {
				value, number := b.send(c.r)
				d := c.choose()
				d.id = number
				c.ask(ctx, c.r.IntN(len(managers)), value, d)
			}
		})
	}
	close(start)
	wg.Wait()
	var strange []error
	for n, value := range b.all {
		for i := range managers {
			all[0].ask(ctx, i, value, deed{id: n})
		}
	}
	for _, c := range all {
		strange = append(strange, c.strange...)
	}
	return h, errors.Join(strange...)
}

// begin makes the session.
func (b *browser) begin(ctx context.Context, m *dewar.Manager) error {
	for {
		s, err := m.Load(ctx, "")
		if err != nil {
			return err
		}
		common.Set(s, begun.common)
		a, err := m.Commit(ctx, s)
		if errors.Is(err, errLost) {
			continue
		}
		b.receive(a)
		return err
	}
}

// choose gives what a request does.
func (c *tab) choose() deed {
	c.written++
	text := fmt.Sprintf("%d.%d", c.id, c.written)
	d := deed{client: c.id}
	switch n := c.r.IntN(100); {
	case n < 20:
	case n < 23:
		d.destroy = true
		return d
	case n < 48:
		d.add = true
	case n < 56:
		d.own = text
	case n < 64:
		d.common = text
	case n < 68:
		d.forget = true
	case n < 70:
		d.clear = true
	case n < 78:
		d.offer = text
	case n < 90:
		d.took = "whatever is there"
	case n < 95 && !c.lossy: // who died in a renewal keeps a sign-in waiting
		d.user = text
	default:
		d.renew = true
	}
	if c.r.IntN(4) == 0 {
		d.add = true
	}
	if c.r.IntN(8) == 0 {
		d.renew = true
	}
	return d
}

// ask is one request: a load, and a commit of what is done then.
func (c *tab) ask(ctx context.Context, manager int, value string, d deed) {
	m := c.m[manager]
	d.manager, d.client = manager, c.id
	called := c.h.now()
	s, err := m.Load(ctx, value)
	if err != nil {
		c.wonder(err)
		return
	}
	f := found{what: done, contents: contentsOf(s)}
	if s.IsNew() {
		f = found{what: gone}
	}
	c.h.note(c.id, called, deed{load: true, manager: d.manager, id: d.id}, f, true)
	if f.what == gone {
		return
	}
	d.do(s)
	if c.r.IntN(2) == 0 {
		time.Sleep(time.Duration(c.r.IntN(300)) * time.Microsecond)
	}
	called = c.h.now()
	a, err := m.Commit(ctx, s)
	f = found{what: outcomeOf(err)}
	switch {
	case err == nil:
		f.contents = contentsOf(s)
		defer c.b.receive(a)
	case errors.Is(err, dewar.ErrSessionGone):
		f.what = gone
	case f.what == unknown:
		c.wonder(err)
	}
	if d.destroy {
		c.h.note(c.id, called, deed{ending: true, manager: d.manager, id: d.id}, f, f.what != unknown)
	}
	if f.what == gone && (d.renew || d.user != "") {
		// Who was led to what it renewed can have seen it, before it was ended.
		c.h.note(c.id, called, d, found{what: unknown}, false)
	}
	if d.changes() {
		c.h.note(c.id, called, d, f, f.what != unknown)
	}
}

// wonder keeps what went wrong though nothing was lost.
func (c *tab) wonder(err error) {
	if !errors.Is(err, errLost) {
		c.strange = append(c.strange, err)
	}
}

// elderly is a store whose items seem older than they are, so that each request
// that only reads extends the session's life.
type elderly struct{ dewar.Store }

func (e elderly) Load(ctx context.Context, key string) (dewar.Item, error) {
	item, err := e.Store.Load(ctx, key)
	item.Left = max(item.Left-10*time.Minute, 0)
	return item, err
}

// silent observes nothing.
type silent struct{}

func (silent) Observe(context.Context, dewar.Event) {}
