// Package filestore keeps sessions in files, in the layout of cachelib's
// FileSystemCache, which is Flask-Session's SESSION_TYPE=filesystem: a file for
// each, named by the MD5 of its key, with four bytes that say when its life
// ends before the data. Files of cachelib before 0.7, which begin with a pickle
// in place of the four bytes, are read, and written anew in the later form.
//
// Beside the folder DIR there is DIR.dewar, with all that is Dewar's own: lock
// files, files that are being written, and the links of renewed sessions.
// Inside DIR they would be taken for sessions, and end Flask's pruning with an
// error. Both are on one file system, and processes that share sessions share
// both.
//
// What root makes in either belongs to the owner of DIR, so that a tool that is
// run as root takes nothing away from the program whose sessions they are.
//
// Every write takes a lock, which keeps all Dewars apart. Python takes none: a
// Flask that saves a session between our comparison and our rename, some
// microseconds, is overwritten.
//
// This is for Linux, macOS and the BSDs. Elsewhere New answers
// errors.ErrUnsupported. MD5 is no secret and no check here, only cachelib's
// way to name files: keys are made of random ids.
package filestore

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
)

// Options are the choices of a Store. The zero Options are good.
type Options struct {
	// Now is the clock; nil: time.Now. Flask compares with the clock of its own
	// machine, so the two should agree.
	Now func() time.Time

	// Mode is that of the files; 0: 0600, as in cachelib. Folders that New makes
	// have the same rights, with search where there is read: 0700, where cachelib
	// leaves it to the umask. A Flask that runs as another user of one group
	// needs 0660, on both sides.
	Mode fs.FileMode

	// Threshold is how many files a write leaves alone; 0: any number. If there
	// are more, cachelib's rule (SESSION_FILE_THRESHOLD) applies: what is over is
	// deleted, and if that isn't enough, live sessions, those first that would
	// end first, but not the one that is written. Files that cachelib wouldn't
	// have named stay, and don't count.
	Threshold int

	// Dropped is told how many live sessions a write has deleted for Threshold.
	// nil: a warning in the log of package slog says so.
	Dropped func(live int)

	// Sync has every verb that writes, but for Touch, wait until the disk has it.
	// Without, as in cachelib, what was written or deleted in the last seconds
	// before a crash of the machine may be undone or left empty; a crash of the
	// process undoes nothing.
	Sync bool

	// Existing is for tools that look into another program's folder: if it isn't
	// there, New fails with fs.ErrNotExist, and the first verb that writes makes
	// what DIR.dewar lacks. Those that read, List and Load, make nothing.
	Existing bool
}

// A Store is a [dewar.Store], a [dewar.Lister], a [dewar.Namer] and a
// [dewar.Purger] in a folder. It holds no file open between two calls and has
// nothing to close.
//
// What lies under a key's name but is no record (a symbolic link, which is
// never followed, a folder, a pipe, a file too short to say when it ends, one
// beyond 64 MiB) is left as it is: Load, Update, Touch and Remove answer
// dewar.ErrUndecodable, and Create dewar.ErrExists. Delete takes it away, but
// for a folder with something in it.
//
// Errors of the system (errors.Is finds fs.ErrPermission, syscall.ENOSPC …) say
// that the store can't answer; what was there is there still.
type Store struct {
	dir       string // absolute, without symbolic links
	side      string // dir + ".dewar"
	mode      fs.FileMode
	threshold int
	dropped   func(live int)
	sync      bool
	now       func() time.Time
	turns     [locks]chan struct{}
	bare      atomic.Bool // Options.Existing, and nothing was written yet
	owner     *owner      // of what is made; nil: who makes it
}

var (
	_ dewar.Store  = (*Store)(nil)
	_ dewar.Lister = (*Store)(nil)
	_ dewar.Namer  = (*Store)(nil)
	_ dewar.Purger = (*Store)(nil)
)

// Load reads a file. It takes no lock: a file is replaced as a whole.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	p, err := s.place(ctx, key)
	if err != nil {
		return dewar.Item{}, err
	}
	rec, err := p.read()
	if p.aside && s.bare.Load() && errors.Is(err, fs.ErrNotExist) {
		err = dewar.ErrNotFound // nobody has put anything aside
	}
	if err != nil {
		return dewar.Item{}, err
	}
	now := s.now()
	if rec.over(now) {
		return dewar.Item{}, dewar.ErrNotFound
	}
	return dewar.Item{Data: rec.data, Left: rec.left(now)}, nil
}

// Create writes a file unless there is one whose life isn't over. The error is
// ErrLife for a life that can't be written down.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	return s.write(ctx, key, data, life, func(p place, now time.Time) (isNew bool, err error) {
		h, err := p.peek()
		switch {
		case errors.Is(err, dewar.ErrNotFound):
			return true, nil
		case err == nil && h.over(now):
			return false, nil
		case err == nil, errors.Is(err, dewar.ErrUndecodable):
			return false, dewar.ErrExists
		}
		return false, err
	})
}

// Update compares old.Data with what the file holds, and replaces the file, in
// one turn of the lock. The error is ErrLife for a life that can't be written
// down.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	return s.write(ctx, key, data, life, func(p place, now time.Time) (isNew bool, err error) {
		return false, p.compare(old, now)
	})
}

// write puts data under key if what is there is right.
func (s *Store) write(ctx context.Context, key string, data []byte, life time.Duration, right func(place, time.Time) (isNew bool, err error)) (dewar.Item, error) {
	p, err := s.place(ctx, key)
	if err != nil {
		return dewar.Item{}, err
	}
	if _, err := ends(s.now(), life); err != nil {
		return dewar.Item{}, err
	}
	if len(data) > maxData {
		return dewar.Item{}, errData
	}
	if s.threshold > 0 {
		s.prune(ctx, p)
	}
	unlock, err := s.lock(ctx, p.shard)
	if err != nil {
		return dewar.Item{}, err
	}
	defer unlock()
	now := s.now() // it may have taken a while
	isNew, err := right(p, now)
	if err != nil {
		return dewar.Item{}, err
	}
	end, err := ends(now, life)
	if err != nil {
		return dewar.Item{}, err
	}
	if err := s.put(p.path, s.temp(p.shard), newHeader(end), data); err != nil {
		return dewar.Item{}, err
	}
	if isNew {
		s.counted(ctx, p, +1)
	}
	return dewar.Item{Data: bytes.Clone(data), Left: header{ends: end}.left(now)}, nil
}

// Touch writes the four bytes that say when the life ends, in place, if they
// say sooner. The error is ErrLife for a life that can't be written down.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	p, err := s.place(ctx, key)
	if err != nil {
		return err
	}
	if _, err := ends(s.now(), life); err != nil {
		return err
	}
	unlock, err := s.lock(ctx, p.shard)
	if err != nil {
		return err
	}
	defer unlock()
	now := s.now()
	end, err := ends(now, life)
	if err != nil {
		return err
	}
	return s.extend(p, now, end)
}

// Remove compares old.Data with what the file holds, and deletes the file, in
// one turn of the lock.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	return s.drop(ctx, key, func(p place) error { return p.compare(old, s.now()) })
}

// Delete deletes a file.
func (s *Store) Delete(ctx context.Context, key string) error {
	err := s.drop(ctx, key, func(place) error { return nil })
	if errors.Is(err, dewar.ErrNotFound) {
		return nil
	}
	return err
}

// drop deletes the file of key if the one that is there is right.
func (s *Store) drop(ctx context.Context, key string, right func(place) error) error {
	p, err := s.place(ctx, key)
	if err != nil {
		return err
	}
	unlock, err := s.lock(ctx, p.shard)
	if err != nil {
		return err
	}
	defer unlock()
	if err := right(p); err != nil {
		return err
	}
	return s.remove(ctx, p)
}
