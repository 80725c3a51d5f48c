package memcachestore

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"

	"github.com/dewar-go/dewar"
)

// What pylibmc, python-memcached and pymemcache's PickleSerde say of a value by
// its flags; 0 is bytes, which Flask-Session gives them.
const (
	pickled    = 1  // by the client, as cachelib's MemcachedCache has it done
	compressed = 8  // zlib
	text       = 16 // UTF-8
)

// maxInflated is what a compressed item may become.
const maxInflated = 8 << 20

// unflag gives the bytes that a codec reads: as they are, or inflated.
func unflag(data []byte, flags uint32) ([]byte, error) {
	switch flags {
	case 0, pickled, text:
		return data, nil
	case compressed, compressed | pickled, compressed | text:
		in, err := zlib.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, errFlags
		}
		data, err = io.ReadAll(io.LimitReader(in, maxInflated+1))
		if err != nil || len(data) > maxInflated {
			return nil, errFlags
		}
		return data, nil
	}
	return nil, errFlags
}

var errFlags = fmt.Errorf("memcachestore: flags that say neither bytes, text nor a pickle, or a value that can't be inflated: %w", dewar.ErrUndecodable)
