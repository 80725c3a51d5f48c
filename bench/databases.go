package bench

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/alexedwards/scs/mysqlstore"
	"github.com/alexedwards/scs/postgresstore"
	"github.com/alexedwards/scs/sqlite3store"
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/store/sqlstore"
	_ "github.com/go-sql-driver/mysql" // the drivers
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"
)

// scsHere is scs with our driver of PostgreSQL: its documentation shows lib/pq,
// which is slower.
const scsHere = "scs, pgx"

// PostgresRows returns every kind of request that is measured on the PostgreSQL
// at addr (host:port). What it opens is closed with tb.
func PostgresRows(tb testing.TB, addr string) []Row {
	url := "postgres://postgres@" + addr + "/postgres?sslmode=disable"
	theirURL := "postgres://postgres@" + addr + "/scs?sslmode=disable"
	makeDatabase(tb, "pgx", url, "scs")
	mustExec(tb, database(tb, "pgx", theirURL),
		`CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, data BYTEA NOT NULL, expiry TIMESTAMPTZ NOT NULL)`,
		`CREATE INDEX IF NOT EXISTS sessions_expiry_idx ON sessions (expiry)`)
	onPGX := scsOn(postgresstore.NewWithCleanupInterval(database(tb, "pgx", theirURL), 0))
	onPGX.Name = scsHere
	return databaseRows(tb, "postgresql", sqlstore.PostgreSQL, "pgx", url,
		scsOn(postgresstore.NewWithCleanupInterval(database(tb, "postgres", theirURL), 0)), onPGX)
}

// MySQLRows does so on the MariaDB at addr.
func MySQLRows(tb testing.TB, addr string) []Row {
	dsn := func(in string) string { return "root@tcp(" + addr + ")/" + in + "?parseTime=true" }
	makeDatabase(tb, "mysql", dsn("test"), "scs")
	db := database(tb, "mysql", dsn("scs"))
	mustExec(tb, db, `CREATE TABLE IF NOT EXISTS sessions (token CHAR(43) PRIMARY KEY, data BLOB NOT NULL, expiry TIMESTAMP(6) NOT NULL, INDEX sessions_expiry_idx (expiry))`)
	return databaseRows(tb, "mariadb", sqlstore.MySQL, "mysql", dsn("test"), scsOn(mysqlstore.NewWithCleanupInterval(db, 0)))
}

// SQLiteRows does so on files in dir, in the WAL mode.
func SQLiteRows(tb testing.TB, dir string) []Row {
	dsn := func(name string) string {
		return "file:" + filepath.Join(dir, name) + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(normal)"
	}
	db := database(tb, "sqlite", dsn("scs.db"))
	mustExec(tb, db, `CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, data BLOB NOT NULL, expiry REAL NOT NULL)`,
		`CREATE INDEX IF NOT EXISTS sessions_expiry_idx ON sessions(expiry)`)
	return databaseRows(tb, "sqlite", sqlstore.SQLite, "sqlite", dsn("ours.db"), scsOn(sqlite3store.NewWithCleanupInterval(db, 0)))
}

// databaseRows are the rows of one database: ours in two layouts, and scs, each
// on a pool of its own.
func databaseRows(tb testing.TB, name string, d sqlstore.Dialect, driver, dsn string, theirs ...Contender) []Row {
	on := func(table string) dewar.Store {
		st, err := sqlstore.New(database(tb, driver, dsn), d, sqlstore.Options{Table: table})
		if err == nil {
			_, err = st.Migrate(context.Background())
		}
		if err != nil {
			tb.Fatal(err)
		}
		return st
	}
	return storeRows(name, append([]Contender{
		storedOurs(tb, "native", dewar.Stored(on("native"))), storedOurs(tb, "flask", flask.Stored(on("flask"))),
	}, theirs...))
}

// pooled is how many connections each pool has, busy or idle. scs's documentation
// leaves them to database/sql, which keeps two: with these scs is faster.
const pooled = 16

func database(tb testing.TB, driver, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(pooled)
	db.SetMaxIdleConns(pooled)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// makeDatabase makes one on a server where it isn't there yet.
func makeDatabase(tb testing.TB, driver, dsn, name string) {
	tb.Helper()
	_, _ = database(tb, driver, dsn).Exec("CREATE DATABASE " + name)
}

func mustExec(tb testing.TB, db *sql.DB, statements ...string) {
	tb.Helper()
	for _, text := range statements {
		if _, err := db.Exec(text); err != nil {
			tb.Fatal(err)
		}
	}
}
