package open

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// connectTimeout is how long a database may take to let us in.
const connectTimeout = 5 * time.Second

// A database is a pool of connections and what its URL says about the table.
type database struct {
	db      *sql.DB
	dialect sqlstore.Dialect
	options sqlstore.Options
}

// Database opens the pool that the URL of a database leads to, which is the
// caller's to close, and gives what else [sqlstore.New] needs: for programs that
// change an option, such as the clock, or use the pool for more. It fails as Open
// does; for a URL of another kind the error is errors.ErrUnsupported.
func Database(ctx context.Context, rawURL string) (*sql.DB, sqlstore.Dialect, sqlstore.Options, error) {
	u, _, err := parse(ctx, rawURL)
	if err != nil {
		return nil, 0, sqlstore.Options{}, err
	}
	connect := databaseOf(u.Scheme)
	if connect == nil {
		return nil, 0, sqlstore.Options{}, fmt.Errorf("open: %w: the URL is of no database", errors.ErrUnsupported)
	}
	d, err := connect(u)
	return d.db, d.dialect, d.options, err
}

// databaseOf returns what opens the databases of a scheme; nil: it has none.
func databaseOf(scheme string) func(*url.URL) (database, error) {
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres
	case "mysql", "mariadb":
		return openMySQL
	case "sqlite":
		return openSQLite
	}
	return nil
}

// onDatabase makes a store on a database.
func onDatabase(u *url.URL, _ dewar.Layout) (dewar.Store, io.Closer, error) {
	d, err := databaseOf(u.Scheme)(u)
	if err != nil {
		return nil, nil, err
	}
	st, err := sqlstore.New(d.db, d.dialect, d.options)
	if err != nil {
		return nil, nil, errors.Join(err, d.db.Close())
	}
	return st, pool{st, d.db}, nil
}

// openDatabase makes a pool of connections, and asks for one.
func openDatabase(u *url.URL, d sqlstore.Dialect, connect func(*url.URL, url.Values) (*sql.DB, error)) (database, error) {
	query := u.Query()
	table, err := take(query, "table", "sessions")
	if err == nil {
		_, err = sqlstore.Schema(d, table)
	}
	if err != nil {
		return database{}, err
	}
	text, err := take(query, "connections", "16")
	if err != nil {
		return database{}, err
	}
	connections, err := strconv.Atoi(text)
	if err != nil || connections < 1 {
		return database{}, errors.New("open: connections is not a number of connections, 1 or more")
	}
	for name, values := range query {
		if len(values) > 1 {
			return database{}, fmt.Errorf("open: the setting %q stands in the URL more than once", name)
		}
	}
	db, err := connect(u, query)
	if err != nil {
		return database{}, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	if err := reached(db.PingContext(ctx)); err != nil {
		return database{}, errors.Join(err, db.Close())
	}
	return database{db, d, sqlstore.Options{Table: table}}, nil
}

// pool is what there is to close about a database.
type pool struct {
	st *sqlstore.Store
	db *sql.DB
}

func (p pool) Close() error { return errors.Join(p.st.Close(), p.db.Close()) }

// reached is the error of a first connection: less than the driver's own, which
// names the user.
func reached(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("open: the database can't be reached: %w", e)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("open: the database can't be reached in time")
	}
	return fmt.Errorf("open: the database lets nobody in: error %s", codeOf(err))
}

// onlyKnown refuses query keys that are not among these.
func onlyKnown(query url.Values, known ...string) error {
	for name := range query {
		if !slices.Contains(known, name) {
			return fmt.Errorf("open: the URL has an unknown setting %q", name)
		}
	}
	return nil
}
