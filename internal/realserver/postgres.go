//go:build unix

package realserver

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// PostgreSQL starts a PostgreSQL server with one empty database, postgres, of a
// user postgres without a password, and waits until it answers. It keeps what it
// has through Stop and Start, but not through a crash of the machine: it never
// waits for the disk, unless args say so. args are added to its command line,
// where the last of two equal options holds: "-c", "timezone=Asia/Tokyo". It
// can't be paused: its workers would go on.
func PostgreSQL(t testing.TB, args ...string) *Server {
	t.Helper()
	program, initdb := find(t, postgresProgram("postgres")), find(t, postgresProgram("initdb"))
	return database(t, "postgres", func(dir, port string) *Server {
		data, socket := filepath.Join(dir, "data"), filepath.Join(dir, ".s.PGSQL."+port)
		s := &Server{
			Socket: socket, program: program, quick: true,
			prepare: []string{initdb, "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync"},
			args: append([]string{
				"-D", data, "-p", port, "-k", dir, "-c", "listen_addresses=127.0.0.1",
				"-c", "fsync=off", "-c", "full_page_writes=off",
			}, args...),
		}
		s.answers = func() bool { return postgresAnswers(s.Addr) }
		return s
	})
}

// postgresProgram gives the newest of the versions that Debian keeps side by
// side, or the name for PATH.
func postgresProgram(name string) string {
	paths, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(paths) == 0 {
		return name
	}
	slices.Sort(paths)
	return paths[len(paths)-1]
}

// postgresAnswers reports whether a PostgreSQL lets the user in: one that is
// starting up answers with an error.
func postgresAnswers(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	const hello = "\x00\x03\x00\x00user\x00postgres\x00database\x00postgres\x00\x00"
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(hello)+4)), hello...)); err != nil {
		return false
	}
	var kind [1]byte
	_, err = io.ReadFull(conn, kind[:])
	return err == nil && kind[0] == 'R'
}

// MariaDB starts a MariaDB server with one empty database, test, of a user root
// without a password, and waits until it answers. Otherwise it is as
// PostgreSQL: args are as "--default-time-zone=+09:00".
func MariaDB(t testing.TB, args ...string) *Server {
	t.Helper()
	program, install := find(t, "mariadbd"), find(t, "mariadb-install-db")
	return database(t, "mysql", func(dir, port string) *Server {
		data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "sock")
		s := &Server{
			Socket: socket, program: program,
			prepare: []string{
				install, "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal",
				"--skip-name-resolve",
			},
			args: append([]string{
				"--no-defaults", "--datadir=" + data, "--bind-address=127.0.0.1", "--port=" + port, "--socket=" + socket,
				"--pid-file=" + filepath.Join(dir, "pid"), "--skip-log-bin", "--innodb-flush-log-at-trx-commit=2",
			}, args...),
		}
		s.answers = func() bool { return mariadbAnswers(s.Addr) }
		return s
	})
}

// mariadbAnswers reports whether a MariaDB greets.
func mariadbAnswers(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	var head [5]byte
	_, err = io.ReadFull(conn, head[:])
	return err == nil && head[4] == 10 // the protocol's version; 255 is an error
}

// database starts a server that needs files first and runs as nobody's root:
// as user, where this process may choose.
func database(t testing.TB, user string, make func(dir, port string) *Server) *Server {
	t.Helper()
	dir := tempDir(t)
	attr, err := runAs(user, dir)
	if err != nil {
		t.Fatal(err)
	}
	for tries := 5; ; tries-- {
		port, err := freePort()
		if err != nil {
			t.Fatal(err)
		}
		s := make(dir, port)
		s.t, s.Dir, s.Addr, s.attr = t, dir, net.JoinHostPort("127.0.0.1", port), attr
		if _, err := os.Stat(filepath.Join(dir, "data")); err != nil {
			if err := s.fill(); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(s.Stop)
		if err = s.start(); err == nil {
			return s
		}
		if tries == 1 {
			t.Fatal(err)
		}
	}
}
