package bench

import (
	"runtime"
	"syscall"
	"time"
)

// A Cost is what one request took in one slice of the measuring: nanoseconds
// by the clock and of processor time, bytes and objects allocated.
type Cost struct{ Wall, CPU, Bytes, Allocs float64 }

// slice sends n requests and returns what each took. The heap is collected
// before, so that nobody cleans up after the one before him; what is collected
// meanwhile counts.
func (v *Visitor) slice(n int) (Cost, error) {
	runtime.GC()
	if err := v.Send(); err != nil { // the pools that GC emptied fill again
		return Cost{}, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := cpuTime(), time.Now()
	for range n {
		if err := v.Send(); err != nil {
			return Cost{}, err
		}
	}
	wall := time.Since(start)
	cpu = cpuTime() - cpu
	runtime.ReadMemStats(&after)
	per := func(total float64) float64 { return total / float64(n) }
	return Cost{
		Wall:   per(float64(wall)),
		CPU:    per(float64(cpu)),
		Bytes:  per(float64(after.TotalAlloc - before.TotalAlloc)),
		Allocs: per(float64(after.Mallocs - before.Mallocs)),
	}, nil
}

// requests finds how many of them fill a slice of length d.
func (v *Visitor) requests(d time.Duration) (int, error) {
	for n := 16; ; n *= 2 {
		c, err := v.slice(n)
		if err != nil {
			return 0, err
		}
		if c.Wall*float64(n) >= float64(d)/4 {
			return max(1, int(float64(d)/c.Wall)), nil
		}
	}
}

// cpuTime is the processor time that this process has used on all its threads,
// garbage collection included. Where others compete for the cores it says more
// than the clock does.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
