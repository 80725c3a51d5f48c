package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"math/rand/v2"
	"time"
)

// Purge deletes what is over, a thousand rows at a time, and says how many it
// deleted. On PostgreSQL and MySQL one purges a table at a time: while another
// process is at it, Purge leaves it the rest and returns. Flask's own clean-up
// is not kept out.
//
// It is nothing to do within a request: see [Store.PurgeEvery], or run
// `dewar purge` by the clock.
func (s *Store) Purge(ctx context.Context) (removed int, err error) {
	batch, done, err := s.purging(ctx)
	if err != nil || batch == nil {
		return 0, err
	}
	defer done()
	for {
		n, more, err := batch(ctx, params{now: stamp(s.now())})
		if removed += int(n); err != nil || !more {
			return removed, err
		}
	}
}

// PurgeEvery purges again and again until ctx ends, for a goroutine of the
// program's own. The pauses are from a half to one and a half of every, and so
// is the first, so that the processes of a service don't purge at once. Each
// run is told to report, which may be nil. It panics unless every is positive.
func (s *Store) PurgeEvery(ctx context.Context, every time.Duration, report func(removed int, err error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every/2 + rand.N(every)):
		}
		n, err := s.Purge(ctx)
		if report != nil && ctx.Err() == nil {
			report(n, err)
		}
	}
}

// A batch deletes up to a page of rows, and says whether there may be more.
type batch func(ctx context.Context, p params) (n int64, more bool, err error)

const pageRows = 1000 // page as a number

// purging gives the batches, and what to do after the last; no batch: another is
// at it.
func (s *Store) purging(ctx context.Context) (b batch, done func(), err error) {
	switch s.dialect {
	case PostgreSQL:
		return s.purgeLocked, func() {}, nil
	case MySQL:
		return s.purgeNamed(ctx)
	}
	return func(ctx context.Context, p params) (int64, bool, error) {
		n, err := s.exec(ctx, s.words.purge, p)
		return n, n >= pageRows, err
	}, func() {}, nil
}

// purgeLocked is a batch of PostgreSQL's: under a lock that its transaction
// holds, which needs no connection of its own, and which nobody can forget to
// give back.
func (s *Store) purgeLocked(ctx context.Context, p params) (n int64, more bool, err error) {
	err = s.again(ctx, func() error {
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		var mine bool
		if err := tx.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock(hashtext($1))`, "dewar purge "+s.table).Scan(&mine); err != nil {
			return err
		}
		if !mine {
			n = 0
			return nil
		}
		result, err := tx.ExecContext(ctx, s.words.purge.text, s.words.purge.args(p)...)
		if err != nil {
			return err
		}
		if n, err = result.RowsAffected(); err != nil {
			return err
		}
		return tx.Commit()
	})
	return n, n >= pageRows, err
}

// lockName is the same for all who purge a table of a database: MySQL's locks
// are those of the whole server.
const lockName = `CONCAT('dewar purge ', MD5(CONCAT(COALESCE(DATABASE(), ''), '.', ?)))`

// purgeNamed takes MySQL's lock, on a connection that the batches go over too.
func (s *Store) purgeNamed(ctx context.Context) (batch, func(), error) {
	if err := s.committing(ctx); err != nil { // now, as the pool may have no second connection
		return nil, nil, err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, nil, s.refusal(ctx, err)
	}
	var mine sql.NullBool
	if err := conn.QueryRowContext(ctx, `SELECT GET_LOCK(`+lockName+`, 0)`, s.table).Scan(&mine); err != nil || !mine.Bool {
		_ = conn.Close()
		return nil, nil, s.refusal(ctx, err)
	}
	b := func(ctx context.Context, p params) (n int64, more bool, err error) {
		err = s.again(ctx, func() error {
			result, err := conn.ExecContext(ctx, s.words.purge.text, s.words.purge.args(p)...)
			if err == nil {
				n, err = result.RowsAffected()
			}
			return err
		})
		return n, n >= pageRows, err
	}
	done := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		if _, err := conn.ExecContext(ctx, `DO RELEASE_LOCK(`+lockName+`)`, s.table); err != nil {
			// The lock lives as long as the connection does.
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
		_ = conn.Close()
	}
	return b, done, nil
}
