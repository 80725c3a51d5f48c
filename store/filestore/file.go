package filestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dewar-go/dewar"
)

// maxData is the most that is read or written: a session beyond it is a
// mistake, and a file beyond it no session.
const maxData = 64 << 20

var (
	errData   = fmt.Errorf("filestore: more than %d bytes: %w", maxData, dewar.ErrTooLarge)
	errRecord = fmt.Errorf("filestore: %w", dewar.ErrUndecodable)
)

// A record is what a file holds.
type record struct {
	header
	data []byte
}

// open opens a file, not by a link and not waiting for a pipe. What is no file
// is errRecord.
func open(path string, flag int) (*os.File, int64, error) {
	f, err := os.OpenFile(path, flag|noFollow, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, absent(path)
	}
	if err != nil {
		if info, lerr := os.Lstat(path); lerr == nil && !info.Mode().IsRegular() {
			return nil, 0, errRecord
		}
		return nil, 0, failed("open", err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = failed("stat", err)
	case !info.Mode().IsRegular() || info.Size() > maxData+headerRoom:
		err = errRecord
	default:
		return f, info.Size(), nil
	}
	f.Close()
	return nil, 0, err
}

// absent is dewar.ErrNotFound where the folder is there and the file isn't. That
// the folder is gone, as when a disk isn't mounted, says nothing of a session.
func absent(path string) error {
	if _, gone := os.Stat(filepath.Dir(path)); gone != nil {
		return failed("open the folder", gone)
	}
	return dewar.ErrNotFound
}

// read reads the whole of a file.
func (p place) read() (record, error) {
	f, size, err := open(p.path, os.O_RDONLY)
	if err != nil {
		return record{}, err
	}
	defer f.Close()
	b := make([]byte, size)
	n, err := io.ReadFull(f, b)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return record{}, failed("read", err)
	}
	h, ok := parseHeader(b[:n])
	if !ok {
		return record{}, errRecord
	}
	return record{h, b[h.size:n:n]}, nil
}

// peek reads the header of a file.
func (p place) peek() (header, error) {
	f, _, err := open(p.path, os.O_RDONLY)
	if err != nil {
		return header{}, err
	}
	defer f.Close()
	return headerOf(f)
}

func headerOf(f *os.File) (header, error) {
	var b [headerRoom]byte
	n, err := f.ReadAt(b[:], 0)
	if err != nil && err != io.EOF {
		return header{}, failed("read", err)
	}
	h, ok := parseHeader(b[:n])
	if !ok {
		return header{}, errRecord
	}
	return h, nil
}

// compare answers dewar.ErrConflict unless the file holds old.Data.
func (p place) compare(old dewar.Item, now time.Time) error {
	rec, err := p.read()
	switch {
	case err != nil:
		return err
	case rec.over(now):
		return dewar.ErrNotFound
	case !bytes.Equal(rec.data, old.Data):
		return dewar.ErrConflict
	}
	return nil
}

// put makes a file of head and data: under the name temp first, which belongs
// to the lock that is held, then by a rename. Whoever dies on the way leaves the
// file as it was; the next holder of the lock clears up.
func (s *Store) put(path, temp string, head, data []byte) error {
	f, err := create(temp)
	if err != nil {
		return failed("create", err)
	}
	_, err = f.Write(append(head, data...))
	if err == nil {
		s.give(f.Chown)
		err = f.Chmod(s.mode) // before anybody sees it, whatever the umask
	}
	if err == nil && s.sync {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		_ = os.Remove(temp)
		return failed("write", err)
	}
	return s.settle(path)
}

// create makes a file that wasn't there, in the place of one that was left.
func create(path string) (*os.File, error) {
	const flag = os.O_WRONLY | os.O_CREATE | os.O_EXCL | noFollow
	f, err := os.OpenFile(path, flag, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		f, err = os.OpenFile(path, flag, 0o600)
	}
	return f, err
}

// extend writes a later end over the one that stands in a file. Where an old
// header has no room for it, the file is written anew.
func (s *Store) extend(p place, now time.Time, end uint32) error {
	f, _, err := open(p.path, os.O_RDWR)
	if err != nil {
		return err
	}
	defer f.Close()
	h, err := headerOf(f)
	switch {
	case err != nil:
		return err
	case h.over(now):
		return dewar.ErrNotFound
	case h.ends == 0 || h.ends >= end:
		return nil
	case end > h.most:
		rec, err := p.read()
		if err != nil {
			return err
		}
		return s.put(p.path, s.temp(p.shard), newHeader(end), rec.data)
	}
	if _, err := f.WriteAt(h.digits(end), h.at); err != nil {
		return failed("write", err)
	}
	return nil
}

// remove deletes a file whose lock is held.
func (s *Store) remove(ctx context.Context, p place) error {
	err := os.Remove(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return absent(p.path)
	}
	if err != nil {
		return failed("remove", err)
	}
	s.counted(ctx, p, -1)
	return s.settle(p.path)
}
