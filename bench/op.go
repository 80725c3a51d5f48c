package bench

import (
	"fmt"
	"sync/atomic"
)

// An Op is what one request does with its session.
type Op int

const (
	Ignore    Op = iota // the handler never looks at the session
	Read                // reads the user's number
	ReadCount           // reads what Write wrote
	Write               // puts a new number under one key
	SeedSmall           // puts three values into the session
	Seed2K              // the three and a text of blobLen characters
	numOps
)

// String is the word of the tables; Op(n) for what is none.
func (o Op) String() string {
	names := [numOps]string{"ignore", "read", "readcount", "write", "seed small", "seed 2k"}
	if o < 0 || o >= numOps {
		return fmt.Sprintf("Op(%d)", int(o))
	}
	return names[o]
}

// The names of the values, and the user's number.
const (
	keyUser, keyName, keyRole, keyBlob = "user_id", "name", "role", "blob"
	keyCount                           = "n"
	userID                             = 4242
)

// blobLen makes about 2 KiB of a session, and still leaves it within 4096
// bytes of cookie for every contender.
const blobLen = 1900

// blob is letters and digits that don't repeat: deflate saves a quarter of it,
// by its alphabet alone.
var blob = newBlob(blobLen)

func newBlob(n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, n)
	x := uint32(2463534242)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = alphabet[x%uint32(len(alphabet))]
	}
	return string(b)
}

// seed calls set for every value that op, one of the two seeds, puts into a
// session.
func seed(op Op, set func(key string, v any)) {
	set(keyUser, userID)
	set(keyName, "alice")
	set(keyRole, "admin")
	if op == Seed2K {
		set(keyBlob, blob)
	}
}

// A counter gives numbers that were not written before: an equal value is no
// change, and a change is what is measured.
type counter struct{ n atomic.Int64 }

func (c *counter) next() int { return int(c.n.Add(1)) }
