// Package storetest says in sentences whether a store keeps the contract of
// [dewar.Store].
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Harness{
//			New: func(*testing.T) dewar.Store { return new(memstore.Store) },
//			In:  synctest.Test, // for stores within this process: waiting is free
//		})
//	}
//
// Every rule is a subtest. One that is broken prints its sentence, then what
// was seen. A rule works with keys of its own, random and forgotten at its
// end, so a server that others use as well is neither wiped nor misread.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/dewar-go/dewar"
)

// A Harness says how to come by a store, and what it can do. Only New is
// needed.
type Harness struct {
	// New returns a store, once for every rule. It may be the same one each
	// time, or lead to the same server, unless it is a dewar.Namer: that lists
	// all it has, and needs a folder of its own. What t.Cleanup is given is done when
	// the rule has been checked, or later.
	New func(t *testing.T) dewar.Store

	// Twins returns two stores that keep the same items, as two processes on
	// one server have them: the races are run across both. nil: one store is
	// raced against itself.
	Twins func(t *testing.T) (a, b dewar.Store)

	// Apart returns two stores on one server that must not mix: two prefixes,
	// tables or folders. nil: the rules about it are skipped.
	Apart func(t *testing.T) (a, b dewar.Store)

	// In runs a rule where waiting costs nothing: synctest.Test, for a store
	// that lives in this process and reads the time from package time. nil:
	// the rules that wait do so for a few seconds, all at once.
	In func(t *testing.T, f func(t *testing.T))

	// MaxData is the most bytes that an item may have. 0: no limit below
	// 1 MiB is admitted.
	MaxData int

	// Rounds is how often each race is run. 0: 30.
	Rounds int
}

// A rule is one sentence of the contract and the check that tells whether a
// store keeps it.
type rule struct {
	name     string
	sentence string
	check    func(r *room)
	needs    need // what it can't be checked without
	waits    bool // for lives to end
}

// rules gives all there are, in the order in which they are best read.
func rules() []rule {
	return slices.Concat(
		loadRules(), createRules(), updateRules(), compareRules(), touchRules(), removeRules(), deleteRules(),
		keyRules(), dataRules(), sliceRules(), lifeRules(), overRules(), leftRules(),
		raceRules(), goneRules(), contextRules(), listRules(), purgeRules(), placeRules(),
	)
}

// Run checks that the store keeps every rule.
func Run(t *testing.T, h Harness) {
	t.Helper()
	if h.New == nil {
		t.Fatal("storetest: Harness.New is needed")
	}
	waiting := map[string]func() error{}
	if h.In == nil {
		waiting = h.waitAtOnce(t)
	}
	for _, ru := range rules() {
		t.Run(ru.name, func(t *testing.T) {
			if result, ok := waiting[ru.name]; ok {
				report(t, ru, result())
				return
			}
			in := h.In
			if in == nil {
				in = func(t *testing.T, f func(*testing.T)) { f(t) }
			}
			in(t, func(t *testing.T) { report(t, ru, h.try(t, ru)) })
		})
	}
	for _, result := range waiting { // also of those that -run left out
		_ = result()
	}
}

// waitAtOnce begins every rule that waits and returns, by name, how to have
// its result. Together they take as long as the longest.
func (h Harness) waitAtOnce(t *testing.T) map[string]func() error {
	results := map[string]func() error{}
	for _, ru := range rules() {
		if !ru.waits {
			continue
		}
		var err error
		r, done := h.room(t, ru), make(chan struct{})
		go func() {
			defer close(done)
			err = r.run(ru)
		}()
		results[ru.name] = func() error { <-done; return err }
	}
	return results
}

// try checks one rule.
func (h Harness) try(t *testing.T, ru rule) error { return h.room(t, ru).run(ru) }

// room makes the room that a rule is checked in.
func (h Harness) room(t *testing.T, ru rule) *room {
	r := &room{base: context.WithoutCancel(t.Context()), h: h, prefix: newPrefix()}
	switch {
	case ru.needs == apart && h.Apart != nil:
		r.st, r.other = h.Apart(t)
	case ru.needs == twins && h.Twins != nil:
		r.st, r.other = h.Twins(t)
	default:
		r.st = h.New(t)
		r.other = r.st
	}
	return r
}

// report tells t how a rule went.
func report(t *testing.T, ru rule, err error) {
	t.Helper()
	switch err := err.(type) {
	case nil:
	case notChecked:
		t.Skipf("not checked: %s: %s", ru.sentence, err)
	default:
		t.Error(ru.failure(err))
	}
}

// failure is what is printed when a rule is broken: its sentence, and what was
// seen.
func (ru rule) failure(err error) string {
	return fmt.Sprintf("broken: %s\n\tseen: %v", ru.sentence, err)
}
