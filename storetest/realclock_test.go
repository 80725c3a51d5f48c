package storetest

import (
	"slices"
	"sync"
	"testing"
)

// Where waiting isn't free, the rules that wait find the same faults, but for
// those that take days to show.
func TestFaultsAreFoundOnARealClock(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a few seconds")
	}
	waiting := map[string]rule{}
	for _, ru := range rules() {
		if ru.waits {
			waiting[ru.name] = ru
		}
	}
	tooLong := []string{"no life is longer than a day", "lives are counted in 32 bits of milliseconds"}
	var wg sync.WaitGroup
	for _, m := range mutants() {
		ru, ok := waiting[m.rule]
		if !ok || slices.Contains(tooLong, m.fault) {
			continue
		}
		h := harness(m.seed)
		h.In = nil
		r := h.room(t, ru)
		wg.Go(func() {
			if r.run(ru) == nil {
				t.Errorf("%s: survives %s", m.fault, m.rule)
			}
		})
	}
	wg.Wait()
}
