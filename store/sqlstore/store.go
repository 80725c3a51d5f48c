// Package sqlstore keeps sessions in an SQL database: PostgreSQL, MySQL or
// MariaDB, SQLite. It works on any *sql.DB and links no driver.
//
// The table is Flask-Session's (SESSION_TYPE=sqlalchemy, 0.3.2 and 0.8): id,
// session_id, data, expiry. [Schema] prints one that is better, and that Flask
// takes as well; a table that Flask made works as it is. The table of
// Flask-Session's unreleased PostgreSQL backend does too, as long as the
// connections of that Flask are in UTC: see docs/wire.md.
//
// Each verb is one statement in a transaction of its own: no transaction of the
// application's is ever joined, committed or rolled back. Two statements follow
// each other only to find out why the first did nothing, and on MySQL where Create
// takes a row whose life is over: an INSERT that did nothing, then an UPDATE
// (docs/adr/0013-databases.md). Lives are compared
// with the application's clock, as Flask does, and written in UTC whatever the
// time zones of server and connection; a row without an expiry is over.
//
// The pool is the caller's: as many idle connections as open ones
// (sql.DB.SetMaxIdleConns), or each busy moment dials anew.
//
// A pooler between us and PostgreSQL (pgbouncer, in the mode session or
// transaction) must know prepared statements, as pgbouncer does from 1.21 with its
// max_prepared_statements above 0, or the driver must name none: for pgx
// default_query_exec_mode=cache_describe, or exec. Else pgx's default is answered
// with error 42P05 as soon as two clients share a connection. Without a pooler that
// default takes less time (BenchmarkPooler): the server needn't plan each call.
//
// MySQL must commit each statement: with autocommit=0, of a DSN or the server's,
// every verb is [ErrAutocommit].
// With go-sql-driver's clientFoundRows a second touch of a session within one
// second is one statement in place of two.
//
// database/sql sends a statement again where the driver says that it wasn't sent.
// pgx v5, go-sql-driver, modernc's and mattn's SQLite are known to be right in
// that. By any other driver, as lib/pq, which says so of what was done too, or one
// that wraps another, a write is sent once: where its connection had died in the
// pool it is an error, and on MySQL it takes a round trip more, as it isn't
// prepared before.
//
// SQLite wants a busy timeout of some seconds, and journal_mode=WAL, under
// which readers and the one writer don't wait for each other.
package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
)

// Options are the choices of a Store. The zero Options are good.
type Options struct {
	// Table is the table's name, or schema.name; "": sessions. Letters, digits
	// and _ only, 56 of them at most: its index is named after it. Its case
	// counts where the database tells cases apart.
	Table string

	// Now is the clock; nil: time.Now. Flask compares with the clock of its own
	// machine, so the two should agree.
	Now func() time.Time
}

// A Store is a [dewar.Store], a [dewar.Lister] and a [dewar.Purger] on a table.
//
// A key is 1 to 255 bytes of printable ASCII without blanks; any other is
// refused by every verb. On MySQL, a table that Flask made takes two keys that
// differ in case alone for one: Create of the second is ErrCase. Random ids
// don't, and in a table of [Schema]'s it can't happen.
//
// A row without data is no record: Load answers dewar.ErrUndecodable.
//
// A statement that the database undid by itself (a serialization failure, a
// deadlock, a busy file) is run again for some seconds; nothing is run again
// whose outcome is unknown.
type Store struct {
	db      *sql.DB
	dialect Dialect
	table   string // as given, or sessions
	words   *words
	now     func() time.Time
	turn    chan struct{} // SQLite has one writer: ours wait here; nil: no need
	room    atomic.Int64  // bytes that the data column holds, as far as is known
	commits atomic.Bool   // MySQL keeps what is written, as far as is known
	once    bool          // what is written isn't left to database/sql to send again
}

var (
	_ dewar.Store  = (*Store)(nil)
	_ dewar.Lister = (*Store)(nil)
	_ dewar.Purger = (*Store)(nil)
)

// New makes a Store on a pool of connections, which stays the caller's to
// close. It asks the database nothing: that the table is there is found out by
// the first verb. The error says which of the arguments can't be used.
func New(db *sql.DB, d Dialect, o Options) (*Store, error) {
	if db == nil {
		return nil, errors.New("sqlstore: the *sql.DB is nil")
	}
	if !d.known() {
		return nil, errDialect
	}
	if o.Table == "" {
		o.Table = "sessions"
	}
	if !goodTable(o.Table) {
		return nil, errTable
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{db: db, dialect: d, table: o.Table, words: newWords(d, o.Table), now: o.Now, once: !honest(db.Driver())}
	if d == SQLite {
		s.turn = make(chan struct{}, 1)
	}
	s.room.Store(alwaysRoom)
	return s, nil
}

// Close gives back the statements that were prepared. It closes no connection.
func (s *Store) Close() error { return s.words.close() }

// Load is a SELECT.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	if err := checkKey(key); err != nil {
		return dewar.Item{}, err
	}
	item, _, err := s.load(ctx, key)
	return item, err
}

// load is Load, which also says when the item's life ends, as it is written.
func (s *Store) load(ctx context.Context, key string) (item dewar.Item, end string, err error) {
	now := s.now()
	var id string
	var expiry sql.NullString
	var data *[]byte
	err = s.query(ctx, s.words.load, params{key: key, now: stamp(now)}, func(rows *sql.Rows) error {
		return rows.Scan(&id, &data, &expiry)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && id != key: // MySQL finds what differs in case or in blanks
		return dewar.Item{}, "", dewar.ErrNotFound
	case err != nil:
		return dewar.Item{}, "", err
	case data == nil:
		return dewar.Item{}, "", errNoData
	}
	return dewar.Item{Data: *data, Left: left(expiry.String, now)}, expiry.String, nil
}

// Create is an INSERT that may also replace a row whose life is over; on MySQL an
// UPDATE does that, after an INSERT that did nothing.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	p, item, err := s.writing(ctx, key, data, life)
	if err != nil {
		return dewar.Item{}, err
	}
	if s.words.replace != nil {
		return item, s.createInTwo(ctx, p)
	}
	n, err := s.exec(ctx, s.words.create, p)
	if err == nil && n == 0 {
		err = dewar.ErrExists
	}
	if err != nil {
		return dewar.Item{}, err
	}
	return item, nil
}

// Update compares old.Data with what is there and writes in one UPDATE.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	p, item, err := s.writing(ctx, key, data, life)
	if err != nil {
		return dewar.Item{}, err
	}
	p.old = noNil(old.Data)
	n, err := s.exec(ctx, s.words.update, p)
	if err != nil {
		return dewar.Item{}, conflictOf(err)
	}
	if n > 0 {
		return item, nil
	}
	found, end, err := s.load(ctx, key)
	if err != nil {
		return dewar.Item{}, err
	}
	// MySQL counts rows that were changed. Nothing is, where the very same was
	// written again in one second.
	if s.dialect == MySQL && end == p.end && bytes.Equal(old.Data, data) && bytes.Equal(found.Data, data) {
		return item, nil
	}
	return dewar.Item{}, dewar.ErrConflict
}

// Touch is an UPDATE of the expiry, to the later of the two.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	if err := checkKey(key); err != nil {
		return err
	}
	p, _, err := s.lasting(key, life)
	if err != nil {
		return err
	}
	n, err := s.exec(ctx, s.words.touch, p)
	if err != nil || n > 0 {
		return err
	}
	if s.dialect == MySQL { // where 0 may also say that it had as long to live
		_, _, err := s.load(ctx, key)
		if errors.Is(err, dewar.ErrUndecodable) {
			err = nil
		}
		return err
	}
	return dewar.ErrNotFound
}

// Remove compares old.Data with what is there and deletes it in one DELETE.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := checkKey(key); err != nil {
		return err
	}
	n, err := s.exec(ctx, s.words.remove, params{key: key, old: noNil(old.Data), now: stamp(s.now())})
	if err != nil {
		return conflictOf(err)
	}
	if n > 0 {
		return nil
	}
	if _, _, err := s.load(ctx, key); err != nil {
		return err
	}
	return dewar.ErrConflict
}

// Delete is a DELETE.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := s.exec(ctx, s.words.delete, params{key: key})
	return err
}

// writing checks what is to be written, and gives the parameters for it and the
// item that it makes.
func (s *Store) writing(ctx context.Context, key string, data []byte, life time.Duration) (params, dewar.Item, error) {
	if err := checkKey(key); err != nil {
		return params{}, dewar.Item{}, err
	}
	p, left, err := s.lasting(key, life)
	if err != nil {
		return params{}, dewar.Item{}, err
	}
	if err := s.fits(ctx, len(data)); err != nil {
		return params{}, dewar.Item{}, err
	}
	p.data = noNil(data)
	return p, dewar.Item{Data: bytes.Clone(p.data), Left: left}, nil
}

// lasting gives the parameters for a life from now, and how long it is, rounded
// up.
func (s *Store) lasting(key string, life time.Duration) (params, time.Duration, error) {
	now := s.now()
	end, err := ends(now, life, s.dialect.step())
	if err != nil {
		return params{}, 0, err
	}
	return params{key: key, now: stamp(now), end: s.dialect.end(end)}, end.Sub(now), nil
}

// noNil gives drivers no nil, which would be NULL.
func noNil(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}
