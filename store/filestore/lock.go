package filestore

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	shards    = 64 // locks that the files share out among themselves
	countLock = shards
	locks     = shards + 1
)

// What DIR.dewar holds.
const (
	lockDir  = "lock"  // a file for each lock; none is ever deleted, or two could hold one
	tempDir  = "tmp"   // what is being written: one file at the most for each lock
	asideDir = "aside" // items that Flask mustn't see
)

// temp is where the holder of a lock writes. Nobody else does, so what lies
// there when the lock is taken was left by one who was killed.
func (s *Store) temp(n int) string { return filepath.Join(s.side, tempDir, strconv.Itoa(n)) }

// lock waits for a lock, and returns how to give it back. The callers of this
// Store queue, and the first of them asks until no other process has it. The
// system gives back the lock of a process that ends.
func (s *Store) lock(ctx context.Context, n int) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case s.turns[n] <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f, err := s.openLock(n)
	if err != nil {
		<-s.turns[n]
		return nil, failed("lock", err)
	}
	unlock = func() { f.Close(); <-s.turns[n] }
	for wait := 50 * time.Microsecond; ; wait = min(2*wait, 5*time.Millisecond) {
		got, err := tryLock(f)
		if got {
			return unlock, nil
		}
		if err != nil {
			unlock()
			return nil, failed("lock", err)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			unlock()
			return nil, ctx.Err()
		}
	}
}

// openLock opens a lock file. The first to need it makes it.
func (s *Store) openLock(n int) (*os.File, error) {
	path := filepath.Join(s.side, lockDir, strconv.Itoa(n))
	f, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|noFollow, s.mode)
	if err != nil {
		return nil, err
	}
	_ = f.Chmod(s.mode) // whatever the umask; another user's has them already
	return f, nil
}
