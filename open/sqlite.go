package open

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// sqliteFile reads SQLAlchemy's form: three slashes before a relative path, four
// before an absolute one.
func sqliteFile(u *url.URL) (string, error) {
	file, ok := strings.CutPrefix(u.Path, "/")
	if u.Opaque != "" || u.Host != "" || u.User != nil || !ok || file == "" || file == ":memory:" {
		return "", errors.New("open: sqlite: names a file: sqlite:///relative, sqlite:////absolute")
	}
	return file, nil
}

// openExistingSQLite makes a store of a file that is there; SQLite would make it.
func openExistingSQLite(u *url.URL, layout dewar.Layout) (dewar.Store, io.Closer, error) {
	file, err := sqliteFile(u)
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(file); err != nil {
		return nil, nil, fmt.Errorf("open: %w", err)
	}
	return onDatabase(u, layout)
}

// openSQLite opens a file, which SQLite makes if it isn't there.
func openSQLite(u *url.URL) (database, error) {
	return openDatabase(u, sqlstore.SQLite, func(u *url.URL, query url.Values) (*sql.DB, error) {
		file, err := sqliteFile(u)
		if err != nil {
			return nil, err
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
