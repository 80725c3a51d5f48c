//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// noFollow has open fail at a symbolic link, and not wait for the other end of
// a pipe.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// supported says why there is no Store on this system; nil: there is.
func supported() error { return nil }

// tryLock reports whether it got the lock. Closing f gives it back.
func tryLock(f *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		default:
			return false, err
		}
	}
}

// ownerOf returns who is to own what is made beside and in a folder; nil: who
// makes it. Only root may give something away.
func ownerOf(dir fs.FileInfo) *owner {
	if os.Geteuid() != 0 {
		return nil
	}
	d := dir.Sys().(*syscall.Stat_t)
	return &owner{int(d.Uid), int(d.Gid)}
}

// ours reports why the folder side, beside dir, can't be trusted with what is
// being written: in a folder like /tmp somebody else may have made it first.
func ours(dir, side fs.FileInfo) error {
	d, s := dir.Sys().(*syscall.Stat_t), side.Sys().(*syscall.Stat_t)
	switch {
	case !side.IsDir():
		return errors.New("is no folder")
	case s.Dev != d.Dev:
		return fmt.Errorf("is on another file system than the folder that it belongs to: mount what holds both: %w", syscall.EXDEV)
	case side.Mode()&0o002 != 0:
		return fmt.Errorf("can be written to by everybody: %w", fs.ErrPermission)
	case s.Uid != uint32(os.Geteuid()) && s.Uid != d.Uid && s.Uid != 0:
		return fmt.Errorf("belongs to another user: %w", fs.ErrPermission)
	}
	return nil
}
