package storetest

import (
	"context"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// A mutant is a store with one fault, and the rule that has to find it.
type mutant struct {
	rule  string
	fault string
	seed  func(f *faulty)
}

// mutants gives a fault for every rule, and more for some.
func mutants() []mutant {
	return slices.Concat(
		loadMutants(), createMutants(), updateMutants(), touchMutants(), removeMutants(),
		keyMutants(), dataMutants(), sliceMutants(), lifeMutants(), overMutants(), leftMutants(),
		raceMutants(), goneMutants(), contextMutants(), listMutants(), purgeMutants(), placeMutants(),
	)
}

// A faulty is a mapStore some of whose verbs are replaced.
type faulty struct {
	*mapStore
	load   func(ctx context.Context, key string) (dewar.Item, error)
	create func(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error)
	update func(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error)
	touch  func(ctx context.Context, key string, life time.Duration) error
	remove func(ctx context.Context, key string, old dewar.Item) error
	delete func(ctx context.Context, key string) error
	list   func(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error]
	purge  func(ctx context.Context) (int, error)
}

func (f *faulty) Load(ctx context.Context, key string) (dewar.Item, error) {
	return f.load(ctx, key)
}

func (f *faulty) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	return f.create(ctx, key, data, life)
}

func (f *faulty) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	return f.update(ctx, key, old, data, life)
}

func (f *faulty) Touch(ctx context.Context, key string, life time.Duration) error {
	return f.touch(ctx, key, life)
}

func (f *faulty) Remove(ctx context.Context, key string, old dewar.Item) error {
	return f.remove(ctx, key, old)
}

func (f *faulty) Delete(ctx context.Context, key string) error { return f.delete(ctx, key) }

func (f *faulty) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	return f.list(ctx, prefix)
}

func (f *faulty) Purge(ctx context.Context) (int, error) { return f.purge(ctx) }

// newFaulty returns a store in p with the fault that seed gives it.
func newFaulty(p *place, prefix string, seed func(*faulty)) *faulty {
	s := &mapStore{place: p, prefix: prefix}
	f := &faulty{s, s.Load, s.Create, s.Update, s.Touch, s.Remove, s.Delete, s.List, s.Purge}
	seed(f)
	return f
}

// harness gives a harness of stores with the fault that seed gives them.
func harness(seed func(*faulty)) Harness {
	server := func() *place { return &place{items: map[string]*kept{}} }
	return Harness{
		New: func(*testing.T) dewar.Store { return newFaulty(server(), "", seed) },
		Twins: func(*testing.T) (a, b dewar.Store) {
			p := server()
			return newFaulty(p, "", seed), newFaulty(p, "", seed)
		},
		Apart: func(*testing.T) (a, b dewar.Store) {
			p := server()
			return newFaulty(p, "a:", seed), newFaulty(p, "b:", seed)
		},
		In:     synctest.Test,
		Rounds: 5,
	}
}

// brokenRules gives the names of the rules, among those asked for, that a store
// with this fault breaks.
func brokenRules(t *testing.T, seed func(*faulty), asked func(rule) bool) (names []string) {
	h := harness(seed)
	for _, ru := range rules() {
		if !asked(ru) {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			if err := h.try(t, ru); err != nil {
				names = append(names, ru.name)
			}
		})
	}
	return names
}

func TestARightStoreKeepsEveryRule(t *testing.T) {
	Run(t, harness(func(*faulty) {}))
}

// A fault that its rule doesn't find is a rule that does nothing. With
// DEWAR_MUTANTS=table, a table says which other rules find it.
func TestEveryFaultIsFoundByItsRule(t *testing.T) {
	table := os.Getenv("DEWAR_MUTANTS") == "table"
	for _, m := range mutants() {
		found := brokenRules(t, m.seed, func(ru rule) bool { return ru.name == m.rule || table })
		if !slices.Contains(found, m.rule) {
			t.Errorf("%s: survives %s", m.fault, m.rule)
		}
		if table {
			others := slices.DeleteFunc(found, func(name string) bool { return name == m.rule })
			fmt.Printf("%-22s %-58s %s\n", m.rule, m.fault, strings.Join(others, " "))
		}
	}
}

func TestEveryRuleHasAFault(t *testing.T) {
	seeded := map[string]bool{}
	for _, m := range mutants() {
		seeded[m.rule] = true
	}
	names := map[string]bool{}
	for _, ru := range rules() {
		if names[ru.name] {
			t.Errorf("two rules are named %s", ru.name)
		}
		names[ru.name] = true
		if !seeded[ru.name] {
			t.Errorf("no mutant is made for %s", ru.name)
		}
	}
	for name := range seeded {
		if !names[name] {
			t.Errorf("a mutant names %s, which is no rule", name)
		}
	}
}

func TestABrokenRulePrintsItsSentence(t *testing.T) {
	ru := rule{name: "n", sentence: "update of a vanished item creates nothing", check: func(r *room) {
		r.create(r.key("k"), "abc", long)
		r.absent(r.key("k"))
	}}
	var got string
	synctest.Test(t, func(t *testing.T) {
		got = ru.failure(harness(func(*faulty) {}).try(t, ru))
	})
	want := "broken: update of a vanished item creates nothing\n\tseen: load: got \"abc\", want dewar: not found"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAPanicBreaksOneRule(t *testing.T) {
	ru := rule{check: func(*room) { panic("boom") }}
	synctest.Test(t, func(t *testing.T) {
		err := harness(func(*faulty) {}).try(t, ru)
		if err == nil || !strings.HasPrefix(err.Error(), "panic: boom") {
			t.Errorf("got %v, want the panic", err)
		}
	})
}

func TestARuleForgetsItsKeys(t *testing.T) {
	p := &place{items: map[string]*kept{}}
	h := harness(func(*faulty) {})
	h.New = func(*testing.T) dewar.Store { return newFaulty(p, "", func(*faulty) {}) }
	h.Twins, h.Apart = nil, nil
	for _, ru := range rules() {
		synctest.Test(t, func(t *testing.T) { _ = h.try(t, ru) })
		if len(p.items) > 0 {
			t.Errorf("%s leaves %d items behind", ru.name, len(p.items))
			clear(p.items)
		}
	}
}
