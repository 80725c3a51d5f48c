//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// countName is where cachelib counts: the MD5 of "__wz_cache_count".
const countName = "2029240f6d1128be89ddc32729463129"

func create(tb testing.TB, s *filestore.Store, key, data string, life time.Duration) dewar.Item {
	tb.Helper()
	it, err := s.Create(tb.Context(), key, []byte(data), life)
	if err != nil {
		tb.Fatalf("create: %v", err)
	}
	return it
}

func holds(t *testing.T, s *filestore.Store, key, data string) {
	t.Helper()
	if it, err := s.Load(t.Context(), key); err != nil || string(it.Data) != data {
		t.Errorf("load: got %q, %v, want %q", it.Data, err, data)
	}
}

func absent(t *testing.T, s *filestore.Store, key string) {
	t.Helper()
	if it, err := s.Load(t.Context(), key); !errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("load: got %q, %v, want %v", it.Data, err, dewar.ErrNotFound)
	}
}

// file is where the item of a key lies.
func file(dir, key string) string { return filepath.Join(dir, hexOf(key)) }

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// entries gives the names in a folder.
func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

// must fails the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hold takes the lock of a key's file, as another process.
func hold(t *testing.T, dir, key string) *os.File {
	t.Helper()
	var n int
	_, err := fmt.Sscanf(hexOf(key)[:2], "%x", &n)
	must(t, err)
	f, err := os.OpenFile(filepath.Join(dir+".dewar/lock", fmt.Sprint(n%64)), os.O_RDWR|os.O_CREATE, 0o600)
	must(t, err)
	must(t, syscall.Flock(int(f.Fd()), syscall.LOCK_EX))
	return f
}
