package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// keyBytes is the length of a key: that of SHA-256's output, more than enough.
const keyBytes = 32

// keyPath says where the key is kept: HELLO_KEY_FILE, or a place in the user's
// configuration folder.
func keyPath() (string, error) {
	if path := os.Getenv("HELLO_KEY_FILE"); path != "" {
		return filepath.Abs(path)
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no place to keep the signing key: set HELLO_KEY_FILE to a path, or HOME: %w", err)
	}
	return filepath.Join(dir, "dewar-hello", "key"), nil
}

// loadKey reads the key in the file at path, and makes one if there is none.
func loadKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := secret(f); err != nil {
		return nil, err
	}
	key, err := io.ReadAll(io.LimitReader(f, keyBytes+1))
	if err != nil {
		return nil, err
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("%s is not a signing key, which has %d bytes: delete it to get a new one", path, keyBytes)
	}
	return key, nil
}

// secret refuses a file that others may read, for whoever knows the key can
// sign in as anybody.
func secret(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	// Windows has no such modes; there the folder is the user's own.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("others can read the signing key in %s (mode %v): delete it to get a new one, or keep it and run chmod 600",
			f.Name(), info.Mode())
	}
	return nil
}

// makeKey keeps a new key in a new file that only this user can read.
func makeKey(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	key := make([]byte, keyBytes)
	rand.Read(key) // never fails
	_, err = f.Write(key)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(path)) // half a key is none
	}
	return key, nil
}
