//go:build unix

package realserver

import (
	"net"
	"testing"
)

// Where somebody was first, another port is tried: a server's own, and that of a
// cluster's bus.
func TestPortsAreChosenAnew(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	tries := 0
	redis(t, tempDir(t), "--port", func() []string {
		bus := mustFreePort(t)
		if tries++; tries == 1 {
			bus = port
		}
		return []string{"--cluster-enabled", "yes", "--cluster-port", bus}
	})
	if tries != 2 {
		t.Errorf("%d tries, want 2", tries)
	}
}
