//go:build unix

package realserver

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// runAs has servers run as a user, who is made the owner of dir, if this process
// is root's: databases refuse root.
func runAs(name, dir string) (*syscall.SysProcAttr, error) {
	attr := dieWithParent()
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("the user %s has no numbers", name)
	}
	if attr == nil {
		attr = new(syscall.SysProcAttr)
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}

// fill makes a database's files, which takes seconds; so they are kept in this
// user's cache, and copied from there the next time.
func (s *Server) fill() error {
	data := filepath.Join(s.Dir, "data")
	kept, err := s.kept()
	if err == nil {
		if _, err := os.Stat(kept); err == nil {
			return exec.Command("cp", "-a", kept, data).Run()
		}
	}
	cmd := exec.Command(s.prepare[0], s.prepare[1:]...)
	cmd.Dir, cmd.SysProcAttr = s.Dir, s.attr
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", s.prepare[0], err, said)
	}
	if kept == "" {
		return nil
	}
	part := fmt.Sprintf("%s.%d", kept, os.Getpid())
	defer os.RemoveAll(part)
	if err := exec.Command("cp", "-a", data, part).Run(); err == nil {
		_ = os.Rename(part, kept) // another process may have been first
	}
	return nil
}

// kept is where the files that a command line makes are kept, by the program's
// own version.
func (s *Server) kept() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "dewar-test")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	version, err := exec.Command(s.program, "--version").Output()
	if err != nil {
		return "", err
	}
	line := strings.ReplaceAll(strings.Join(s.prepare, " "), s.Dir, "")
	sum := sha256.Sum256(append(version, line...))
	return filepath.Join(cache, fmt.Sprintf("%s-%x", filepath.Base(s.program), sum[:8])), nil
}
