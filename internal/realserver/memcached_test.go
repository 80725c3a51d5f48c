//go:build unix

package realserver_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
)

// A test binary that is killed takes its memcached along (on Linux), though that
// runs as nobody.
func TestMemcachedDiesWithItsParent(t *testing.T) {
	if os.Getenv("REALSERVER_CHILD") == "1" {
		conn, err := net.Dial("tcp", realserver.Memcached(t).Addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte("stats\r\n"))
		for in := bufio.NewScanner(conn); in.Scan(); {
			if pid, ok := strings.CutPrefix(in.Text(), "STAT pid "); ok {
				fmt.Printf("pid %s\n", pid)
			}
		}
		select {} // until killed
	}
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("only Linux ends a child with its parent")
	}
	dir := realserver.Memcached(t).Dir // removed at the end, with what the killed one leaves
	child := exec.Command(os.Args[0], "-test.run=^TestMemcachedDiesWithItsParent$")
	child.Env = append(os.Environ(), "REALSERVER_CHILD=1", "TMPDIR="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var server int
	if _, err := fmt.Fscanf(bufio.NewReader(out), "pid %d\n", &server); err != nil {
		t.Fatal(err)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server)); err != nil || strings.Contains(string(state), ") Z ") {
			return // gone, or dead and waiting for an init to notice
		}
		if time.Now().After(deadline) {
			_ = syscall.Kill(server, syscall.SIGKILL)
			t.Fatal("the server outlives its parent")
		}
	}
}
