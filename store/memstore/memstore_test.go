package memstore_test

import (
	"testing"
	"testing/synctest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/dewar-go/dewar/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		New: func(*testing.T) dewar.Store { return new(memstore.Store) },
		In:  synctest.Test,
	})
}

func TestContractOnARealClock(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a few seconds")
	}
	storetest.Run(t, storetest.Harness{
		New: func(*testing.T) dewar.Store { return memstore.New(memstore.Options{}) },
	})
}
