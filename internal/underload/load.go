// Package underload keeps a store busy while its servers fail, and says what
// became of what was kept. Only tests use it.
package underload

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// A Load counts up one number under each of its keys, reading before it writes,
// until it is stopped. Nobody else writes to them.
type Load struct {
	st   dewar.Store
	stop chan struct{}
	all  sync.WaitGroup

	mu     sync.Mutex
	report Report
}

// A Report says what a load met. Sums are over all keys.
type Report struct {
	Saved    int           // writes that the store confirmed
	Lost     int           // of these, later not there
	Unknown  int           // writes and reads that the store couldn't answer
	NotFound int           // answers that said nothing is kept there
	Silence  time.Duration // the longest time that one key had no answer
	Late     time.Duration // the longest that a verb went on after its context ended
	Wrong    error         // the first thing that can't be, in any failure; nil: none
}

// Start makes the items, under keys, and begins to count, from one goroutine a
// key.
func Start(ctx context.Context, st dewar.Store, keys []string) (*Load, error) {
	l := &Load{st: st, stop: make(chan struct{})}
	for _, key := range keys {
		if _, err := st.Create(ctx, key, []byte("0"), time.Hour); err != nil {
			return nil, err
		}
	}
	for _, key := range keys {
		l.all.Go(func() { l.count(key) })
	}
	return l, nil
}

// Stop ends the load.
func (l *Load) Stop() Report {
	close(l.stop)
	l.all.Wait()
	return l.report
}

// Saved is how many writes were confirmed so far.
func (l *Load) Saved() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.report.Saved
}

// count counts up the number under key.
func (l *Load) count(key string) {
	saved, unknown := 0, 0 // unknown: writes since, of which nobody knows
	answered := time.Now()
	for {
		select {
		case <-l.stop:
			l.note(func(r *Report) { r.Silence = max(r.Silence, time.Since(answered)) })
			return
		case <-time.After(time.Millisecond):
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		ends, _ := ctx.Deadline()
		item, err := l.st.Load(ctx, key)
		var now int
		if err == nil {
			if now, err = strconv.Atoi(string(item.Data)); err == nil {
				l.note(func(r *Report) {
					r.Lost += max(saved-now, 0)
					if now > saved+unknown && r.Wrong == nil {
						r.Wrong = fmt.Errorf("read %d, where %d writes were confirmed and %d are unknown", now, saved, unknown)
					}
				})
				saved, unknown = now, 0
				_, err = l.st.Update(ctx, key, item, strconv.AppendInt(nil, int64(now)+1, 10), time.Hour)
			}
		}
		cancel()
		l.note(func(r *Report) {
			r.Late = max(r.Late, time.Since(ends))
			switch {
			case err == nil:
				saved++
				r.Saved++
			case errors.Is(err, dewar.ErrNotFound):
				r.NotFound++
			case errors.Is(err, dewar.ErrConflict):
				// By a write of its own of which it didn't know, done late.
			default:
				unknown++
				r.Unknown++
				return
			}
			r.Silence = max(r.Silence, time.Since(answered))
			answered = time.Now()
		})
	}
}

func (l *Load) note(f func(*Report)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.report)
}
