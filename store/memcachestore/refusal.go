package memcachestore

import (
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memcachestore/internal/wire"
)

// overhead is what a server of 64 bits adds to an item's key and data.
const overhead = 48 + 8 + len("\x00\r\n")

var (
	errOld = errors.New("memcachestore: the server doesn't know meta commands: it is older than 1.6, or a proxy")
	errCAS = errors.New("memcachestore: the server gives items no cas, without which no update is safe: start memcached without -C")
	errKey = errors.New("memcachestore: a key is 1 to 250 bytes of printable ASCII without blanks")
)

// checkKey refuses what the protocol would take for something else, or that no
// server takes.
func checkKey(key string) error {
	if key == "" || len(key) > 250 {
		return errKey
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] >= 0x7f {
			return errKey
		}
	}
	return nil
}

// check refuses a key or a life that can't be, and gives the life's end as the
// protocol has it.
func (s *Store) check(key string, life time.Duration) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	return exptime(s.now(), life)
}

// tooLarge is the error of data beyond what fits.
func tooLarge(most int) error {
	return fmt.Errorf("memcachestore: more than %d bytes: %w", max(most, 0), dewar.ErrTooLarge)
}

// refusal is the error of an answer that is no outcome. Of what the server said
// it carries the first word alone: the rest may quote the command.
func refusal(reply wire.Reply) error {
	if reply.Word == wire.Unknown {
		return errOld
	}
	return errors.New("memcachestore: the server answered " + reply.Word)
}

func noAnswer(err error) error { return fmt.Errorf("memcachestore: no answer: %w", err) }

func lost(err error) bool { return errors.Is(err, wire.ErrLost) }
