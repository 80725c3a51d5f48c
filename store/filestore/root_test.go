//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

const aside = "dewar-link.x" // a key of DIR.dewar

// A program that isn't root can go on with its sessions whatever root does to
// them: all belongs to the owner of the folder.
func TestWhatRootMakesBelongsToTheFoldersOwner(t *testing.T) {
	if os.Geteuid() != 0 && os.Getenv("CI") != "true" {
		t.Skip("only root can give files away")
	}
	const uid, gid = 65534, 65533
	for name, o := range map[string]filestore.Options{"a program": {Threshold: 5}, "a tool": {Existing: true}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir() + "/s"
			must(t, os.Mkdir(dir, 0o700))
			must(t, os.Chown(dir, uid, gid))
			s := open(t, dir, o)
			it := create(t, s, "k", "x", time.Hour)
			create(t, s, aside, "x", time.Hour)
			_, err := s.Update(t.Context(), "k", it, []byte("y"), time.Hour)
			must(t, err)
			_, err = s.Purge(t.Context())
			must(t, err)
			n := 0
			for _, top := range []string{dir, dir + ".dewar"} {
				must(t, filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
					if err != nil {
						return err
					}
					info, err := d.Info()
					if err != nil {
						return err
					}
					if st := info.Sys().(*syscall.Stat_t); st.Uid != uid || st.Gid != gid {
						t.Errorf("%s belongs to %d:%d", path, st.Uid, st.Gid)
					}
					n++
					return nil
				}))
			}
			if n < 5+66+2 {
				t.Errorf("%d folders, locks and items", n)
			}
		})
	}
}

// Who only looks makes nothing, and finds nothing where nothing was made.
func TestExistingMakesNothingThatIsNotNeeded(t *testing.T) {
	parent := t.TempDir()
	dir := parent + "/s"
	o := filestore.Options{Existing: true, Threshold: 5}
	if s, err := filestore.New(dir, o); s != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
	if made := entries(t, parent); len(made) > 0 {
		t.Errorf("made %q", made)
	}
	must(t, os.Mkdir(dir, 0o700))
	s := open(t, dir, o)
	absent(t, s, "k")
	absent(t, s, aside)
	for _, err := range s.List(t.Context(), "") {
		t.Errorf("listed, %v", err)
	}
	if made := append(entries(t, dir), entries(t, dir+".dewar")...); len(made) > 0 {
		t.Errorf("made %q", made)
	}
	if n, err := s.Purge(t.Context()); n != 0 || err != nil {
		t.Errorf("purge: got %d, %v", n, err)
	}
	s = open(t, dir, o)
	it := create(t, s, aside, "x", time.Hour)
	holds(t, s, aside, "x")
	must(t, s.Remove(t.Context(), aside, it))
}

// What can't be used is refused as New refuses it.
func TestExistingChecksWhatIsThere(t *testing.T) {
	dir := t.TempDir() + "/s"
	write(t, dir, nil)
	if _, err := filestore.New(dir, filestore.Options{Existing: true}); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("a file: got %v", err)
	}
	must(t, os.Remove(dir))
	must(t, os.Mkdir(dir, 0o700))
	must(t, os.Mkdir(dir+".dewar", 0o700))
	must(t, os.Chmod(dir+".dewar", 0o777))
	if _, err := filestore.New(dir, filestore.Options{Existing: true}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a folder that all can write to: got %v", err)
	}
	must(t, os.Remove(dir+".dewar"))
	s := open(t, dir, filestore.Options{Existing: true})
	must(t, os.Mkdir(dir+".dewar", 0o700))
	must(t, os.Chmod(dir+".dewar", 0o777))
	if _, err := s.Create(t.Context(), "k", nil, time.Hour); !errors.Is(err, fs.ErrPermission) || !errors.Is(s.Delete(t.Context(), "k"), fs.ErrPermission) || errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("one that came later: got %v", err)
	}
}
