//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// However many write at once, by one Store or by two, as in two processes, no
// more live sessions go than are over the threshold.
func TestWritersAtOncePruneNoMoreThanOne(t *testing.T) {
	for name, tt := range map[string]struct {
		live, over, creates, updates int
		min, max                     int // live sessions in the end
	}{
		"creates among live sessions":                       {130, 0, 20, 0, 100, 120},
		"updates among sessions that are over":              {60, 60, 0, 8, 60, 60},
		"creates among sessions that are over":              {60, 60, 8, 0, 68, 68},
		"updates among as many as there may be":             {100, 0, 0, 8, 100, 100},
		"updates among more than there may be":              {108, 0, 0, 8, 100, 100},
		"creates among files that don't count":              {90, 0, 5, 0, 95, 95},
		"creates among as many as there may be, and others": {100, 40, 10, 0, 100, 110},
	} {
		t.Run(name, func(t *testing.T) {
			c := clock{time.Unix(1000, 0)}
			dir := t.TempDir() + "/s"
			fill := open(t, dir, filestore.Options{Now: c.Now})
			for i := range tt.over {
				create(t, fill, fmt.Sprint("over", i), "x", time.Minute)
			}
			items := make([]dewar.Item, tt.live)
			for i := range tt.live {
				items[i] = create(t, fill, fmt.Sprint("live", i), "x", time.Hour+time.Duration(i)*time.Minute)
			}
			for i := range 50 { // none of them counts
				write(t, filepath.Join(dir, fmt.Sprint("notes", i)), []byte("\xff\xff\xff\xffx"))
			}
			c.now = time.Unix(1061, 0)
			o := filestore.Options{Now: c.Now, Threshold: 100, Dropped: func(int) {}}
			stores := []*filestore.Store{open(t, dir, o), open(t, dir, o)}
			var all sync.WaitGroup
			for i := range tt.creates {
				all.Go(func() {
					if _, err := stores[i%2].Create(t.Context(), fmt.Sprint("new", i), nil, 100*time.Hour); err != nil {
						t.Error(err)
					}
				})
			}
			for i := range tt.updates {
				all.Go(func() {
					n := tt.live - 1 - i
					if _, err := stores[i%2].Update(t.Context(), fmt.Sprint("live", n), items[n], nil, 100*time.Hour); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			n := 0
			for _, err := range fill.List(t.Context(), "") {
				must(t, err)
				n++
			}
			if n < tt.min || n > tt.max {
				t.Errorf("%d live sessions are left, want %d to %d", n, tt.min, tt.max)
			}
		})
	}
}

// The session that a write is for isn't deleted by it, be it the first to end.
func TestAWriteDoesNotPruneItsOwnSession(t *testing.T) {
	dir := t.TempDir() + "/s"
	fill, items := open(t, dir, filestore.Options{}), map[string]dewar.Item{}
	for i := range 4 {
		key := fmt.Sprint("k", i)
		items[key] = create(t, fill, key, "x", time.Duration(i+1)*time.Hour)
	}
	s := open(t, dir, filestore.Options{Threshold: 3, Dropped: func(int) {}})
	if _, err := s.Update(t.Context(), "k0", items["k0"], []byte("y"), time.Hour); err != nil {
		t.Errorf("update: %v", err)
	}
	holds(t, s, "k0", "y")
	absent(t, s, "k1")
	holds(t, s, "k2", "x")
}

// What was touched after it was listed isn't what would end first any more, and
// what somebody else deleted is one less.
func TestPruningLooksAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		meanwhile  func(path string) error
		here, gone []string
	}{
		"touched": {func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			must(t, err)
			_, err = f.WriteAt(binary.NativeEndian.AppendUint32(nil, uint32(time.Now().Add(24*time.Hour).Unix())), 0)
			return errors.Join(err, f.Close())
		}, []string{"k1", "k3"}, []string{"k0", "k2"}},
		"deleted": {os.Remove, []string{"k2", "k3"}, []string{"k0", "k1"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir() + "/s"
			fill := open(t, dir, filestore.Options{})
			for i := range 8 {
				create(t, fill, fmt.Sprint("k", i), "x", time.Duration(i+1)*time.Hour)
			}
			// The pruner deletes k0, and waits for the lock of k1.
			s := open(t, dir, filestore.Options{Threshold: 6, Dropped: func(int) {}})
			lock := hold(t, dir, "k1")
			done := make(chan error)
			go func() {
				_, err := s.Create(context.WithoutCancel(t.Context()), "k8", nil, time.Hour)
				done <- err
			}()
			for _, err := os.Stat(file(dir, "k0")); err == nil; _, err = os.Stat(file(dir, "k0")) {
				time.Sleep(time.Millisecond)
			}
			must(t, errors.Join(tt.meanwhile(file(dir, "k1")), lock.Close()))
			must(t, <-done)
			for _, key := range tt.here {
				holds(t, s, key, "x")
			}
			for _, key := range tt.gone {
				absent(t, s, key)
			}
		})
	}
}
