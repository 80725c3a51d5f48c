package open_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/faultproxy"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
)

// A server that takes connections and then says nothing keeps nobody waiting
// for longer than timeout: the pool is of use again once the server is.
func TestMySQLLetsNobodyIn(t *testing.T) {
	p, err := faultproxy.Start(realserver.MariaDB(t).Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	db, _, _, err := open.Database(t.Context(), "mysql://root@"+p.Addr+"/test?timeout=500ms&connections=2")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ask := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		return db.PingContext(ctx)
	}
	p.Do(faultproxy.Fault{Swallow: true})
	var all sync.WaitGroup
	for range 8 { // more than there are connections: the pool makes them by itself
		all.Go(func() {
			for range 3 {
				if ask() == nil {
					t.Error("a server that says nothing answered")
				}
			}
		})
	}
	all.Wait()
	p.Do(faultproxy.Fault{})
	for late := time.Now().Add(5 * time.Second); ask() != nil; {
		if time.Now().After(late) {
			t.Fatal("the pool waits for ever")
		}
	}
}
