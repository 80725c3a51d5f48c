package dewar

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

const (
	patience = 10 * time.Millisecond // how long a request waits for its observer
	places   = 64                    // for calls of an observer that are under way
)

// guarded keeps an observer from harming requests: its panics, its slowness.
type guarded struct {
	Observer
	patience time.Duration
	busy     chan struct{} // holds one for each call that is under way
	late     atomic.Int32  // calls that nobody waits for any more
	dropped  atomic.Int64  // events since it was last told
}

func guard(o Observer, patience time.Duration) *guarded {
	return &guarded{Observer: o, patience: patience, busy: make(chan struct{}, places)}
}

// selective is an observer that says at once which events it wants, so that the
// others cost nothing.
type selective interface {
	wants(context.Context, EventKind) bool
}

func wants(ctx context.Context, o Observer, k EventKind) bool {
	s, ok := o.(selective)
	return !ok || s.wants(ctx, k)
}

// observe tells the observer that e has just happened to the session that has id, or
// to one that has none. The id itself never is in an event: whoever keeps one could
// print it.
func (o *Options) observe(ctx context.Context, id string, e Event) {
	g := o.Observer.(*guarded)
	if wants(ctx, g.Observer, e.Kind) {
		e.handle = handle(id)
		g.tell(context.WithoutCancel(ctx), e, o.Now)
	}
}

func (sh *shared) observe(ctx context.Context, id string, e Event) { sh.o.observe(ctx, id, e) }

// tell waits for the observer, unless it is known to be slow.
func (g *guarded) tell(ctx context.Context, e Event, now func() time.Time) {
	select {
	case g.busy <- struct{}{}:
	default:
		g.dropped.Add(1)
		return
	}
	e.Time = now()
	c := &call{done: make(chan struct{})}
	go g.run(ctx, e, now, c)
	if g.late.Load() > 0 {
		return
	}
	timer := time.NewTimer(g.patience)
	defer timer.Stop()
	select {
	case <-c.done:
	case <-timer.C:
		if !c.over.Swap(true) {
			g.late.Add(1)
		}
	}
}

// A call of an observer. Whoever comes first calls it over: the observer that comes
// back, or who waits for it.
type call struct {
	done chan struct{}
	over atomic.Bool
}

// run calls the observer, and tells it of the events that it missed meanwhile.
func (g *guarded) run(ctx context.Context, e Event, now func() time.Time, c *call) {
	defer func() {
		if c.over.Swap(true) {
			g.late.Add(-1)
		}
		<-g.busy
		close(c.done)
	}()
	safely(ctx, g.Observer, e)
	if n := g.dropped.Swap(0); n > 0 {
		safely(ctx, g.Observer, Event{Kind: Warned, Time: now(), Reason: fmt.Sprintf("dewar: the observer is slow: %d events were dropped", n)})
	}
}

func safely(ctx context.Context, o Observer, e Event) {
	defer func() { _ = recover() }()
	o.Observe(ctx, e)
}

// Observers is an Observer that tells each of them, in turn. One that panics keeps
// nothing from the others; one that is slow does.
type Observers []Observer

// Observe tells them all.
func (all Observers) Observe(ctx context.Context, e Event) {
	for _, o := range all {
		safely(ctx, o, e)
	}
}

func (all Observers) wants(ctx context.Context, k EventKind) bool {
	return slices.ContainsFunc(all, func(o Observer) bool { return wants(ctx, o, k) })
}
