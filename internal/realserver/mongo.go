//go:build unix

package realserver

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mongoVariable names the program that stands in for a mongod: secantusd-py of
// the wheel that interop/mongo/requirements.txt pins.
const mongoVariable = "DEWAR_MONGO"

// Mongo starts a server that speaks MongoDB's protocol and waits until it
// answers. What it keeps outlives Stop and Start with "--sync-on-commit" among
// args; without it the last writes may be lost. It is SecantusDB, on
// WiredTiger as MongoDB is, since no mongod can be had from a package registry.
// To drivers it is a replica set of one; with "--standalone" among args a
// standalone server. "--enable-test-commands" admits configureFailPoint.
func Mongo(t testing.TB, args ...string) *Server {
	t.Helper()
	program := find(t, mongoProgram())
	for tries := 5; ; tries-- {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{Addr: net.JoinHostPort("127.0.0.1", port), Dir: tempDir(t), t: t, program: program}
		s.answers = func() bool {
			conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
			if err == nil {
				_ = conn.Close()
			}
			return err == nil
		}
		config := filepath.Join(s.Dir, "none.toml") // not whatever lies about
		if err := os.WriteFile(config, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s.args = append([]string{"--config", config, "--host", "127.0.0.1", "--port", port, "--storage-path", filepath.Join(s.Dir, "data"), "--cache-size", "64M"}, args...)
		t.Cleanup(s.Stop)
		if err = s.start(); err == nil {
			return s
		}
		if tries == 1 || !strings.Contains(err.Error(), "in use") {
			t.Fatal(err)
		}
	}
}

func mongoProgram() string {
	if program := os.Getenv(mongoVariable); program != "" {
		return program
	}
	return "secantusd-py"
}
