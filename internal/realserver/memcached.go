//go:build unix

package realserver

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Memcached starts a memcached and waits until it answers. args are added to
// its command line: "-I", "4m". It keeps items of 1 MiB, in 64 MiB.
func Memcached(t testing.TB, args ...string) *Server {
	t.Helper()
	program := find(t, "memcached")
	for tries := 5; ; tries-- {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{Addr: net.JoinHostPort("127.0.0.1", port), Dir: tempDir(t), t: t, program: program}
		s.answers = s.version
		s.args = append([]string{"-l", "127.0.0.1", "-p", port, "-U", "0", "-m", "64", "-t", "2"}, args...)
		s.asNobody()
		t.Cleanup(s.Stop)
		if err = s.start(); err == nil {
			return s
		}
		if tries == 1 || !strings.Contains(err.Error(), "in use") {
			t.Fatal(err)
		}
	}
}

// Memcacheds starts so many, and gives their addresses joined by commas too.
func Memcacheds(t testing.TB, n int, args ...string) (servers []*Server, list string) {
	t.Helper()
	for range n {
		servers = append(servers, Memcached(t, args...))
	}
	return servers, addrs(servers)
}

// version reports whether a memcached answers.
func (s *Server) version() bool {
	return strings.HasPrefix(s.say("version"), "VERSION ")
}

// MemcachedSocket is Memcached by a unix socket: Socket. It has no Addr.
func MemcachedSocket(t testing.TB) *Server {
	t.Helper()
	dir := tempDir(t)
	s := &Server{Socket: filepath.Join(dir, "memcached.sock"), Dir: dir, t: t, program: find(t, "memcached")}
	s.answers = s.version
	s.args = []string{"-s", s.Socket, "-m", "64", "-t", "2"}
	s.asNobody()
	t.Cleanup(s.Stop)
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// asNobody starts a server as nobody where the test runs as root, which memcached
// refuses. Its own -u would do that too, but a process that changes its user no
// longer dies with its parent.
func (s *Server) asNobody() {
	s.t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	s.user = &syscall.Credential{Uid: nobody, Gid: nobody}
	if err := os.Chmod(s.Dir, 0o777); err != nil {
		s.t.Fatal(err)
	}
}
