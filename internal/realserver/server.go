//go:build unix

// Package realserver starts real servers for tests: each on a free loopback
// port, in a temporary directory, stopped with its test. Only tests and
// programs for tests import it.
package realserver

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take before it answers.
const patience = 20 * time.Second

var (
	errEnded  = errors.New("it ended")
	errSilent = errors.New("it doesn't answer")
)

// A Server is a server program that runs until its test ends. Its methods are
// for the test's own goroutine.
type Server struct {
	Addr   string // host:port on the loopback interface
	Socket string // the path of its unix socket; empty: it has none
	CAFile string // the certificate that a TLS client must trust, PEM; empty: Addr speaks no TLS
	Dir    string // its files; removed with the test

	t       testing.TB
	program string
	args    []string
	answers func() bool
	user    *syscall.Credential  // nil: whoever runs the test
	prepare []string             // the command line that makes its files; none: it needs none
	attr    *syscall.SysProcAttr // nil: dieWithParent's
	quick   bool                 // its processes end at once by SIGQUIT, and not by SIGKILL

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{} // closed once cmd has ended
}

// find gives the path of a program. Where it is missing the test is skipped
// with a sentence, and fails if CI=true.
func find(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("no %s: `make setup` installs it", program)
	default:
		t.Skipf("no %s: `make setup` installs it", program)
	}
	return path
}

// tempDir is a directory with a path short enough for a unix socket's 104
// bytes, which testing's own TempDir is not.
func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dewar")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// freePort gives a loopback port that was free just now. Another process may
// take it first, so whoever starts a server tries more than once.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// Start runs a stopped server again, on the same address, and waits until it
// answers. What it kept is gone unless its arguments make it write it down.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) start() error {
	log, err := os.Create(filepath.Join(s.Dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(s.program, s.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, log, log
	if cmd.SysProcAttr = s.attr; s.attr == nil {
		cmd.SysProcAttr = dieWithParent()
	}
	if s.user != nil {
		cmd.SysProcAttr.Credential = s.user
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	s.mu.Lock()
	s.cmd, s.ended = cmd, ended
	s.mu.Unlock()
	if err := s.wait(ended); err != nil {
		s.Stop()
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("starting %s: %w\n%s", s.program, err, said)
	}
	return nil
}

// wait returns once the server answers.
func (s *Server) wait(ended <-chan struct{}) error {
	late := time.After(patience)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !s.answers() {
		select {
		case <-ended:
			return errEnded
		case <-late:
			return errSilent
		case <-again.C:
		}
	}
	return nil
}

// Stop kills the server, as a crash would, and returns once it is gone.
// Stopping a stopped server does nothing.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	if s.quick {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
	} else {
		_ = s.cmd.Process.Kill()
	}
	<-s.ended
	s.cmd = nil
}

// running reports whether the server was not stopped.
func (s *Server) running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cmd != nil
}

// Pause freezes the server: connections stay open and nothing is answered, as
// when a machine hangs. Stop works on a paused server.
func (s *Server) Pause() {
	s.t.Helper()
	s.signal(syscall.SIGSTOP)
	for deadline := time.Now().Add(patience); !stopped(s.cmd.Process.Pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatal("the server doesn't pause")
		}
	}
}

// stopped reports whether all threads of a process have stopped, where the system
// tells: those that run when the signal is sent may go on for a moment.
func stopped(pid int) bool {
	stats, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, name := range stats {
		if stat, err := os.ReadFile(name); err == nil && !bytes.Contains(stat, []byte(") T ")) {
			return false
		}
	}
	return true
}

// Resume lets a paused server go on.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		s.t.Fatal("the server is stopped")
	}
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}
