//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package filestore_test

import (
	"errors"
	"testing"

	"github.com/dewar-go/dewar/store/filestore"
)

func TestNotHere(t *testing.T) {
	if s, err := filestore.New(t.TempDir(), filestore.Options{}); s != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, want %v", err, errors.ErrUnsupported)
	}
}
