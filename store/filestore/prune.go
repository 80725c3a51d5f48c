package filestore

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/dewar-go/dewar"
)

// Purge deletes the files whose life is over, and what writers that were killed
// have left, and has cachelib's count put right. Live sessions stay, however
// many there are.
func (s *Store) Purge(ctx context.Context) (removed int, err error) {
	for _, dir := range [...]string{s.dir, filepath.Join(s.side, asideDir)} {
		names, err := namesIn(dir)
		if err != nil {
			return removed, err
		}
		for _, name := range names {
			if !isHex(name) || dir == s.dir && !isName(name) {
				continue
			}
			p := place{filepath.Join(dir, name), shardOf(name), dir != s.dir}
			gone, err := s.removeOver(ctx, p)
			if err != nil {
				return removed, err
			}
			if gone {
				removed++
			}
		}
	}
	for n := range locks {
		unlock, err := s.lock(ctx, n)
		if err != nil {
			return removed, err
		}
		_ = os.Remove(s.temp(n))
		unlock()
	}
	_, err = s.recount(ctx)
	return removed, err
}

// removeOver deletes a file if its life is over. It looks before it waits for
// the lock, and again when it has it.
func (s *Store) removeOver(ctx context.Context, p place) (gone bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if over, err := s.isOver(p); !over || err != nil {
		return false, err
	}
	unlock, err := s.lock(ctx, p.shard)
	if err != nil {
		return false, err
	}
	defer unlock()
	if over, err := s.isOver(p); !over || err != nil {
		return false, err
	}
	err = s.remove(ctx, p)
	if errors.Is(err, dewar.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// isOver is false of what is no record, or gone.
func (s *Store) isOver(p place) (bool, error) {
	h, err := p.peek()
	if errors.Is(err, dewar.ErrNotFound) || errors.Is(err, dewar.ErrUndecodable) {
		return false, nil
	}
	return err == nil && h.over(s.now()), err
}

// prune is cachelib's rule, FileSystemCache._prune, but that the number is
// counted anew before anything is deleted for it: cachelib's own may be wrong,
// and would have more sessions go the more it is. What can't be looked at or
// deleted is passed over: the write that this comes before isn't to fail for it.
func (s *Store) prune(ctx context.Context) {
	if n, _, _ := s.count(); n <= s.threshold {
		return
	}
	n, err := s.recount(ctx)
	if err != nil || n <= s.threshold {
		return
	}
	names, err := namesIn(s.dir)
	if err != nil {
		return
	}
	type aged struct {
		place
		header
	}
	var rest []aged
	for _, name := range names {
		if !isName(name) {
			continue
		}
		p := s.at(name)
		if gone, err := s.removeOver(ctx, p); gone {
			n--
		} else if h, perr := p.peek(); err == nil && perr == nil {
			rest = append(rest, aged{p, h})
		}
	}
	slices.SortStableFunc(rest, func(a, b aged) int { return cmp.Compare(a.ends, b.ends) })
	live := 0
	for _, a := range rest {
		if n <= s.threshold {
			break
		}
		if s.removeAnyway(ctx, a.place) {
			n, live = n-1, live+1
		}
	}
	if live > 0 {
		s.dropped(live)
	}
}

// removeAnyway deletes a file and reports whether it was there.
func (s *Store) removeAnyway(ctx context.Context, p place) bool {
	unlock, err := s.lock(ctx, p.shard)
	if err != nil {
		return false
	}
	defer unlock()
	return s.remove(ctx, p) == nil
}

// namesIn lists a folder, each name once, in order.
func namesIn(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, failed("list", err)
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, failed("list", err)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
