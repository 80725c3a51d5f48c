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
	if err := s.made(); err != nil {
		return 0, failed("purge", err)
	}
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
// counted anew before anything is deleted for it, and without the files that
// cachelib wouldn't have named: its own may be wrong, and would have more
// sessions go the more it is. One at a time prunes, and whoever writes meanwhile
// goes on. What can't be looked at or deleted is passed over: the write of the
// file self, which this comes before, isn't to fail for it.
func (s *Store) prune(ctx context.Context, self place) {
	if n, _, _ := s.count(); n <= s.threshold {
		return
	}
	unlock := s.tryLock(pruneLock)
	if unlock == nil {
		return
	}
	live := s.pruneLocked(ctx, self)
	unlock()
	if live > 0 {
		s.dropped(live)
	}
}

// aged is a file and when its life ended when it was listed.
type aged struct {
	place
	ends uint32
}

// pruneLocked reports how many live sessions it has deleted.
func (s *Store) pruneLocked(ctx context.Context, self place) (live int) {
	if _, err := s.recount(ctx); err != nil {
		return 0
	}
	names, err := namesIn(s.dir)
	if err != nil {
		return 0
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !isName(name) })
	n := len(names)
	if n <= s.threshold {
		return 0
	}
	var rest []aged
	for _, name := range names {
		p := s.at(name)
		gone, err := s.removeOver(ctx, p)
		h, perr := p.peek()
		switch {
		case gone, errors.Is(perr, dewar.ErrNotFound):
			n--
		case err == nil && perr == nil && p != self:
			rest = append(rest, aged{p, h.ends})
		}
	}
	slices.SortStableFunc(rest, func(a, b aged) int { return cmp.Compare(a.ends, b.ends) })
	for _, a := range rest {
		if n <= s.threshold {
			break
		}
		gone, err := s.removeAged(ctx, a)
		if gone {
			live++
		}
		if gone || errors.Is(err, dewar.ErrNotFound) {
			n--
		}
	}
	return live
}

// removeAged deletes a file unless it was written or touched since it was
// listed. The error is dewar.ErrNotFound if somebody else was first.
func (s *Store) removeAged(ctx context.Context, a aged) (gone bool, err error) {
	unlock, err := s.lock(ctx, a.shard)
	if err != nil {
		return false, err
	}
	defer unlock()
	if h, err := a.peek(); err != nil || h.ends != a.ends {
		return false, err
	}
	err = s.remove(ctx, a.place)
	return err == nil, err
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
