package sqlstore

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// A statement is an SQL text and what its placeholders stand for.
//
// MySQL and SQLite run it about twice as fast if it is prepared once. Drivers of
// PostgreSQL do that by themselves (pgx), or must not, as behind a pooler.
type statement struct {
	dialect Dialect
	text    string
	names   []string
	ready   atomic.Pointer[sql.Stmt]
}

// args are the values of the placeholders, in their order.
func (s *statement) args(p params) []any {
	values := make([]any, len(s.names))
	for i, name := range s.names {
		values[i] = p.of(name)
	}
	return values
}

// stmt gives the prepared statement; nil: it is to be sent as text.
func (s *statement) stmt(ctx context.Context, db *sql.DB) (*sql.Stmt, error) {
	if s.dialect == PostgreSQL {
		return nil, nil
	}
	if st := s.ready.Load(); st != nil {
		return st, nil
	}
	st, err := db.PrepareContext(ctx, s.text)
	if err != nil {
		return nil, err
	}
	if !s.ready.CompareAndSwap(nil, st) { // another was first
		_ = st.Close()
		return s.stmt(ctx, db)
	}
	return st, nil
}

// drop gives a prepared statement back that an error says is of no use, once,
// and never the one that another caller has prepared since.
func (s *statement) drop(st *sql.Stmt, err error) {
	if st != nil && s.dialect.verdict(err) == stale && s.ready.CompareAndSwap(st, nil) {
		_ = st.Close()
	}
}

// close gives a prepared statement back. The next use prepares it anew.
func (s *statement) close() error {
	if st := s.ready.Swap(nil); st != nil {
		return st.Close()
	}
	return nil
}

// exec runs it. Where the driver says that it wasn't sent, database/sql does so
// again, unless it is to be sent once.
func (s *statement) exec(ctx context.Context, db *sql.DB, p params, once bool) (int64, error) {
	if once {
		return s.execOnce(ctx, db, p)
	}
	st, err := s.stmt(ctx, db)
	if err != nil {
		return 0, err
	}
	var result sql.Result
	if st != nil {
		result, err = st.ExecContext(ctx, s.args(p)...)
	} else {
		result, err = db.ExecContext(ctx, s.text, s.args(p)...)
	}
	if err != nil {
		s.drop(st, err)
		return 0, err
	}
	return result.RowsAffected()
}

// execOnce runs it on a connection that it holds: there database/sql leaves it at
// one. What the DB itself has prepared can't be run so.
func (s *statement) execOnce(ctx context.Context, db *sql.DB, p params) (int64, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	result, err := conn.ExecContext(ctx, s.text, s.args(p)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query calls each with every row; no row at all is sql.ErrNoRows.
func (s *statement) query(ctx context.Context, db *sql.DB, p params, each func(*sql.Rows) error) error {
	st, err := s.stmt(ctx, db)
	if err != nil {
		return err
	}
	var rows *sql.Rows
	if st != nil {
		rows, err = st.QueryContext(ctx, s.args(p)...)
	} else {
		rows, err = db.QueryContext(ctx, s.text, s.args(p)...)
	}
	if err != nil {
		s.drop(st, err)
		return err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		if err := each(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		s.drop(st, err)
		return err
	}
	if n == 0 {
		return sql.ErrNoRows
	}
	return rows.Close()
}
