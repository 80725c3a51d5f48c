package filestore

import (
	"context"
	"crypto/fips140"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"

	"github.com/dewar-go/dewar"
)

// countName is the MD5 of "__wz_cache_count", under which cachelib counts its
// files. It is never taken for a session's.
const countName = "2029240f6d1128be89ddc32729463129"

// nameMark begins the names that List yields in place of keys. No key has a
// blank.
const nameMark = "md5 "

var errKey = errors.New("filestore: the key is empty, or not a name as List yields them")

// A place is where the file of a key is.
type place struct {
	path  string
	shard int  // which lock it takes
	aside bool // in DIR.dewar, where Flask neither looks nor prunes
}

// place says where key is kept: in a file whose name is 32 hex digits, so that
// no key leads out of the folder. The error says why nothing can be begun.
func (s *Store) place(ctx context.Context, key string) (place, error) {
	if err := ctx.Err(); err != nil {
		return place{}, err
	}
	if name, ok := strings.CutPrefix(key, nameMark); ok {
		if !isName(name) {
			return place{}, errKey
		}
		return s.at(name), nil
	}
	if key == "" {
		return place{}, errKey
	}
	name := nameOf(key)
	if name == countName || dewar.IsAuxiliary(key) {
		return place{filepath.Join(s.side, asideDir, name), shardOf(name), true}, nil
	}
	return s.at(name), nil
}

// at is the place of a file that Flask may know.
func (s *Store) at(name string) place { return place{filepath.Join(s.dir, name), shardOf(name), false} }

// Name gives what List yields for key: the name of its file, after "md5 ". The
// verbs take it for the key. Keys that List leaves out are their own names.
func (s *Store) Name(key string) string {
	name := nameOf(key)
	if key == "" || name == countName || dewar.IsAuxiliary(key) || strings.HasPrefix(key, nameMark) {
		return key
	}
	return nameMark + name
}

func nameOf(key string) string {
	var sum [md5.Size]byte
	fips140.WithoutEnforcement(func() { sum = md5.Sum([]byte(key)) }) // a name, no protection
	return hex.EncodeToString(sum[:])
}

// isName reports whether a file of DIR with this name may hold a session.
func isName(name string) bool { return isHex(name) && name != countName }

func isHex(name string) bool {
	return len(name) == 2*md5.Size && strings.Trim(name, "0123456789abcdef") == ""
}

// shardOf spreads names over the locks, by their first two digits.
func shardOf(name string) int {
	first, _ := hex.DecodeString(name[:2])
	return int(first[0]) % shards
}
