package interop

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/seeded"
)

// What clients do to one key of a store at the same time, and requests to one
// session through two managers, can be put in an order in which each answer is
// right: on every backend, also where one answer in thirty is lost.
// DEWAR_HISTORIES=full has twenty-five times as many.
func TestHistories(t *testing.T) {
	n := 96
	if os.Getenv("DEWAR_HISTORIES") == "full" {
		n *= 25
	}
	for _, k := range keepers {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			r, stores := seeded.Rand(t), k.stores(t)
			t.Run("of the store", func(t *testing.T) {
				histories(t, r, n/k.share, storeModel, func(seed uint64, lossy bool) (*history, error) {
					stores, wait := losing(stores, seed, lossy)
					defer wait()
					return storeHistory(t.Context(), stores, seed)
				})
			})
			t.Run("of sessions", func(t *testing.T) {
				histories(t, r, n/k.share, sessionModel, func(seed uint64, lossy bool) (*history, error) {
					stores, wait := losing(stores, seed, lossy)
					defer wait()
					return sessionHistory(t.Context(), stores, seed, lossy)
				})
			})
		})
	}
}

// losing makes stores lossy, if asked to.
func losing(stores []dewar.Store, seed uint64, lose bool) (_ []dewar.Store, wait func()) {
	if !lose {
		return stores, func() {}
	}
	var losing []dewar.Store
	var waits []func()
	for i, st := range stores {
		st, wait := lossy(st, rand.New(rand.NewPCG(seed, uint64(100+i))), 30)
		losing, waits = append(losing, st), append(waits, wait)
	}
	return losing, func() {
		for _, wait := range waits {
			wait()
		}
	}
}

// histories checks n of them, four at a time. In one of three answers are lost.
func histories(t *testing.T, r *rand.Rand, n int, model porcupine.Model, play func(seed uint64, lossy bool) (*history, error)) {
	type job struct {
		number int
		seed   uint64
	}
	began, jobs := time.Now(), make(chan job)
	var ops, unknown atomic.Int64
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for j := range jobs {
				h, err := play(j.seed, j.number%3 == 2)
				if err != nil {
					err = fmt.Errorf("%w:%s", err, listing(h.ops))
				} else {
					err = h.check(model)
				}
				if err != nil {
					t.Errorf("history %d: %v", j.number, err)
					continue
				}
				ops.Add(int64(len(h.ops)))
				unknown.Add(int64(h.unknown()))
			}
		})
	}
	for i := 0; i < n && !t.Failed(); i++ {
		jobs <- job{i, r.Uint64()}
	}
	close(jobs)
	workers.Wait()
	if 2*unknown.Load() > ops.Load() {
		t.Errorf("%d of %d operations are of unknown outcome, which proves little", unknown.Load(), ops.Load())
	}
	t.Logf("%d histories, %d operations, %d of them of unknown outcome, in %v", n, ops.Load(), unknown.Load(), time.Since(began).Round(time.Millisecond))
}
