package open

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strconv"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// openFile makes a store of a folder, which is made if it isn't there.
func openFile(u *url.URL, _ dewar.Layout) (dewar.Store, io.Closer, error) {
	return openFolder(u, false)
}

// openExistingFolder makes a store of a folder that is there.
func openExistingFolder(u *url.URL, _ dewar.Layout) (dewar.Store, io.Closer, error) {
	return openFolder(u, true)
}

func openFolder(u *url.URL, existing bool) (dewar.Store, io.Closer, error) {
	dir, err := folderOf(u)
	if err != nil {
		return nil, nil, err
	}
	o, err := fileOptions(u.Query())
	if err != nil {
		return nil, nil, err
	}
	o.Existing = existing
	st, err := filestore.New(dir, o)
	if err != nil {
		return nil, nil, err // not a nil *Store in a Store
	}
	return st, nothing{}, nil
}

// folderOf reads file:///abs, file:/abs and file:rel.
func folderOf(u *url.URL) (dir string, err error) {
	if u.User != nil || u.Host != "" && u.Host != "localhost" {
		return "", errors.New("open: file: names a folder of this machine: file:///folder")
	}
	dir = u.Path
	if u.Opaque != "" {
		dir, err = url.PathUnescape(u.Opaque)
	}
	if dir == "" || err != nil {
		return "", errors.New("open: file: needs a folder: file:///folder")
	}
	return dir, nil
}

func fileOptions(query url.Values) (o filestore.Options, err error) {
	mode, err := take(query, "mode", "0600")
	if err != nil {
		return o, err
	}
	bits, err := strconv.ParseUint(mode, 8, 9)
	if err != nil || bits&0o600 != 0o600 {
		return o, errors.New("open: mode is not octal rights that the owner can read and write by, as 0600")
	}
	o.Mode = fs.FileMode(bits)
	threshold, err := take(query, "threshold", "0")
	if err != nil {
		return o, err
	}
	if o.Threshold, err = strconv.Atoi(threshold); err != nil || o.Threshold < 0 {
		return o, errors.New("open: threshold is not a number of files")
	}
	sync, err := take(query, "sync", "false")
	if err != nil {
		return o, err
	}
	if o.Sync, err = strconv.ParseBool(sync); err != nil {
		return o, errors.New("open: sync is neither true nor false")
	}
	for name := range query {
		return o, fmt.Errorf("open: the URL has an unknown setting %q", name)
	}
	return o, nil
}
