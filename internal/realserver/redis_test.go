//go:build unix

package realserver_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
)

// ask sends a line to a server and gives the first line of its answer.
func ask(t *testing.T, conn net.Conn, line string) string {
	t.Helper()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := fmt.Fprintf(conn, "%s\r\n", line); err != nil {
		t.Fatal(err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(answer)
}

func dial(t *testing.T, network, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestRedis(t *testing.T) {
	s := realserver.Redis(t, "--requirepass", "secret")
	for _, conn := range []net.Conn{dial(t, "tcp", s.Addr), dial(t, "unix", s.Socket)} {
		if got := ask(t, conn, "AUTH secret"); got != "+OK" {
			t.Errorf("AUTH: %s, want +OK", got)
		}
		if got := ask(t, conn, "PING"); got != "+PONG" {
			t.Errorf("PING: %s, want +PONG", got)
		}
	}
}

func TestRedisTLS(t *testing.T) {
	s := realserver.RedisTLS(t)
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	conn, err := tls.Dial("tcp", s.Addr, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := ask(t, conn, "PING"); got != "+PONG" {
		t.Errorf("PING: %s, want +PONG", got)
	}
}

// A stopped server refuses connections and comes back on its address, empty.
func TestStopAndStart(t *testing.T) {
	s := realserver.Redis(t)
	if got := ask(t, dial(t, "tcp", s.Addr), "SET k v"); got != "+OK" {
		t.Fatal(got)
	}
	s.Stop()
	s.Stop()
	if conn, err := net.Dial("tcp", s.Addr); err == nil {
		_ = conn.Close()
		t.Error("a stopped server accepts connections")
	}
	s.Start()
	if got := ask(t, dial(t, "tcp", s.Addr), "GET k"); got != "$-1" {
		t.Errorf("GET: %s, want nothing", got)
	}
}

// A paused server keeps its connections and answers once it is resumed.
func TestPauseAndResume(t *testing.T) {
	s := realserver.Redis(t)
	conn := dial(t, "tcp", s.Addr)
	if got := ask(t, conn, "PING"); got != "+PONG" {
		t.Fatal(got)
	}
	s.Pause()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	answer := make([]byte, len("+PONG\r\n"))
	if n, err := conn.Read(answer); err == nil {
		t.Errorf("a paused server answers %q", answer[:n])
	}
	s.Resume()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if n, err := conn.Read(answer); err != nil || string(answer[:n]) != "+PONG\r\n" {
		t.Errorf("a resumed server answers %q (%v)", answer[:n], err)
	}
}

// Servers started at once don't get in each other's way, and none outlives
// its test or leaves files.
func TestParallelServersEndWithTheTest(t *testing.T) {
	var mu sync.Mutex
	var dirs []string
	var pids []int
	t.Run("servers", func(t *testing.T) {
		for i := range 6 {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				s := realserver.Redis(t)
				mu.Lock()
				defer mu.Unlock()
				dirs, pids = append(dirs, s.Dir), append(pids, pid(t, s))
				if i == 0 {
					s.Pause()
				}
			})
		}
	})
	for i, dir := range dirs {
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s is left (%v)", dir, err)
		}
		if err := syscall.Kill(pids[i], 0); err != syscall.ESRCH {
			t.Errorf("a server runs after its test (%v)", err)
		}
	}
}

// pid asks a server for its process id.
func pid(t *testing.T, s *realserver.Server) int {
	t.Helper()
	conn := dial(t, "tcp", s.Addr)
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write([]byte("INFO server\r\n")); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if number, ok := strings.CutPrefix(lines.Text(), "process_id:"); ok {
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("the server tells no process id")
	return 0
}

// A test binary that is killed takes its servers along (on Linux).
func TestServerDiesWithItsParent(t *testing.T) {
	if os.Getenv("REALSERVER_CHILD") == "1" {
		s := realserver.Redis(t)
		fmt.Printf("pid %d\n", pid(t, s))
		select {} // until killed
	}
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("only Linux ends a child with its parent")
	}
	dir := realserver.Redis(t).Dir // removed at the end, with what the killed one leaves
	child := exec.Command(os.Args[0], "-test.run=^TestServerDiesWithItsParent$")
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
	for deadline := time.Now().Add(10 * time.Second); ; {
		if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server)); err != nil || strings.Contains(string(state), ") Z ") {
			return // gone, or dead and waiting for an init to notice
		}
		if time.Now().After(deadline) {
			_ = syscall.Kill(server, syscall.SIGKILL)
			t.Fatal("the server outlives its parent")
		}
	}
}
