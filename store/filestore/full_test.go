//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"context"
	"crypto/fips140"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// runChild lets a child do something to its end.
func runChild(t *testing.T, verb, dir string) {
	t.Helper()
	cmd, out := child(t, verb, dir)
	text, _ := io.ReadAll(out)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, text)
	}
}

// What can't be written whole isn't written at all.
func TestNoRoom(t *testing.T) { runChild(t, "full", t.TempDir()+"/s") }

func fullChild(dir string) error {
	s, err := filestore.New(dir, filestore.Options{})
	if err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: 4096}); err != nil {
		return err
	}
	return noRoom(s, dir, strings.Repeat("x", 64<<10), syscall.EFBIG)
}

// noRoom checks what becomes of data that there is no room for.
func noRoom(s *filestore.Store, dir, data string, want error) error {
	ctx := context.Background()
	old, err := s.Create(ctx, "k", []byte("old"), time.Hour)
	if err != nil {
		return err
	}
	_, err1 := s.Update(ctx, "k", old, []byte(data), time.Hour)
	_, err2 := s.Create(ctx, "l", []byte(data), time.Hour)
	if !errors.Is(err1, want) || !errors.Is(err2, want) {
		return fmt.Errorf("update %w, create %w; want %w", err1, err2, want)
	}
	if it, err := s.Load(ctx, "k"); err != nil || string(it.Data) != "old" {
		return fmt.Errorf("the old is %q, %w", it.Data, err)
	}
	if _, err := s.Load(ctx, "l"); !errors.Is(err, dewar.ErrNotFound) {
		return fmt.Errorf("the new is %w", err)
	}
	if left, err := os.ReadDir(dir + ".dewar/tmp"); len(left) > 0 || err != nil {
		return fmt.Errorf("%d half-written files are left, %w", len(left), err)
	}
	if err := s.Touch(ctx, "k", 2*time.Hour); err != nil {
		return err
	}
	return s.Remove(ctx, "k", old)
}

// Where rights are missing the store can't answer: nothing is taken for absent,
// and nothing changes.
func TestMissingRights(t *testing.T) { runChild(t, "rights", "") }

// A program that is held to FIPS 140 may name files by MD5, which protects
// nothing here.
func TestFIPSOnly(t *testing.T) {
	t.Setenv("GODEBUG", "fips140=only")
	runChild(t, "names", t.TempDir()+"/s")
}

func namesChild(dir string) error {
	s, err := filestore.New(dir, filestore.Options{})
	if err == nil {
		_, err = s.Create(context.Background(), "k", nil, time.Hour)
	}
	if !fips140.Enforced() {
		return errors.New("FIPS 140 isn't enforced")
	}
	return err
}

// nobody is who has no rights that aren't given.
const nobody = 65534

func rightsChild(string) (err error) {
	if os.Getuid() == 0 {
		if err := errors.Join(syscall.Setgid(nobody), syscall.Setuid(nobody)); err != nil {
			return err
		}
	}
	top, err := os.MkdirTemp("", "filestore")
	if err != nil {
		return err
	}
	defer os.RemoveAll(top)
	dir, ctx := top+"/s", context.Background()
	s, err := filestore.New(dir, filestore.Options{})
	if err != nil {
		return err
	}
	it, err := s.Create(ctx, "k", []byte("x"), time.Hour)
	if err != nil {
		return err
	}
	check := func(when string, verbs map[string]error) error {
		for verb, err := range verbs {
			if !errors.Is(err, fs.ErrPermission) || errors.Is(err, dewar.ErrNotFound) || strings.Contains(err.Error(), hexOf("k")) {
				return fmt.Errorf("%s: %s: %w", when, verb, err)
			}
		}
		return nil
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		return err
	}
	_, err1 := s.Create(ctx, "l", nil, time.Hour)
	_, err2 := s.Update(ctx, "k", it, nil, time.Hour)
	err = check("the folder is read-only", map[string]error{"create": err1, "update": err2, "remove": s.Remove(ctx, "k", it), "delete": s.Delete(ctx, "k")})
	if err != nil {
		return err
	}
	if now, err := s.Load(ctx, "k"); err != nil || string(now.Data) != "x" {
		return fmt.Errorf("the folder is read-only: load: %q, %w", now.Data, err)
	}
	if err := errors.Join(os.Chmod(dir, 0o700), os.Chmod(dir+"/"+hexOf("k"), 0)); err != nil {
		return err
	}
	_, err1 = s.Load(ctx, "k")
	_, err2 = s.Update(ctx, "k", it, nil, time.Hour)
	_, err3 := s.Create(ctx, "k", nil, time.Hour)
	err = check("the file is unreadable", map[string]error{"load": err1, "update": err2, "create": err3, "touch": s.Touch(ctx, "k", time.Hour), "remove": s.Remove(ctx, "k", it)})
	if err != nil {
		return err
	}
	for _, lerr := range s.List(ctx, "") {
		err = check("the file is unreadable", map[string]error{"list": lerr})
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0); err != nil {
		return err
	}
	defer os.Chmod(dir, 0o700)
	_, err1 = s.Load(ctx, "k")
	_, err2 = s.Purge(ctx)
	return check("the folder is unreadable", map[string]error{"load": err1, "purge": err2})
}
