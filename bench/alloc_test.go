//go:build !race

// The race detector makes sync.Pool drop at random what it is given.

package bench

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
)

// TestReadAllocations holds reading a small session to 12 allocations, the two of the
// request itself among them.
func TestReadAllocations(t *testing.T) {
	for _, r := range rows(t) {
		if r.Name != "read small" {
			continue
		}
		for _, c := range r.Contenders {
			if !strings.HasPrefix(c.Name, "native") && !strings.HasPrefix(c.Name, "flask") {
				continue
			}
			v, err := r.Visit(c)
			if err != nil {
				t.Fatal(err)
			}
			got := testing.AllocsPerRun(100, func() { err = v.Send() })
			if err != nil || got > 12 {
				t.Errorf("%s: got %v allocations, %v, want at most 12", c.Name, got, err)
			}
		}
	}
}

// TestStoreReadAllocations holds reading a small session from a store to 20
// allocations, under native rules.
func TestStoreReadAllocations(t *testing.T) {
	for _, r := range append(MemoryRows(t), RedisRows(t, realserver.Redis(t).Addr)...) {
		if r.Op != Read || r.Payload != SeedSmall || r.Crowd != 1 {
			continue
		}
		for _, c := range r.Contenders {
			if c.Name != "native" {
				continue
			}
			v, err := r.Visit(c)
			if err != nil {
				t.Fatal(err)
			}
			got := testing.AllocsPerRun(100, func() { err = v.Send() })
			if err != nil || got > 20 {
				t.Errorf("%s: got %v allocations, %v, want at most 20", r.Name, got, err)
			}
		}
	}
}
