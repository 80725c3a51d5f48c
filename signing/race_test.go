//go:build race

package signing_test

// raceEnabled says that the race detector runs. Under it a sync.Pool drops
// things at random, to find code that relies on getting back what it put there.
const raceEnabled = true
