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
	if got := ask(t, dial(t, "tcp", old.Addr), "SET k v"); got != "+OK" {
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
	if now := c.Owner("k"); now == old || ask(t, dial(t, "tcp", now.Addr), "EXISTS k") != ":1" {
		t.Error("the key is not on another node")
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
