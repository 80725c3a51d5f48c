package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/dewar-go/dewar"
)

// createInTwo inserts; or else, if what is there is over, replaces it; or else
// says what is there. Each of them is atomic, and decides by what it reports.
func (s *Store) createInTwo(ctx context.Context, p params) error {
	for range 100 {
		for _, st := range []*statement{s.words.create, s.words.replace} {
			if n, err := s.exec(ctx, st, p); err != nil || n > 0 {
				return err
			}
		}
		id, err := s.sameRow(ctx, p)
		switch {
		case errors.Is(err, sql.ErrNoRows): // it went meanwhile
			continue
		case err != nil:
			return err
		case id != p.key:
			return ErrCase
		}
		return dewar.ErrExists
	}
	return errors.New("sqlstore: the row comes and goes")
}

// sameRow gives the id of the live row that the table takes for this key's. In
// a table that Flask made it may be another's.
func (s *Store) sameRow(ctx context.Context, p params) (id string, err error) {
	var data *[]byte
	var expiry sql.NullString
	err = s.query(ctx, s.words.load, p, func(rows *sql.Rows) error { return rows.Scan(&id, &data, &expiry) })
	return id, err
}

// committing refuses connections on which nothing is kept. All of a pool are alike,
// so one is asked, once.
func (s *Store) committing(ctx context.Context) error {
	if s.dialect != MySQL || s.commits.Load() {
		return nil
	}
	var on bool
	if err := s.db.QueryRowContext(ctx, `SELECT @@autocommit`).Scan(&on); err != nil {
		return s.refusal(ctx, err)
	}
	if !on {
		return ErrAutocommit
	}
	s.commits.Store(true)
	return nil
}

// alwaysRoom is what the smallest data column holds that Flask makes: a BLOB of
// MySQL's.
const alwaysRoom = 1<<16 - 1

// fits refuses data that the column can't hold, before it is sent: a MySQL that
// isn't strict would cut it off. Only data beyond a BLOB's has the column's size
// asked for.
func (s *Store) fits(ctx context.Context, size int) error {
	if s.dialect != MySQL || int64(size) <= s.room.Load() {
		return nil
	}
	schema, name, ok := strings.Cut(s.table, ".")
	if !ok {
		schema, name = "", s.table
	}
	var room int64
	err := s.db.QueryRowContext(ctx, `SELECT CHARACTER_MAXIMUM_LENGTH FROM information_schema.COLUMNS
		WHERE TABLE_SCHEMA = COALESCE(NULLIF(?, ''), DATABASE()) AND TABLE_NAME = ? AND COLUMN_NAME = 'data'`, schema, name).Scan(&room)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoTable
	}
	if err != nil {
		return s.refusal(ctx, err)
	}
	s.room.Store(max(room, alwaysRoom))
	if int64(size) > room {
		return fmt.Errorf("sqlstore: the table's column holds %d bytes (Store.Migrate makes a BLOB a MEDIUMBLOB): %w", room, dewar.ErrTooLarge)
	}
	return nil
}
