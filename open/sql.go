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
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// connectTimeout is how long a database may take to let us in.
const connectTimeout = 5 * time.Second

// openDatabase makes a store on a pool of connections, and asks for one.
func openDatabase(u *url.URL, d sqlstore.Dialect, connect func(*url.URL, url.Values) (*sql.DB, error)) (dewar.Store, io.Closer, error) {
	query := u.Query()
	table, err := take(query, "table", "sessions")
	if err != nil {
		return nil, nil, err
	}
	text, err := take(query, "connections", "16")
	if err != nil {
		return nil, nil, err
	}
	connections, err := strconv.Atoi(text)
	if err != nil || connections < 1 {
		return nil, nil, errors.New("open: connections is not a number of connections, 1 or more")
	}
	for name, values := range query {
		if len(values) > 1 {
			return nil, nil, fmt.Errorf("open: the setting %q stands in the URL more than once", name)
		}
	}
	db, err := connect(u, query)
	if err != nil {
		return nil, nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	st, err := sqlstore.New(db, d, sqlstore.Options{Table: table})
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		err = reached(db.PingContext(ctx))
	}
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return st, pool{st, db}, nil
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

// openSQLite takes SQLAlchemy's form: three slashes before a relative path, four
// before an absolute one.
func openSQLite(u *url.URL, _ dewar.Layout) (dewar.Store, io.Closer, error) {
	return openDatabase(u, sqlstore.SQLite, func(u *url.URL, query url.Values) (*sql.DB, error) {
		file, ok := strings.CutPrefix(u.Path, "/")
		if u.Opaque != "" || u.Host != "" || u.User != nil || !ok || file == "" || file == ":memory:" {
			return nil, errors.New("open: sqlite: names a file: sqlite:///relative, sqlite:////absolute")
		}
		wal, err := take(query, "wal", "false")
		if err != nil {
			return nil, err
		}
		on, err := strconv.ParseBool(wal)
		if err != nil {
			return nil, errors.New("open: wal is neither true nor false")
		}
		if err := onlyKnown(query); err != nil {
			return nil, err
		}
		dsn := "file:" + (&url.URL{Path: file}).EscapedPath() + "?_pragma=busy_timeout(5000)"
		if on {
			dsn += "&_pragma=journal_mode(wal)&_pragma=synchronous(normal)"
		}
		return sql.Open("sqlite", dsn)
	})
}
