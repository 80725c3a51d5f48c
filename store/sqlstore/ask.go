package sqlstore

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"time"
)

// patience is how long a statement is run again that the database undid.
const patience = 5 * time.Second

// exec runs a statement and says how many rows it reports.
func (s *Store) exec(ctx context.Context, st *statement, p params) (n int64, err error) {
	if s.turn != nil {
		select {
		case s.turn <- struct{}{}:
			defer func() { <-s.turn }()
		case <-ctx.Done():
			return 0, s.refusal(ctx, ctx.Err())
		}
	}
	err = s.again(ctx, func() error { n, err = st.exec(ctx, s.db, p, s.once); return err })
	return n, err
}

// query runs a statement that reads, and calls each with every row; no row at
// all is sql.ErrNoRows.
func (s *Store) query(ctx context.Context, st *statement, p params, each func(*sql.Rows) error) error {
	return s.again(ctx, func() error { return st.query(ctx, s.db, p, each) })
}

// again runs a statement until the database doesn't undo it. That is no
// replaying after an unknown outcome: what it undid was not done. The pauses
// grow, and none is like the other, so that two don't meet for ever.
func (s *Store) again(ctx context.Context, run func() error) error {
	if err := s.committing(ctx); err != nil {
		return err
	}
	start, pause := time.Now(), time.Millisecond
	for {
		err := run()
		if s.dialect.verdict(err) == final || time.Since(start) > patience {
			return s.refusal(ctx, err)
		}
		select {
		case <-ctx.Done():
			return s.refusal(ctx, err)
		case <-time.After(rand.N(pause) + pause/2):
		}
		pause = min(2*pause, 50*time.Millisecond)
	}
}
