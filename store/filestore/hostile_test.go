//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// What lies under a key's name and is no record is neither followed nor waited
// for nor lost.
func TestWhatIsNoRecordIsLeftAlone(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	secret := append([]byte{0, 0, 0, 0}, "secret"...)
	write(t, outside, secret)
	for name, put := range map[string]func(path string) error{
		"a link to a record": func(path string) error { return os.Symlink(outside, path) },
		"a link to nothing":  func(path string) error { return os.Symlink(outside+"-not", path) },
		"a link to itself":   func(path string) error { return os.Symlink(path, path) },
		"a folder":           func(path string) error { return os.Mkdir(path, 0o700) },
		"a pipe":             func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"no bytes":           func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"three bytes":        func(path string) error { return os.WriteFile(path, []byte("abc"), 0o600) },
		"65 MiB":             func(path string) error { return os.Truncate(touched(path), 65<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir() + "/s"
			s, path := open(t, dir, filestore.Options{}), file(dir, "k")
			must(t, put(path))
			before, err := os.Lstat(path)
			must(t, err)
			old := dewar.Item{Data: []byte("secret")}
			_, lerr := s.Load(t.Context(), "k")
			_, uerr := s.Update(t.Context(), "k", old, nil, time.Hour)
			for verb, err := range map[string]error{"load": lerr, "update": uerr, "touch": s.Touch(t.Context(), "k", time.Hour), "remove": s.Remove(t.Context(), "k", old)} {
				if !errors.Is(err, dewar.ErrUndecodable) {
					t.Errorf("%s: got %v, want %v", verb, err, dewar.ErrUndecodable)
				}
			}
			if _, err := s.Create(t.Context(), "k", nil, time.Hour); !errors.Is(err, dewar.ErrExists) {
				t.Errorf("create: got %v, want %v", err, dewar.ErrExists)
			}
			if n, err := s.Purge(t.Context()); n != 0 || err != nil {
				t.Errorf("purge: got %d, %v", n, err)
			}
			for range s.List(t.Context(), "") {
				t.Error("it is listed")
			}
			if after, err := os.Lstat(path); err != nil || after.Mode() != before.Mode() || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
				t.Errorf("it was changed: %v", err)
			}
			if err := s.Delete(t.Context(), "k"); err != nil {
				t.Errorf("delete: %v", err)
			}
			create(t, s, "k", "x", time.Hour)
			if !bytes.Equal(read(t, outside), secret) {
				t.Error("what lies outside was changed")
			}
		})
	}
}

func touched(path string) string {
	_ = os.WriteFile(path, []byte("\x00\x00\x00\x00"), 0o600)
	return path
}

// A folder that is gone, as when a disk isn't mounted, is no session that is.
func TestAFolderThatIsGone(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{})
	it := create(t, s, "k", "x", time.Hour)
	for _, gone := range []string{dir, dir + ".dewar"} {
		must(t, os.Rename(gone, gone+".away"))
		_, err1 := s.Load(t.Context(), "k")
		_, err2 := s.Update(t.Context(), "k", it, nil, time.Hour)
		_, err3 := s.Create(t.Context(), "l", nil, time.Hour)
		verbs := map[string]error{"update": err2, "create": err3, "touch": s.Touch(t.Context(), "k", time.Hour), "remove": s.Remove(t.Context(), "k", it), "delete": s.Delete(t.Context(), "k")}
		if gone == dir {
			verbs["load"] = err1
		}
		for verb, err := range verbs {
			if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, dewar.ErrNotFound) {
				t.Errorf("%s without %s: got %v", verb, filepath.Base(gone), err)
			}
		}
		must(t, os.Rename(gone+".away", gone))
		holds(t, s, "k", "x")
	}
	absent(t, s, "l")
}

// Only Touch keeps the very file: it writes four bytes into it. What replaces a
// file is a new one, so that who reads the old reads it whole.
func TestTouchKeepsTheFile(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{})
	it := create(t, s, "k", "x", time.Hour)
	stat := func() os.FileInfo {
		info, err := os.Stat(file(dir, "k"))
		must(t, err)
		return info
	}
	made := stat()
	must(t, s.Touch(t.Context(), "k", 2*time.Hour))
	if !os.SameFile(made, stat()) {
		t.Error("touch has made another file")
	}
	reader, err := os.Open(file(dir, "k"))
	must(t, err)
	defer reader.Close()
	_, err = s.Update(t.Context(), "k", it, []byte("yyyy"), time.Hour)
	must(t, err)
	if b, err := io.ReadAll(reader); err != nil || string(b[4:]) != "x" || os.SameFile(made, stat()) {
		t.Errorf("who had opened the old file reads %q, %v", b, err)
	}
}

// What a killed writer left half-written, or somebody put in its place, is in
// nobody's way and becomes nobody's session.
func TestWhatIsLeftHalfWritten(t *testing.T) {
	dir, outside := t.TempDir()+"/s", filepath.Join(t.TempDir(), "outside")
	s := open(t, dir, filestore.Options{Threshold: 100})
	write(t, outside, []byte("secret"))
	for i := range 65 {
		temp := filepath.Join(dir+".dewar/tmp", strconv.Itoa(i))
		if i%2 == 0 {
			write(t, temp, bytes.Repeat([]byte("half"), 100))
		} else {
			must(t, os.Symlink(outside, temp))
		}
	}
	for i := range 50 {
		create(t, s, fmt.Sprint("session:", i), "x", time.Hour)
		holds(t, s, fmt.Sprint("session:", i), "x")
		if b := read(t, file(dir, fmt.Sprint("session:", i))); len(b) != 5 {
			t.Errorf("the file is %q", b)
		}
	}
	if string(read(t, outside)) != "secret" {
		t.Error("what lies outside was changed")
	}
	if n := len(entries(t, dir+".dewar/tmp")); n > 40 {
		t.Errorf("%d are there still: writers write elsewhere", n)
	}
}

// A folder with something in it isn't ours to delete.
func TestAFullFolderIsNotDeleted(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{})
	must(t, os.MkdirAll(file(dir, "k")+"/x", 0o700))
	if err := s.Delete(t.Context(), "k"); err == nil || errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Lstat(file(dir, "k") + "/x"); err != nil {
		t.Error(err)
	}
}

// No key leads out of the folder, to cachelib's count, or, unless it is a name
// of List's, to another key's file.
func TestKeysAreNamesOfFiles(t *testing.T) {
	top := t.TempDir()
	dir := top + "/s"
	s := open(t, dir, filestore.Options{Threshold: 100})
	count := read(t, filepath.Join(dir, countName))
	for _, key := range []string{"../x", "/x", "..", ".", "a/../../x", "__wz_cache_count", "\x00", hexOf("k"), "x\x00y"} {
		create(t, s, key, "data", time.Hour)
		holds(t, s, key, "data")
		must(t, s.Delete(t.Context(), key))
	}
	for _, name := range append(entries(t, dir), entries(t, dir+".dewar/aside")...) {
		if name != countName {
			t.Errorf("there is a %q", name)
		}
	}
	if got := entries(t, top); !slices.Equal(got, []string{"s", "s.dewar"}) {
		t.Errorf("beside the folder there are %q", got)
	}
	if got := read(t, filepath.Join(dir, countName)); !bytes.Equal(got, count) {
		t.Errorf("the count is %x, want %x", got, count)
	}
	for _, key := range []string{"", "md5 ", "md5 ../x", "md5 " + countName, "md5 " + hexOf("k") + "0", "md5 ABCDEF0123456789ABCDEF0123456789"} {
		if _, err := s.Create(t.Context(), key, nil, time.Hour); err == nil {
			t.Errorf("%q was taken", key)
		}
	}
}

// Links of renewed sessions and the like lie where Flask doesn't look.
func TestAuxiliaryKeysLieAside(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{Threshold: 1})
	key := "session:dewar-link.abc"
	for _, key := range []string{key, "dewar-link.abc", "__wz_cache_count"} {
		it := create(t, s, key, "aside", time.Hour)
		holds(t, s, key, "aside")
		_, err := s.Update(t.Context(), key, it, []byte("new"), time.Hour)
		must(t, err)
		must(t, s.Touch(t.Context(), key, 2*time.Hour))
	}
	if got := entries(t, dir); !slices.Equal(got, []string{countName}) {
		t.Errorf("Flask's folder holds %q", got)
	}
	for range s.List(t.Context(), "") {
		t.Error("one is listed")
	}
	if s.Name(key) != key {
		t.Error("it has a name")
	}
	create(t, s, "session:a", "x", time.Hour)
	create(t, s, "session:b", "x", time.Hour)
	must(t, s.Delete(t.Context(), key))
	absent(t, s, key)
	holds(t, s, "dewar-link.abc", "new")
}

// The folder is the same by whatever name one comes to it, and so are its locks.
func TestALinkToTheFolder(t *testing.T) {
	top := t.TempDir()
	must(t, os.Mkdir(top+"/real", 0o700))
	must(t, os.Symlink("real", top+"/s"))
	create(t, open(t, top+"/s", filestore.Options{}), "k", "x", time.Hour)
	t.Chdir(top)
	holds(t, open(t, "real", filestore.Options{}), "k", "x")
	if got := entries(t, top); !slices.Equal(got, []string{"real", "real.dewar", "s"}) {
		t.Errorf("there are %q", got)
	}
}

// What somebody else has put in the place of our folder isn't used.
func TestAFolderThatIsNotOurs(t *testing.T) {
	for name, put := range map[string]func(side string) error{
		"a link":      func(side string) error { return os.Symlink(t.TempDir(), side) },
		"a file":      func(side string) error { return os.WriteFile(side, nil, 0o600) },
		"everybody's": func(side string) error { return errors.Join(os.Mkdir(side, 0o700), os.Chmod(side, 0o777)) },
	} {
		dir := t.TempDir() + "/s"
		must(t, put(dir+".dewar"))
		if _, err := filestore.New(dir, filestore.Options{}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Rights are what was asked for, whatever the umask; what New doesn't make it
// leaves as it is.
func TestRights(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	dir := t.TempDir() + "/s"
	must(t, os.Mkdir(dir, 0o755))
	must(t, os.Chmod(dir, 0o755))
	create(t, open(t, dir, filestore.Options{Mode: 0o660}), "k", "x", time.Hour)
	for path, want := range map[string]fs.FileMode{dir: 0o755, dir + ".dewar": 0o770, dir + ".dewar/lock": 0o770, dir + ".dewar/tmp": 0o770, file(dir, "k"): 0o660} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
	syscall.Umask(0)
	dir = t.TempDir() + "/s"
	create(t, open(t, dir, filestore.Options{}), "k", "x", time.Hour)
	for path, want := range map[string]fs.FileMode{dir: 0o700, dir + ".dewar": 0o700, dir + ".dewar/tmp": 0o700, file(dir, "k"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
}

func TestOptionsThatCantBe(t *testing.T) {
	for _, o := range []filestore.Options{{Mode: 0o400}, {Mode: fs.ModeSetuid | 0o600}, {Threshold: -1}} {
		if _, err := filestore.New(t.TempDir(), o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := filestore.New("", filestore.Options{}); err == nil {
		t.Error("no folder is one")
	}
}

// While another process has the lock, reading goes on, and whoever writes waits
// no longer than its context.
func TestALockThatIsHeld(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{})
	it := create(t, s, "k", "x", time.Hour)
	var held []*os.File
	for _, name := range entries(t, dir+".dewar/lock") {
		f, err := os.OpenFile(dir+".dewar/lock/"+name, os.O_RDWR, 0)
		must(t, err)
		must(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
		held = append(held, f)
	}
	if len(held) == 0 {
		t.Fatal("there are no locks")
	}
	for verb, f := range map[string]func(context.Context) error{
		"update": func(ctx context.Context) error {
			_, err := s.Update(ctx, "k", it, []byte("y"), time.Hour)
			return err
		},
		"touch":  func(ctx context.Context) error { return s.Touch(ctx, "k", 2*time.Hour) },
		"remove": func(ctx context.Context) error { return s.Remove(ctx, "k", it) },
		"delete": func(ctx context.Context) error { return s.Delete(ctx, "k") },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		start := time.Now()
		if err := f(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Second {
			t.Errorf("%s: %v after %v", verb, err, time.Since(start))
		}
		cancel()
		holds(t, s, "k", "x")
	}
	for _, f := range held {
		must(t, f.Close())
	}
	must(t, s.Remove(t.Context(), "k", it))
}

// Who can't count in time has done what it came for all the same.
func TestACountThatIsHeld(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{Threshold: 10})
	f, err := os.OpenFile(dir+".dewar/lock/64", os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	must(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Create(ctx, "k", []byte("x"), time.Hour); err != nil {
		t.Errorf("create: %v", err)
	}
	holds(t, s, "k", "x")
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.Delete(ctx, "k"); err != nil {
		t.Errorf("delete: %v", err)
	}
	absent(t, s, "k")
	if got := read(t, filepath.Join(dir, countName)); !bytes.Equal(got, countOf(0)) {
		t.Errorf("the count is %x", got)
	}
}
