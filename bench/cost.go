package bench

import (
	"syscall"
	"time"
)

// A Cost is what one request took in one slice of the measuring: nanoseconds
// by the clock and of processor time, bytes and objects allocated.
type Cost struct{ Wall, CPU, Bytes, Allocs float64 }

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
