//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"testing"
	"testing/synctest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
	"github.com/dewar-go/dewar/storetest"
)

// open returns a store of a folder, and fails the test if there is none.
func open(tb testing.TB, dir string, o filestore.Options) *filestore.Store {
	tb.Helper()
	s, err := filestore.New(dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func harness(o filestore.Options) storetest.Harness {
	return storetest.Harness{
		New: func(t *testing.T) dewar.Store { return open(t, t.TempDir()+"/s", o) },
		Twins: func(t *testing.T) (a, b dewar.Store) {
			dir := t.TempDir() + "/s"
			return open(t, dir, o), open(t, dir, o)
		},
		Apart: func(t *testing.T) (a, b dewar.Store) {
			dir := t.TempDir()
			return open(t, dir+"/a", o), open(t, dir+"/b", o)
		},
	}
}

func TestContract(t *testing.T) {
	for name, o := range map[string]filestore.Options{
		"as it comes":      {},
		"with a threshold": {Threshold: 5000},
	} {
		t.Run(name, func(t *testing.T) {
			h := harness(o)
			h.In = synctest.Test
			h.Rounds = 10
			storetest.Run(t, h)
		})
	}
}

func TestContractOnARealClock(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a few seconds")
	}
	h := harness(filestore.Options{Sync: true})
	h.Rounds = 5
	storetest.Run(t, h)
}
