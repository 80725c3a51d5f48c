// Package seeded has the randomness of tests, which say how to have it again.
package seeded

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Seed gives the number in the environment's DEWAR_SEED, or a random one, and has
// the test say it.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("DEWAR_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal("DEWAR_SEED: ", err)
		}
	}
	t.Logf("DEWAR_SEED=%d", seed)
	return seed
}

// Rand gives random numbers that begin at the Seed.
func Rand(t testing.TB) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(Seed(t), 0))
}
