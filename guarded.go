package dewar

import (
	"context"
	"fmt"
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

// observe tells the observer that e has just happened.
func (sh *shared) observe(ctx context.Context, e Event) {
	g := sh.o.Observer.(*guarded)
	if s, ok := g.Observer.(selective); !ok || s.wants(ctx, e.Kind) {
		g.tell(context.WithoutCancel(ctx), e, sh.o.Now)
	}
}

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
	g.safely(ctx, e)
	if n := g.dropped.Swap(0); n > 0 {
		g.safely(ctx, Event{Kind: Warned, Time: now(), Reason: fmt.Sprintf("dewar: the observer is slow: %d events were dropped", n)})
	}
}

func (g *guarded) safely(ctx context.Context, e Event) {
	defer func() { _ = recover() }()
	g.Observe(ctx, e)
}
