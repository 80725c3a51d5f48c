package dewar

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A million ids, made by a thousand goroutines: no two are the same, and none of their
// 32 bytes has a value oftener than chance gives it, so that none is a time, a counter
// or a mark of this machine.
func TestIDs(t *testing.T) {
	const goroutines = 1000
	each := 1000
	if testing.Short() {
		each = 20
	}
	c := InStore{IDBytes: idBytes}
	var mu sync.Mutex
	var ids []string
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			mine := make([]string, each)
			for i := range mine {
				mine[i] = c.newID()
			}
			mu.Lock()
			defer mu.Unlock()
			ids = append(ids, mine...)
		})
	}
	wg.Wait()
	// The characters of an id stand for 6 bits each, the last for 4.
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var seen [43][64]float64
	for _, id := range ids {
		if len(id) != 43 || !validID(id) {
			t.Fatalf("an id of %d characters, or one that isn't", len(id))
		}
		for place := range seen {
			seen[place][strings.IndexByte(letters, id[place])]++
		}
	}
	for place := range seen {
		values := 64
		if place == 42 {
			values = 16
		}
		expected, chi := float64(len(ids))/float64(values), 0.0
		for v, n := range seen[place] {
			if values == 16 && v%4 != 0 {
				continue // 4 bits are no others
			}
			chi += (n - expected) * (n - expected) / expected
		}
		// Chance alone takes it further than this once in a million runs.
		if mean := float64(values - 1); math.Abs(chi-mean) > 8*math.Sqrt(2*mean) {
			t.Errorf("character %d: chi-squared %.0f, want about %.0f", place, chi, mean)
		}
	}
	slices.Sort(ids)
	if made := len(ids); len(slices.Compact(ids)) != made {
		t.Error("an id was made twice")
	}
}
