package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"

	"github.com/dewar-go/dewar"
)

// likeEscape makes a prefix a pattern that means itself.
var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// List reads the table in pages, in the order of its keys. No connection is held
// while the caller looks at an item. Keys that no verb takes, which a Flask may
// have adopted from a client, are left out.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[dewar.Listed, error] {
	return func(yield func(dewar.Listed, error) bool) {
		if prefix != "" && checkKey(prefix) != nil {
			return // no key begins so
		}
		p := params{prefix: likeEscape.Replace(prefix) + "%"}
		for {
			last, items, err := s.page(ctx, p, prefix)
			if err != nil {
				yield(dewar.Listed{}, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if last == "" {
				return
			}
			p.after = last
		}
	}
}

// page reads the rows behind p.after, and says which was the last; "": there
// are no more.
func (s *Store) page(ctx context.Context, p params, prefix string) (last string, items []dewar.Listed, err error) {
	now := s.now()
	p.now = stamp(now)
	row := func(rows *sql.Rows) error {
		var key string
		var size sql.NullInt64
		var expiry sql.NullString
		if err := rows.Scan(&key, &size, &expiry); err != nil {
			return err
		}
		last = key
		// LIKE may take a for A.
		if strings.HasPrefix(key, prefix) && checkKey(key) == nil {
			items = append(items, dewar.Listed{Key: key, Size: int(size.Int64), Left: left(expiry.String, now)})
		}
		return nil
	}
	err = s.again(ctx, func() error {
		last, items = "", nil
		return s.words.list.query(ctx, s.db, p, row)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, nil
	}
	return last, items, err
}
