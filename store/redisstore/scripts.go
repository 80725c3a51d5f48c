package redisstore

import (
	"context"
	"fmt"

	"github.com/dewar-go/dewar"
	"github.com/redis/rueidis"
)

// What the scripts answer.
const (
	gone    = 0
	changed = 1
	done    = 2
)

// The scripts read and write KEYS[1] alone, so that a cluster runs them too. A
// key that holds another type makes GET, and so the script, fail as WRONGTYPE
// (before Redis 7 as ERR).
const (
	updateScript = `local now = redis.call('GET', KEYS[1])
if not now then return 0 end
if now ~= ARGV[1] then return 1 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 2`

	removeScript = `local now = redis.call('GET', KEYS[1])
if not now then return 0 end
if now ~= ARGV[1] then return 1 end
redis.call('DEL', KEYS[1])
return 2`

	// PTTL is -2 for no key and -1 for one that never ends.
	touchScript = `local left = redis.call('PTTL', KEYS[1])
if left == -2 then return 0 end
if left >= 0 and left < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 2`
)

// run runs a script by its digest, and by its text where the server doesn't
// know it yet: NOSCRIPT says that nothing was done.
//
// Nothing else is ever tried again. When a connection is lost the script may
// have run, and an update that is sent twice would meet its own result and
// call it a conflict. rueidis tries again only what reads, or what was marked
// by hand.
func (s *Store) run(ctx context.Context, script *rueidis.Lua, key string, args ...string) error {
	outcome, err := s.ask(ctx, func() rueidis.RedisResult {
		return script.Exec(ctx, s.client, []string{key}, args)
	}).AsInt64()
	if err != nil {
		return refusal(ctx, err)
	}
	switch outcome {
	case gone:
		return dewar.ErrNotFound
	case changed:
		return dewar.ErrConflict
	case done:
		return nil
	}
	return fmt.Errorf("redisstore: a script answered %d", outcome)
}
