// Package redislayout is what the stores on Redis have in common, whatever
// client they use: how an item lies there, the scripts that change it, and what
// is refused. An item is a plain string under its key with a time to live.
package redislayout

import (
	"fmt"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// maxKey is the longest key in bytes. Redis takes half a gigabyte; a key that
// long is a mistake or an attack.
const maxKey = 64 << 10

// The scripts read and write KEYS[1] alone, so that a cluster runs them too. A
// key that holds another type makes GET, and so the script, fail as WRONGTYPE
// (before Redis 7 as ERR). [Outcome] says what they answer.
const (
	// Update replaces ARGV[1] by ARGV[2], for ARGV[3] milliseconds.
	Update = `local now = redis.call('GET', KEYS[1])
if not now then return 0 end
if now ~= ARGV[1] then return 1 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 2`

	// Remove deletes ARGV[1].
	Remove = `local now = redis.call('GET', KEYS[1])
if not now then return 0 end
if now ~= ARGV[1] then return 1 end
redis.call('DEL', KEYS[1])
return 2`

	// Touch leaves at least ARGV[1] milliseconds. PTTL is -2 for no key and -1
	// for one that never ends.
	Touch = `local left = redis.call('PTTL', KEYS[1])
if left == -2 then return 0 end
if left >= 0 and left < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 2`
)

// A Layout is how one store keeps items; Store is its package's name, which its
// errors begin with.
type Layout struct {
	Store        string
	WholeSeconds bool // lives are rounded up to whole seconds; false: to milliseconds
}

// Outcome is the error that a script's answer stands for.
func (l Layout) Outcome(answer int64) error {
	switch answer {
	case 0:
		return dewar.ErrNotFound
	case 1:
		return dewar.ErrConflict
	case 2:
		return nil
	}
	return fmt.Errorf("%s: a script answered %d", l.Store, answer)
}

// Refusal is the error of an answer of the server's that is no outcome. Of what
// the server said it carries the first word alone, as READONLY or LOADING: the
// rest may quote the command, and with it a key.
func (l Layout) Refusal(said string) error {
	code, _, _ := strings.Cut(said, " ")
	if code == "WRONGTYPE" {
		return fmt.Errorf("%s: the key holds another type than a string: %w", l.Store, dewar.ErrUndecodable)
	}
	if code == "" || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		code = "ERR" // which rueidis leaves out
	}
	return fmt.Errorf("%s: the server answered %s", l.Store, code)
}

// CheckKey refuses a key that can't be.
func (l Layout) CheckKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("%s: the key is empty", l.Store)
	case len(key) > maxKey:
		return fmt.Errorf("%s: the key is longer than %d bytes", l.Store, maxKey)
	}
	return nil
}

// Check refuses a key or a life that can't be, and rounds the life up.
func (l Layout) Check(key string, life time.Duration) (time.Duration, error) {
	if life <= 0 {
		return 0, fmt.Errorf("%s: a life must be positive", l.Store)
	}
	grain := time.Millisecond
	if l.WholeSeconds {
		grain = time.Second
	}
	if over := life % grain; over != 0 {
		life += grain - over
	}
	return life, l.CheckKey(key)
}
