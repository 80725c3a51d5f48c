package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

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
