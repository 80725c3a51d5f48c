package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/sqlstore"
	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// The key and the data that no error may quote.
const (
	key    = "session:k4p2-key"
	secret = "k4p2-data"
)

// A place is where the tables of a test are: a database of its own.
type place struct {
	t       testing.TB
	dialect sqlstore.Dialect
	driver  string
	dsn     func(database, settings string) string
	in      string
	server  *realserver.Server // nil: SQLite has none
}

var databases atomic.Int32

// postgres starts a PostgreSQL.
func postgres(t testing.TB, args ...string) place {
	t.Helper()
	server := realserver.PostgreSQL(t, args...)
	p := place{t: t, dialect: sqlstore.PostgreSQL, driver: "pgx", in: "postgres", server: server}
	p.dsn = func(in, settings string) string {
		return "postgres://postgres@" + server.Addr + "/" + in + "?sslmode=disable&" + settings
	}
	return p.fresh()
}

// mysql starts a MariaDB.
func mysql(t testing.TB, args ...string) place {
	t.Helper()
	server := realserver.MariaDB(t, args...)
	p := place{t: t, dialect: sqlstore.MySQL, driver: "mysql", in: "test", server: server}
	p.dsn = func(in, settings string) string { return "root@tcp(" + server.Addr + ")/" + in + "?" + settings }
	return p.fresh()
}

// sqlite makes a file, in the WAL mode unless settings say another.
func sqlite(t testing.TB) place {
	t.Helper()
	dir := t.TempDir()
	p := place{t: t, dialect: sqlstore.SQLite, driver: "sqlite", in: "a"}
	p.dsn = func(in, settings string) string {
		if !strings.Contains(settings, "journal_mode") {
			settings += "&_pragma=journal_mode(wal)"
		}
		if !strings.Contains(settings, "busy_timeout") {
			settings += "&_pragma=busy_timeout(5000)"
		}
		return "file:" + filepath.Join(dir, in) + "?_pragma=synchronous(normal)&" + settings
	}
	return p
}

// fresh is an empty database on the same server.
func (p place) fresh() place {
	p.t.Helper()
	name := fmt.Sprint("d", databases.Add(1))
	if p.server != nil {
		p.do(p.open(""), "CREATE DATABASE "+name)
	}
	p.in = name
	return p
}

// everywhere runs a test on each kind of database.
func everywhere(t *testing.T, f func(t *testing.T, p place)) {
	t.Helper()
	for name, start := range map[string]func(testing.TB) place{
		"postgresql": func(t testing.TB) place { return postgres(t) },
		"mysql":      func(t testing.TB) place { return mysql(t) },
		"sqlite":     sqlite,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, start(t))
		})
	}
}

// open is a pool; settings are the driver's, as in a URL.
func (p place) open(settings string) *sql.DB {
	p.t.Helper()
	db, err := sql.Open(p.driver, p.dsn(p.in, settings))
	if err != nil {
		p.t.Fatal(err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	p.t.Cleanup(func() { _ = db.Close() })
	return db
}

// do runs statements of the test's own.
func (p place) do(db *sql.DB, statements ...string) {
	p.t.Helper()
	for _, text := range statements {
		if _, err := db.ExecContext(context.Background(), text); err != nil {
			p.t.Fatalf("%s: %v", text, err)
		}
	}
}

// store is a Store on a pool of its own, with its table made.
func (p place) store(o sqlstore.Options) *sqlstore.Store {
	p.t.Helper()
	return p.on(p.open(""), o)
}

func (p place) on(db *sql.DB, o sqlstore.Options) *sqlstore.Store {
	p.t.Helper()
	st := p.bare(db, o)
	if _, err := st.Migrate(context.Background()); err != nil {
		p.t.Fatal(err)
	}
	return st
}

// bare is a Store whose table the test sees to.
func (p place) bare(db *sql.DB, o sqlstore.Options) *sqlstore.Store {
	p.t.Helper()
	st, err := sqlstore.New(db, p.dialect, o)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = st.Close() })
	return st
}

// flasks is the table as Flask-Session has SQLAlchemy make it, recorded.
func (p place) flasks(table string) []string {
	switch p.dialect {
	case sqlstore.PostgreSQL:
		return []string{"CREATE TABLE " + table + " (id SERIAL NOT NULL, session_id VARCHAR(255), data BYTEA, expiry TIMESTAMP WITHOUT TIME ZONE, PRIMARY KEY (id), UNIQUE (session_id))"}
	case sqlstore.MySQL:
		return []string{"CREATE TABLE " + table + " (id INTEGER NOT NULL AUTO_INCREMENT, session_id VARCHAR(255), data BLOB, expiry DATETIME, PRIMARY KEY (id), UNIQUE (session_id))"}
	}
	return []string{"CREATE TABLE " + table + " (id INTEGER NOT NULL, session_id VARCHAR(255), data BLOB, expiry DATETIME, PRIMARY KEY (id), UNIQUE (session_id))"}
}

// A clock is one that a test sets.
type clock struct{ at atomic.Int64 }

func clockAt(t time.Time) *clock {
	c := new(clock)
	c.at.Store(t.UnixMicro())
	return c
}

func (c *clock) now() time.Time         { return time.UnixMicro(c.at.Load()) }
func (c *clock) pass(d time.Duration)   { c.at.Add(d.Microseconds()) }
func (c *clock) set(t time.Time)        { c.at.Store(t.UnixMicro()) }
func options(c *clock) sqlstore.Options { return sqlstore.Options{Now: c.now} }
func item(data string) dewar.Item       { return dewar.Item{Data: []byte(data)} }
func must(t testing.TB, err error)      { t.Helper(); gives(t, "it", err, nil) }
func absent(t testing.TB, st dewar.Store, key string) {
	t.Helper()
	_, err := st.Load(t.Context(), key)
	gives(t, "load", err, dewar.ErrNotFound)
}

func gives(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func create(t testing.TB, st dewar.Store, key, data string, life time.Duration) dewar.Item {
	t.Helper()
	it, err := st.Create(t.Context(), key, []byte(data), life)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return it
}

func holds(t testing.TB, st dewar.Store, key, data string) dewar.Item {
	t.Helper()
	it, err := st.Load(t.Context(), key)
	if err != nil || string(it.Data) != data {
		t.Errorf("load: got %q, %v, want %q", it.Data, err, data)
	}
	return it
}

// verbs are all six, for an item that holds secret.
func verbs() []verb.Verb { return verb.All(key, secret, item(secret)) }

func quotes(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "k4p2") || strings.Contains(err.Error(), "session:"))
}
