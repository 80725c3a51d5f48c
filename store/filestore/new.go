package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// patience is how long New waits for another process that has the count.
const patience = 10 * time.Second

// New makes a Store of a folder, and the folder and its DIR.dewar if they
// aren't there, unless Options.Existing says not to. A symbolic link to the folder is resolved here, once, so that
// all who come by one or another of its names meet at the same locks.
//
// The error is errors.ErrUnsupported on a system without these locks,
// syscall.EXDEV if the two folders are on different file systems, and
// fs.ErrPermission if DIR.dewar isn't safe from others.
func New(dir string, o Options) (*Store, error) {
	if err := supported(); err != nil {
		return nil, err
	}
	if o.Mode == 0 {
		o.Mode = 0o600
	}
	switch {
	case dir == "":
		return nil, errors.New("filestore: no folder was given")
	case o.Mode&^fs.ModePerm != 0 || o.Mode&0o600 != 0o600:
		return nil, errors.New("filestore: Options.Mode has other bits than rights, or its owner can't read and write")
	case o.Threshold < 0:
		return nil, errors.New("filestore: Options.Threshold is negative")
	}
	s := &Store{mode: o.Mode, threshold: o.Threshold, dropped: o.Dropped, sync: o.Sync, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if s.dropped == nil {
		s.dropped = func(live int) {
			slog.Warn("filestore: live sessions were deleted: there were more files than the threshold", "live", live, "threshold", o.Threshold)
		}
	}
	for i := range s.turns {
		s.turns[i] = make(chan struct{}, 1)
	}
	if err := s.folders(dir, o.Existing); err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	if s.threshold > 0 && !o.Existing { // count, as cachelib does when it is constructed
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if _, err := s.recount(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// folders finds or makes all folders. Of existing ones it makes none.
func (s *Store) folders(dir string, existing bool) error {
	if !existing {
		if err := os.MkdirAll(dir, s.folderMode()); err != nil {
			return err
		}
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	if s.dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	s.side = s.dir + ".dewar"
	s.bare.Store(existing)
	info, err := os.Stat(s.dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "open", Path: s.dir, Err: syscall.ENOTDIR}
	}
	s.owner = ownerOf(info)
	if !existing {
		return s.makeSide()
	}
	if err := s.checkSide(); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// made makes DIR.dewar where New has left that to who writes first.
func (s *Store) made() error {
	if !s.bare.Load() {
		return nil
	}
	err := s.makeSide()
	if err == nil {
		s.bare.Store(false)
	}
	return err
}

func (s *Store) makeSide() error {
	if err := s.folder(s.side); err != nil {
		return err
	}
	if err := s.checkSide(); err != nil {
		return err
	}
	for _, name := range [...]string{lockDir, tempDir, asideDir} {
		if err := s.folder(filepath.Join(s.side, name)); err != nil {
			return err
		}
	}
	return nil
}

// checkSide says why DIR.dewar can't be used.
func (s *Store) checkSide() error {
	info, err := os.Lstat(s.dir)
	if err != nil {
		return err
	}
	side, err := os.Lstat(s.side)
	if err != nil {
		return err
	}
	if err := ours(info, side); err != nil {
		return fmt.Errorf("%s %w", s.side, err)
	}
	return nil
}

// folderMode is that of files, with search where there is read.
func (s *Store) folderMode() fs.FileMode { return s.mode | s.mode&0o444>>2 }

// folder makes a folder, with its rights whatever the umask, unless it is
// there.
func (s *Store) folder(path string) error {
	err := os.Mkdir(path, s.folderMode())
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s.give(func(uid, gid int) error { return os.Lchown(path, uid, gid) })
	return os.Chmod(path, s.folderMode())
}

// An owner is who owns the folder of sessions.
type owner struct{ uid, gid int }

// give has what was made belong to the folder's owner, where it is root who
// made it, as SQLite does: a program that isn't root would be locked out of its
// own sessions. Where root may not, as on NFS, things stay as they are.
func (s *Store) give(chown func(uid, gid int) error) {
	if s.owner != nil {
		_ = chown(s.owner.uid, s.owner.gid)
	}
}

// settle waits for the disk to have what became of a file's name.
func (s *Store) settle(path string) error {
	if !s.sync {
		return nil
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return failed("sync", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return failed("sync", err)
	}
	return nil
}

// failed is the error of a system call, without the file's name.
func failed(verb string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	} else if e, ok := errors.AsType[*os.LinkError](err); ok {
		err = e.Err
	}
	return fmt.Errorf("filestore: %s: %w", verb, err)
}
