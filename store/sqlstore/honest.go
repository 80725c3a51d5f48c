package sqlstore

import (
	"database/sql/driver"
	"reflect"
	"slices"
)

// honestDrivers are the packages of the drivers whose driver.ErrBadConn was seen to
// mean what database/sql takes it for, that nothing was sent: of a server's, that
// no byte went out (pgx: SafeToRetry; go-sql-driver: errBadConnNoWrite), and
// SQLite's has no answer to lose.
//
// lib/pq gives it for an answer that didn't come.
var honestDrivers = []string{
	"github.com/go-sql-driver/mysql",
	"github.com/jackc/pgx/v5/stdlib",
	"github.com/mattn/go-sqlite3",
	"modernc.org/sqlite",
}

// honest reports whether database/sql may send again what a driver says it may.
func honest(d driver.Driver) bool {
	t := reflect.TypeOf(d)
	if t == nil {
		return false
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return slices.Contains(honestDrivers, t.PkgPath())
}
