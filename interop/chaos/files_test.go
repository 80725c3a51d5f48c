package chaos

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func files(t *testing.T) (string, []fault) {
	disk, full := newDisk(t)
	url := "file://" + filepath.Join(disk, "sessions")
	if full.begin == nil {
		return url, nil
	}
	return url, []fault{full, readOnlyDisk(t, disk)}
}

// newDisk makes a small disk, and the fault that it is full; none where this
// process may not mount one.
func newDisk(t *testing.T) (dir string, full fault) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := mount(dir); err != nil {
		if os.Getuid() == 0 && os.Getenv("CI") == "true" {
			t.Fatalf("mount: %v", err)
		}
		t.Logf("no disk of its own, so none that is full: %v", err)
		return dir, fault{}
	}
	t.Cleanup(func() { unmount(dir) })
	filler := filepath.Join(dir, "filler")
	return dir, fault{
		name: "disk full", short: true,
		begin: func() {
			f, err := os.Create(filler)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for size := 1 << 20; size > 0; size /= 2 {
				for err = nil; err == nil; {
					_, err = f.Write(make([]byte, size))
				}
			}
		},
		end: func() {
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// readOnlyDisk is a disk that is mounted anew so that nothing can be written.
func readOnlyDisk(t *testing.T, dir string) fault {
	remount := func(readOnly bool) func() {
		return func() {
			late := time.Now().Add(20 * time.Second)
			for remount(dir, readOnly) != nil { // somebody is writing
				if time.Now().After(late) {
					t.Fatal("the disk can't be mounted anew")
				}
			}
		}
	}
	return fault{name: "disk read-only", begin: remount(true), end: remount(false)}
}
