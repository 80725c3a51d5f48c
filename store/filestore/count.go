package filestore

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
)

// cachelib keeps the number of its files in a file of its own, and prunes by
// it: by one for each that is made or deleted, and counted anew when a process
// starts. It doesn't lock: two Pythons lose counts to each other. If it has such
// a file we count along, so that a Flask beside us neither prunes live sessions
// because of files that we deleted nor forgets those that we made. As between
// two Pythons it may be off by some; Purge counts anew. Without a threshold on
// either side there is no such file, and none is made.

// The suffix of what cachelib is writing.
const cachelibTemp = ".__wz_cache"

func (s *Store) countPlace() place {
	return place{path: filepath.Join(s.dir, countName), shard: countLock}
}

// count reads the number of files, and the header before it; ok is false if
// nobody counts. What can't be read counts as none, as in cachelib.
func (s *Store) count() (n int, head []byte, ok bool) {
	f, _, err := open(s.countPlace().path, os.O_RDONLY)
	if err != nil {
		return 0, newHeader(0), false
	}
	defer f.Close()
	b := make([]byte, 64)
	size, _ := f.ReadAt(b, 0)
	h, ok := parseHeader(b[:size])
	if !ok {
		return 0, newHeader(0), true
	}
	return unpickle(b[h.size:size]), b[:h.size:h.size], true
}

// counted adds to the number what was done at p. It was done: an error, or a
// context that ends, only leaves the number off by one.
func (s *Store) counted(ctx context.Context, p place, by int) {
	if p.aside {
		return
	}
	if _, _, ok := s.count(); !ok {
		return
	}
	unlock, err := s.lock(ctx, countLock)
	if err != nil {
		return
	}
	defer unlock()
	if n, head, ok := s.count(); ok {
		_ = s.put(s.countPlace().path, s.temp(countLock), head, pickle(max(n+by, 0)))
	}
}

// recount counts the files, and writes the number down if anybody counts.
func (s *Store) recount(ctx context.Context) (n int, err error) {
	unlock, err := s.lock(ctx, countLock)
	if err != nil {
		return 0, err
	}
	defer unlock()
	names, err := namesIn(s.dir)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if name != countName && !strings.HasSuffix(name, cachelibTemp) {
			n++
		}
	}
	_, head, ok := s.count()
	if !ok && s.threshold == 0 {
		return n, nil
	}
	return n, s.put(s.countPlace().path, s.temp(countLock), head, pickle(n))
}

// pickle writes a number as Python does, protocol 5.
func pickle(n int) []byte {
	switch {
	case n < 1<<8:
		return []byte{0x80, 5, 'K', byte(n), '.'}
	case n < 1<<16:
		return append(binary.LittleEndian.AppendUint16([]byte("\x80\x05\x95\x04\x00\x00\x00\x00\x00\x00\x00M"), uint16(n)), '.')
	}
	return append(binary.LittleEndian.AppendUint32([]byte("\x80\x05\x95\x06\x00\x00\x00\x00\x00\x00\x00J"), uint32(n)), '.')
}

// unpickle reads such a number; 0 if it isn't one.
func unpickle(b []byte) int {
	if len(b) < 2 || b[0] != 0x80 {
		return 0
	}
	b = b[2:]
	if len(b) > 9 && b[0] == 0x95 { // FRAME
		b = b[9:]
	}
	b = bytes.TrimSuffix(b, []byte("."))
	switch {
	case len(b) == 2 && b[0] == 'K':
		return int(b[1])
	case len(b) == 3 && b[0] == 'M':
		return int(binary.LittleEndian.Uint16(b[1:]))
	case len(b) == 5 && b[0] == 'J':
		return max(int(int32(binary.LittleEndian.Uint32(b[1:]))), 0)
	}
	return 0
}
