//go:build unix

package realserver

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// Redis starts a redis-server that keeps nothing on disk and waits until it
// answers. args are added to its command line, where the last of two equal
// options holds: "--requirepass", "secret" or "--aclfile", path.
func Redis(t testing.TB, args ...string) *Server {
	t.Helper()
	return redis(t, tempDir(t), "--port", func() []string { return args })
}

// RedisTLS is Redis with an Addr that speaks TLS only, under a certificate of
// its own for 127.0.0.1 and localhost: CAFile. The unix socket speaks none.
func RedisTLS(t testing.TB, args ...string) *Server {
	t.Helper()
	dir := tempDir(t)
	cert, key, err := writeCertificate(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := redis(t, dir, "--tls-port", func() []string {
		return append([]string{
			"--port", "0", "--tls-cert-file", cert, "--tls-key-file", key,
			"--tls-ca-cert-file", cert, "--tls-auth-clients", "no",
		}, args...)
	})
	s.CAFile = cert
	return s
}

// redis asks for args at each try: there may be ports among them.
func redis(t testing.TB, dir, portOption string, args func() []string) *Server {
	t.Helper()
	program := find(t, "redis-server")
	socket := filepath.Join(dir, "redis.sock")
	return onFreePort(t, func(port string) *Server {
		s := &Server{
			Addr: net.JoinHostPort("127.0.0.1", port), Socket: socket, Dir: dir,
			t: t, program: program,
		}
		s.answers = s.pong
		s.args = append([]string{
			"--bind", "127.0.0.1", portOption, port, "--unixsocket", socket, "--unixsocketperm", "700",
			"--dir", dir, "--save", "", "--appendonly", "no",
		}, args()...)
		return s
	})
}

// onFreePort starts the server that setUp makes for a port, and one for another
// port if somebody was there first.
func onFreePort(t testing.TB, setUp func(port string) *Server) *Server {
	t.Helper()
	for tries := 5; ; tries-- {
		s := setUp(mustFreePort(t))
		t.Cleanup(s.Stop)
		err := s.start()
		if err == nil {
			return s
		}
		if tries == 1 || !strings.Contains(err.Error(), "in use") {
			t.Fatal(err)
		}
	}
}

func mustFreePort(t testing.TB) string {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}
