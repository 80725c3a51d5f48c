package filestore_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/filestore"
)

// mount mounts a small file system at dir. Who isn't root can't, and skips:
// TestNoRoom and TestMissingRights have the like of it for everybody.
func mount(t *testing.T, dir, size string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getuid() == 0 && os.Getenv("CI") == "true" {
			t.Fatalf("mount: %v", err)
		}
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

func TestAFullDisk(t *testing.T) {
	top := t.TempDir() + "/disk"
	mount(t, top, "256k")
	s := open(t, top+"/s", filestore.Options{Sync: true})
	if err := noRoom(s, top+"/s", strings.Repeat("x", 1<<20), syscall.ENOSPC); err != nil {
		t.Error(err)
	}
}

func TestAReadOnlyDisk(t *testing.T) {
	top := t.TempDir() + "/disk"
	mount(t, top, "1m")
	s := open(t, top+"/s", filestore.Options{})
	it := create(t, s, "k", "x", time.Hour)
	must(t, syscall.Mount("", top, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	_, err1 := s.Update(t.Context(), "k", it, nil, time.Hour)
	_, err2 := s.Create(t.Context(), "l", nil, time.Hour)
	for verb, err := range map[string]error{"update": err1, "create": err2, "touch": s.Touch(t.Context(), "k", 2*time.Hour), "delete": s.Delete(t.Context(), "k")} {
		if !errors.Is(err, syscall.EROFS) {
			t.Errorf("%s: got %v, want EROFS", verb, err)
		}
	}
	holds(t, s, "k", "x")
	if _, err := filestore.New(top+"/other", filestore.Options{}); !errors.Is(err, syscall.EROFS) {
		t.Errorf("new: %v", err)
	}
}

// A folder that is a disk of its own has its locks elsewhere, where others of
// its users may not find them: it is refused, with what to do.
func TestAFolderThatIsADisk(t *testing.T) {
	dir := t.TempDir() + "/s"
	mount(t, dir, "1m")
	if _, err := filestore.New(dir, filestore.Options{}); !errors.Is(err, syscall.EXDEV) || !strings.Contains(err.Error(), "mount what holds both") {
		t.Errorf("got %v", err)
	}
}
