package memstore

import (
	"context"
	"time"
)

// perWrite is how many items that are over a write forgets: more than the one
// that it may add, so that they get fewer.
const perWrite = 2

// sweep forgets a few items of sh whose life is over. sh is locked.
func (s *Store) sweep(sh *shard, now time.Time) {
	for range perWrite {
		if len(sh.ends) == 0 || now.Before(sh.ends[0].end) {
			return
		}
		s.forget(sh, sh.ends[0])
	}
}

// forget drops e, which may be nil, from sh. sh is locked.
func (s *Store) forget(sh *shard, e *entry) {
	if e == nil {
		return
	}
	sh.drop(e)
	s.count.Add(-1)
}

// makeRoom forgets items until one more may be added, those first that would
// expire first. s.creating is locked, so that nothing is added meanwhile.
func (s *Store) makeRoom() {
	for s.count.Load() >= int64(s.opts.MaxItems) {
		var first *shard
		var end time.Time
		for i := range s.shards {
			sh := &s.shards[i]
			sh.mu.Lock()
			if len(sh.ends) > 0 && (first == nil || sh.ends[0].end.Before(end)) {
				first, end = sh, sh.ends[0].end
			}
			sh.mu.Unlock()
		}
		if first == nil {
			return // all were forgotten meanwhile
		}
		first.mu.Lock()
		if len(first.ends) > 0 {
			s.forget(first, first.ends[0])
		}
		first.mu.Unlock()
	}
}

// Purge forgets all items whose life is over and says how many.
func (s *Store) Purge(ctx context.Context) (removed int, err error) {
	now := s.now()
	for i := range s.shards {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		sh := &s.shards[i]
		sh.mu.Lock()
		for len(sh.ends) > 0 && !now.Before(sh.ends[0].end) {
			s.forget(sh, sh.ends[0])
			removed++
		}
		sh.mu.Unlock()
	}
	return removed, nil
}
