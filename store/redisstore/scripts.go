package redisstore

import (
	"context"

	"github.com/redis/rueidis"
)

// run runs a script by its digest, and by its text where the server doesn't
// know it yet, or not any more, as a replica that became the primary: NOSCRIPT
// says that nothing was done.
//
// Nothing else is ever tried again. When a connection is lost the script may
// have run, and an update that is sent twice would meet its own result and
// call it a conflict. rueidis tries again only what reads, or what was marked
// by hand; it follows MOVED and ASK, which say that nothing was done.
func (s *Store) run(ctx context.Context, script *rueidis.Lua, key string, args ...string) error {
	outcome, err := s.ask(ctx, func() rueidis.RedisResult {
		return script.Exec(ctx, s.client, []string{key}, args)
	}).AsInt64()
	if err != nil {
		return refusal(ctx, err)
	}
	return s.layout.Outcome(outcome)
}
