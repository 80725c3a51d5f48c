//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/filestore"
)

// A lock whose file was deleted while somebody waited for it is waited for under
// its name.
func TestALockFileThatIsDeleted(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{})
	it := create(t, s, "k", "x", time.Hour)
	first := hold(t, dir, "k")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	done := make(chan error)
	go func() {
		_, err := s.Update(ctx, "k", it, []byte("y"), time.Hour)
		done <- err
	}()
	time.Sleep(50 * time.Millisecond) // it is waiting by then; if not, nothing is tested
	must(t, os.Remove(first.Name()))
	second := hold(t, dir, "k")
	must(t, first.Close())
	if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("update while another has the lock: %v", err)
	}
	must(t, second.Close())
	_, err := s.Update(t.Context(), "k", it, []byte("y"), time.Hour)
	must(t, err)
}
