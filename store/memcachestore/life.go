package memcachestore

import (
	"errors"
	"math"
	"time"
)

// ErrLife says that a life can't be said to memcached: it isn't positive, or it
// is longer than 30 days and ends after 2038-01-19. A server takes such a time for
// one that is over (1.6.18 does), and the session would be gone at once.
var ErrLife = errors.New("memcachestore: a life must be positive, and end before 2038-01-19 if it is longer than 30 days")

// relative is the longest time that memcached counts from now on, by its own
// clock. A longer one is a point in time, so both clocks must be right.
const relative = 30 * 24 * time.Hour

// exptime gives a life as memcached takes it, rounded up. Its clock ticks once a
// second: what is given n seconds lives n at the most, and n-1 at the least.
func exptime(now time.Time, life time.Duration) (int64, error) {
	if life <= 0 {
		return 0, ErrLife
	}
	if life <= relative-2*time.Second {
		return int64((life+time.Second-1)/time.Second) + 1, nil
	}
	end := now.Add(life)
	secs := end.Unix()
	if end.Nanosecond() > 0 {
		secs++
	}
	if secs > math.MaxInt32 {
		return 0, ErrLife
	}
	return secs, nil
}
