//go:build unix

package realserver_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
)

// A replica takes a stopped primary's place, and the old one comes back as its
// replica.
func TestCluster(t *testing.T) {
	t.Parallel()
	c := realserver.Cluster(t)
	if n := len(c.Primaries()); n != 3 {
		t.Fatalf("%d primaries, want 3", n)
	}
	old := c.Owner("k")
	conn := dial(t, "tcp", old.Addr)
	if got := ask(t, conn, "SET k v"); got != "+OK" {
		t.Fatal(got)
	}
	if got := ask(t, conn, "WAIT 1 10000"); got != ":1" { // what no replica has is lost with the primary
		t.Fatal(got)
	}
	old.Stop()
	for deadline := time.Now().Add(20 * time.Second); len(c.Primaries()) < 3; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody takes over")
		}
	}
	old.Start()
	c.Settle()
	now := c.Owner("k")
	if now == old {
		t.Error("the old primary serves the key again")
	}
	if got := ask(t, dial(t, "tcp", now.Addr), "EXISTS k"); got != ":1" {
		t.Error("the key is lost")
	}
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	s := realserver.Sentinel(t)
	old := s.Primary()
	if old != s.Nodes[0] {
		t.Fatal("the first node is not the primary")
	}
	if got := ask(t, dial(t, "tcp", s.Sentinels[0].Addr), "SENTINEL CKQUORUM "+realserver.MasterName); got != "+OK 3 usable Sentinels. Quorum and failover authorization can be reached" {
		t.Error(got)
	}
	old.Stop()
	for deadline := time.Now().Add(20 * time.Second); s.Primary() != s.Nodes[1]; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody takes over")
		}
	}
}
