package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// A need is what a rule can't be checked without.
type need int

const (
	nothing need = iota
	twins        // two stores that keep the same; one store twice will do
	apart        // two stores that must not mix
	lister
	purger
)

// notChecked says why a rule can't be checked.
type notChecked string

func (n notChecked) Error() string { return string(n) }

// timeout bounds a rule on a real clock, so that a store that hangs is told
// apart from one that is slow.
const timeout = time.Minute

// A room is what a rule is checked in: a store, keys that nobody else has,
// and the words to say what happened. Its methods that take no error expect
// success, and end the rule otherwise.
type room struct {
	base   context.Context
	ctx    context.Context
	h      Harness
	st     dewar.Store
	other  dewar.Store // a twin or a neighbour; else st
	prefix string
	keys   []string
	races  int // run so far
	err    error
}

// newPrefix gives the beginning of a rule's keys.
func newPrefix() string { return "storetest:" + strings.ToLower(rand.Text()[:16]) + ":" }

// run checks ru and returns what is broken, a notChecked, or nil. The check
// has a goroutine of its own that it may end from any depth.
func (r *room) run(ru rule) error {
	if why := r.lacks(ru.needs); why != "" {
		return notChecked(why)
	}
	r.ctx = r.base
	if r.h.In == nil { // in a bubble, years may pass
		ctx, cancel := context.WithTimeout(r.base, timeout)
		defer cancel()
		r.ctx = ctx
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.forget()
		defer r.caught()
		ru.check(r)
	}()
	<-done
	return r.err
}

// caught makes a panic a broken rule, so that the others are checked all the
// same.
func (r *room) caught() {
	if p := recover(); p != nil {
		r.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

// lacks says what of n the harness or the store hasn't got.
func (r *room) lacks(n need) string {
	switch n {
	case apart:
		if r.h.Apart == nil {
			return "Harness.Apart is nil"
		}
	case lister:
		if _, ok := r.st.(dewar.Lister); !ok {
			return "the store is no dewar.Lister"
		}
	case purger:
		if _, ok := r.st.(dewar.Purger); !ok {
			return "the store is no dewar.Purger"
		}
	}
	return ""
}

// forget deletes what the rule may have left.
func (r *room) forget() {
	for _, key := range r.keys {
		_ = r.st.Delete(r.base, key)
		_ = r.other.Delete(r.base, key)
	}
}

// broken ends the rule and says what was seen.
func (r *room) broken(format string, args ...any) {
	r.err = fmt.Errorf(format, args...)
	runtime.Goexit()
}

// skip ends the rule and says why it can't be checked.
func (r *room) skip(why string) {
	r.err = notChecked(why)
	runtime.Goexit()
}

// key gives a key of this rule's own that ends in name.
func (r *room) key(name string) string {
	key := r.prefix + name
	r.keys = append(r.keys, key)
	return key
}

// needed ends the rule if what a verb answered isn't a success.
func (r *room) needed(verb string, err error) {
	if err != nil {
		r.broken("%s: %v", verb, err)
	}
}

// gives ends the rule unless err is the outcome want, and no other.
func (r *room) gives(verb string, err, want error) {
	if !errors.Is(err, want) {
		r.broken("%s: got %v, want %v", verb, err, want)
	}
	for _, outcome := range outcomes() {
		if outcome != want && errors.Is(err, outcome) {
			r.broken("%s: the error is %v and also %v", verb, want, outcome)
		}
	}
}

// outcomes gives the errors that are answers; any other says that there is
// none.
func outcomes() []error {
	return []error{dewar.ErrNotFound, dewar.ErrExists, dewar.ErrConflict}
}

// isOutcome reports whether err is an answer.
func isOutcome(err error) bool {
	for _, outcome := range outcomes() {
		if errors.Is(err, outcome) {
			return true
		}
	}
	return false
}

// refused ends the rule unless err is an error but none of the outcomes.
func (r *room) refused(verb string, err error) {
	if err == nil || isOutcome(err) {
		r.broken("%s: got %v, want an error that is none of the outcomes", verb, err)
	}
}
