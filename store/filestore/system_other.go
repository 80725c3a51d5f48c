//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

const noFollow = 0

// supported says why there is no Store on this system.
func supported() error {
	return fmt.Errorf("filestore: not on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }

func ownerOf(fs.FileInfo) *owner { return nil }

func ours(_, _ fs.FileInfo) error { return errors.ErrUnsupported }
