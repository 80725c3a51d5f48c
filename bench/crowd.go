package bench

import (
	"errors"
	"runtime"
	"sync"
	"time"
)

// A Crowd is visitors who send at the same time, each from a goroutine of its
// own and with a session of its own.
type Crowd []*Visitor

// Gather returns the row's crowd of visitors to c.
func (r Row) Gather(c Contender) (Crowd, error) {
	crowd := make(Crowd, r.Crowd)
	for i := range crowd {
		v, err := r.Visit(c)
		if err != nil {
			return nil, err
		}
		crowd[i] = v
	}
	return crowd, nil
}

// Send has every visitor send n requests, and returns when all are answered.
func (c Crowd) Send(n int) error {
	if len(c) == 1 {
		return c[0].sendAll(n)
	}
	errs := make([]error, len(c))
	var all sync.WaitGroup
	for i, v := range c {
		all.Go(func() { errs[i] = v.sendAll(n) })
	}
	all.Wait()
	return errors.Join(errs...)
}

func (v *Visitor) sendAll(n int) error {
	for range n {
		if err := v.Send(); err != nil {
			return err
		}
	}
	return nil
}

// slice has each visitor send n requests and returns what one request took:
// by the clock, the time of the slice divided by all requests in it. The heap
// is collected before, so that nobody cleans up after the one before him; what
// is collected meanwhile counts.
func (c Crowd) slice(n int) (Cost, error) {
	runtime.GC()
	if err := c.Send(1); err != nil { // the pools that GC emptied fill again
		return Cost{}, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := cpuTime(), time.Now()
	if err := c.Send(n); err != nil {
		return Cost{}, err
	}
	wall := time.Since(start)
	cpu = cpuTime() - cpu
	runtime.ReadMemStats(&after)
	per := func(total float64) float64 { return total / float64(n*len(c)) }
	return Cost{
		Wall:   per(float64(wall)),
		CPU:    per(float64(cpu)),
		Bytes:  per(float64(after.TotalAlloc - before.TotalAlloc)),
		Allocs: per(float64(after.Mallocs - before.Mallocs)),
	}, nil
}

// requests finds how many of them, of each visitor, fill a slice of length d.
func (c Crowd) requests(d time.Duration) (int, error) {
	for n := 16; ; n *= 2 {
		cost, err := c.slice(n)
		if err != nil {
			return 0, err
		}
		each := cost.Wall * float64(len(c))
		if each*float64(n) >= float64(d)/4 {
			return max(1, int(float64(d)/each)), nil
		}
	}
}
