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
	pruneLock = shards + 1
	locks     = shards + 2
)

// Who holds several locks took them in this order: prune, a shard, count.

// What DIR.dewar holds.
const (
	lockDir  = "lock"  // a file for each lock; none is ever deleted by us, or two could hold one
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
	const longest = 5 * time.Millisecond
	for wait := 50 * time.Microsecond; ; wait = min(2*wait, longest) {
		if unlock, err := s.seize(n); unlock != nil {
			return unlock, nil
		} else if err != nil && (wait == longest || !errors.Is(err, fs.ErrPermission)) { // who makes the file is about to grant it
			<-s.turns[n]
			return nil, failed("lock", err)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			<-s.turns[n]
			return nil, ctx.Err()
		}
	}
}

// tryLock is lock without waiting: nil if somebody has it.
func (s *Store) tryLock(n int) (unlock func()) {
	select {
	case s.turns[n] <- struct{}{}:
	default:
		return nil
	}
	unlock, _ = s.seize(n)
	if unlock == nil {
		<-s.turns[n]
	}
	return unlock
}

// seize takes a lock whose turn it is. It gives nil if another process has it,
// and if its file was deleted meanwhile, as by somebody who tidies up: whoever
// comes next would lock another file.
func (s *Store) seize(n int) (unlock func(), err error) {
	f, err := s.openLock(n)
	if err != nil {
		return nil, err
	}
	got, err := tryLock(f)
	if got && s.isLock(f, n) {
		return func() { f.Close(); <-s.turns[n] }, nil
	}
	f.Close()
	return nil, err
}

// isLock reports whether f is still the file that others find under the name.
func (s *Store) isLock(f *os.File, n int) bool {
	open, err := f.Stat()
	there, lerr := os.Lstat(s.lockPath(n))
	return err == nil && lerr == nil && os.SameFile(open, there)
}

func (s *Store) lockPath(n int) string { return filepath.Join(s.side, lockDir, strconv.Itoa(n)) }

// openLock opens a lock file. The first to need it makes it, and nobody else
// gives it an owner and rights.
func (s *Store) openLock(n int) (*os.File, error) {
	if err := s.made(); err != nil {
		return nil, err
	}
	path := s.lockPath(n)
	f, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, s.mode)
	if errors.Is(err, fs.ErrExist) { // another was first
		return os.OpenFile(path, os.O_RDWR|noFollow, 0)
	}
	if err != nil {
		return nil, err
	}
	s.give(f.Chown)
	_ = f.Chmod(s.mode) // whatever the umask
	return f, nil
}
