package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
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
