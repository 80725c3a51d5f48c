package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/dewar-go/dewar"
)

// racers is how many run at once.
const racers = 8

// rounds calls f for every round of a race, with a key of its own.
func (r *room) rounds(f func(key string)) {
	n := r.h.Rounds
	if n == 0 {
		n = 30
	}
	for i := range n {
		f(r.key(fmt.Sprint("round", i)))
	}
}

// race runs every f at once, each on a store by turns, and returns what they
// answered, in their order. Another is called first in every race, for that
// one often gets ahead.
func (r *room) race(fs ...func(dewar.Store) error) []error {
	errs := make([]error, len(fs))
	start := make(chan struct{})
	var wg sync.WaitGroup
	r.races++
	for n := range fs {
		i, st := (n+r.races)%len(fs), r.st
		if i%2 == 1 {
			st = r.other
		}
		wg.Go(func() {
			<-start
			errs[i] = fs[i](st)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// raceAll runs f for every racer at once.
func (r *room) raceAll(f func(st dewar.Store, i int) error) []error {
	fs := make([]func(dewar.Store) error, racers)
	for i := range fs {
		fs[i] = func(st dewar.Store) error { return f(st, i) }
	}
	return r.race(fs...)
}

// one expects that one of the racers won and that all others had the outcome
// lost. It returns the winner.
func (r *room) one(verb string, errs []error, lost error) int {
	winner, won := 0, 0
	for i, err := range errs {
		if err == nil {
			winner, won = i, won+1
			continue
		}
		r.gives(verb, err, lost)
	}
	if won != 1 {
		r.broken("%s: %d of %d won, want 1", verb, won, len(errs))
	}
	return winner
}

// either expects that err is nil or one of the outcomes that may be.
func (r *room) either(verb string, err error, may ...error) {
	if err == nil {
		return
	}
	for _, m := range may {
		if errors.Is(err, m) {
			return
		}
	}
	r.broken("%s: got %v, want nil or one of %v", verb, err, may)
}
