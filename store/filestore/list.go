package filestore

import (
	"context"
	"errors"
	"iter"
	"os"

	"github.com/dewar-go/dewar"
)

// List yields all sessions of the folder, whatever the prefix, under names of
// [Store.Name]: of a key only its MD5 is known. What is no record isn't listed;
// a file that can't be looked at ends the list with an error.
func (s *Store) List(ctx context.Context, _ string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		names, err := namesIn(s.dir)
		if err != nil {
			yield(dewar.Listed{}, err)
			return
		}
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				yield(dewar.Listed{}, err)
				return
			}
			if !isName(name) {
				continue
			}
			item, err := s.describe(name)
			if errors.Is(err, dewar.ErrNotFound) || errors.Is(err, dewar.ErrUndecodable) {
				continue
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// describe says what there is to say of a session; dewar.ErrNotFound if its life
// is over.
func (s *Store) describe(name string) (dewar.Listed, error) {
	f, size, err := open(s.at(name).path, os.O_RDONLY)
	if err != nil {
		return dewar.Listed{}, err
	}
	defer f.Close()
	h, err := headerOf(f)
	if err != nil {
		return dewar.Listed{}, err
	}
	now := s.now()
	if h.over(now) {
		return dewar.Listed{}, dewar.ErrNotFound
	}
	return dewar.Listed{Key: nameMark + name, Size: int(size) - h.size, Left: h.left(now)}, nil
}
