package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestRestartKeepsLogin(t *testing.T) {
	path := nativeRules(t)
	b := newBrowser(t)
	b.start()
	b.post("/sign-in", "name", "Ada")
	b.start()
	mustShow(t, b.get("/"), "Hello, Ada.", "visit number <strong>2</strong>")

	if runtime.GOOS == "windows" {
		return // there are no modes
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("got mode %o, want %o", got, want)
		}
	}
}

func TestNewKeyEndsLogins(t *testing.T) {
	path := nativeRules(t)
	b := newBrowser(t)
	b.start()
	b.post("/sign-in", "name", "Ada")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	b.start()
	mustShow(t, b.get("/"), "Hello, visitor.", "your first visit")
}

func TestBadKeyFiles(t *testing.T) {
	secret := bytes.Repeat([]byte("k"), keyBytes)
	for _, c := range []struct {
		name string
		key  []byte
		mode os.FileMode
		want string
	}{
		{"others can read it", secret, 0o644, "others can read"},
		{"the group can read it", secret, 0o640, "others can read"},
		{"empty", nil, 0o600, "delete it"},
		{"too short", secret[1:], 0o600, "delete it"},
		{"too long", append(secret, 'k'), 0o600, "delete it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && c.mode != 0o600 {
				t.Skip("Windows has no such modes")
			}
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, c.key, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil { // whatever the umask
				t.Fatal(err)
			}
			_, err := loadKey(path)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want it to say %q", err, c.want)
			}
			if strings.Contains(err.Error(), "kkkk") {
				t.Error("the error holds the key")
			}
			if key, err := os.ReadFile(path); err != nil || !bytes.Equal(key, c.key) {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
}

func TestKeyPath(t *testing.T) {
	t.Setenv("HELLO_KEY_FILE", "key")
	got, err := keyPath()
	if err != nil || !filepath.IsAbs(got) || filepath.Base(got) != "key" {
		t.Errorf("got %q, %v, want an absolute path", got, err)
	}
	t.Setenv("HELLO_KEY_FILE", "")
	dir, err := os.UserConfigDir()
	if err != nil {
		t.Skip("this user has no configuration folder")
	}
	got, err = keyPath()
	if want := filepath.Join(dir, "dewar-hello", "key"); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
