package dewar_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// blocking doesn't come back before it is let, and counts who is with it.
type blocking struct {
	recorder
	within atomic.Int32
	gate   chan struct{}
}

func (b *blocking) Observe(ctx context.Context, e dewar.Event) {
	b.within.Add(1)
	defer b.within.Add(-1)
	<-b.gate
	b.recorder.Observe(ctx, e)
}

// One request waits 10 ms for an observer that doesn't come back, the others not at
// all; no more than 64 calls are under way. Once it is back it is told what it missed,
// and waited for again.
func TestASlowObserverHarmsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &blocking{gate: make(chan struct{})}
		b.everything = true
		m, _ := stored(t, nil)
		cookie := signedIn(t, m, map[string]any{"a": 1})
		o := m.Options()
		o.Observer = b
		m, err := dewar.New(o)
		if err != nil {
			t.Fatal(err)
		}
		goroutines, begun := runtime.NumGoroutine(), time.Now()
		for range 100 {
			if res := visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") }); res.StatusCode != 200 {
				t.Errorf("status %d", res.StatusCode)
			}
		}
		if took := time.Since(begun); took != 10*time.Millisecond {
			t.Errorf("100 requests waited for %v", took)
		}
		synctest.Wait()
		if n, more := b.within.Load(), runtime.NumGoroutine()-goroutines; n != 64 || more > 64 {
			t.Errorf("%d calls, %d goroutines", n, more)
		}
		close(b.gate)
		synctest.Wait()
		got := b.kinds()
		if strings.Count(got, "loaded:") != 64 || strings.Count(got, "warned:dewar: the observer is slow: 36 events were dropped") != 1 {
			t.Errorf("events: %s", got)
		}
		b.events, b.gate = nil, make(chan struct{})
		begun = time.Now()
		go func() { time.Sleep(8 * time.Millisecond); close(b.gate) }()
		visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") })
		if took := time.Since(begun); took != 8*time.Millisecond || b.kinds() != "loaded:" {
			t.Errorf("back again: waited %v, events %s", took, b.kinds())
		}
	})
}

// Requests at once that meet a slow observer wait once, and not for each other.
func TestASlowObserverUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &blocking{gate: make(chan struct{})}
		m := manager(t, func(o *dewar.Options) { o.Observer = b })
		begun := time.Now()
		var done sync.WaitGroup
		for range 500 {
			done.Go(func() {
				for range 3 {
					visit(m, "", func(s *dewar.Session) { s.Set("a", 1) })
				}
			})
		}
		done.Wait()
		if took := time.Since(begun); took != 10*time.Millisecond {
			t.Errorf("took %v", took)
		}
		close(b.gate)
	})
}

// An observer that panics, or ends its goroutine, is called again, and its place is
// free again.
func TestAPanickingObserverHarmsNothing(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("its own fault") }, "goexit": runtime.Goexit} {
		synctest.Test(t, func(t *testing.T) {
			var n atomic.Int32
			m := manager(t, func(o *dewar.Options) {
				o.Observer = observing(func(context.Context, dewar.Event) { n.Add(1); end() })
			})
			begun := time.Now()
			for range 200 {
				visit(m, "", func(s *dewar.Session) { s.Set("a", 1) })
			}
			if n.Load() != 200 || time.Since(begun) != 0 {
				t.Errorf("%s: called %d times in %v", name, n.Load(), time.Since(begun))
			}
		})
	}
}

// observing is an observer of a function.
type observing func(ctx context.Context, e dewar.Event)

func (f observing) Observe(ctx context.Context, e dewar.Event) { f(ctx, e) }

// The observer's context has what a handler outside of Wrap put there, so that
// unknown ids can be counted by client; it outlives the request's.
func TestTheObserversContext(t *testing.T) {
	g := &guesses{by: map[string]int{}}
	ended := make(chan error, 9)
	m, _ := stored(t, func(o *dewar.Options) {
		o.Observer = dewar.Patient(dewar.Observers{g, observing(func(ctx context.Context, _ dewar.Event) { ended <- ctx.Err() })})
	})
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := http.NewRequestWithContext(ctx, "GET", "http://localhost/", nil)
		r.Header.Set("Cookie", "__Host-session=guessed")
		r.RemoteAddr = "192.0.2.7:4711"
		outside(m.Wrap(view(func(s *dewar.Session) { s.Set("a", 1); cancel() }))).ServeHTTP(&nowhere{http.Header{}}, r)
		for _, kind := range []dewar.EventKind{dewar.Refused, dewar.Created} {
			if err := <-ended; err != nil {
				t.Errorf("%v: %v", kind, err)
			}
		}
	}
	if n := g.by["192.0.2.7"]; n != 3 {
		t.Errorf("%d guesses", n)
	}
}

// nowhere is a ResponseWriter that keeps nothing but the header.
type nowhere struct{ h http.Header }

func (w *nowhere) Header() http.Header         { return w.h }
func (w *nowhere) WriteHeader(int)             {}
func (w *nowhere) Write(b []byte) (int, error) { return len(b), nil }

// Managers of the same Options have one observer, and one's slowness is known to both.
func TestOneObserverOfTwoManagers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &blocking{gate: make(chan struct{})}
		one := manager(t, func(o *dewar.Options) { o.Observer = b })
		two, err := dewar.New(one.Options())
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		for _, m := range []*dewar.Manager{one, two, one, two} {
			visit(m, "", func(s *dewar.Session) { s.Set("a", 1) })
		}
		if took := time.Since(begun); took != 10*time.Millisecond {
			t.Errorf("waited %v", took)
		}
		close(b.gate)
	})
}

// Several observers are told all, whichever of them panics.
func TestObservers(t *testing.T) {
	first, last := &recorder{everything: true}, &recorder{everything: true}
	m := manager(t, func(o *dewar.Options) {
		o.Observer = dewar.Patient(dewar.Observers{panicking{first}, quiet, last})
	})
	visit(m, "", func(s *dewar.Session) { s.Set("a", 1) })
	if first.kinds() != "created:" || last.kinds() != "created:" {
		t.Errorf("events: %q, %q", first.kinds(), last.kinds())
	}
}

// What observing costs a request; docs/observing.md has the figures.
func BenchmarkObserver(b *testing.B) {
	for name, o := range map[string]dewar.Observer{"none": nil, "counting": observing(func(context.Context, dewar.Event) {})} {
		b.Run(name, func(b *testing.B) {
			m := manager(b, func(opt *dewar.Options) { opt.Observer = o })
			cookie := signedIn(b, m, map[string]any{"a": 1})
			h := m.Wrap(view(func(s *dewar.Session) { _ = s.Get("a") }))
			r, _ := http.NewRequest("GET", "http://localhost/", nil)
			r.Header.Set("Cookie", cookie)
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(&nowhere{http.Header{}}, r)
			}
		})
	}
}
