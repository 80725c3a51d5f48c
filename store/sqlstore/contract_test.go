package sqlstore_test

import (
	"database/sql"
	"database/sql/driver"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/sqlstore"
	"github.com/dewar-go/dewar/storetest"
	mysqldriver "github.com/go-sql-driver/mysql"
)

// The contract, on our table and on Flask's, whatever drivers and servers are
// told that bears upon it.
func TestContract(t *testing.T) {
	pg, my, lite := postgres(t), mysql(t), sqlite(t)
	libpq, strange := pg, my
	libpq.driver, strange.driver = "postgres", "stranger"
	sql.Register("stranger", struct{ driver.Driver }{mysqldriver.MySQLDriver{}})
	for _, row := range []struct {
		name     string
		place    place
		flasks   bool
		settings string // of the driver
		before   string // a statement before the table is made
		most     int
	}{
		{name: "PostgreSQL", place: pg},
		{name: "PostgreSQL, Flask's table", place: pg, flasks: true},
		{name: "PostgreSQL, repeatable read", place: pg, settings: "default_transaction_isolation=repeatable%20read"},
		{name: "PostgreSQL, serializable", place: pg, settings: "default_transaction_isolation=serializable"},
		{name: "PostgreSQL, as behind a pooler", place: pg, settings: "default_query_exec_mode=simple_protocol"},
		{name: "PostgreSQL, lib/pq", place: libpq},
		{name: "MariaDB", place: my},
		{name: "MariaDB, a driver that isn't known", place: strange},
		{name: "MariaDB, clientFoundRows", place: my, settings: "clientFoundRows=true&parseTime=true&loc=America%2FNew_York"},
		{name: "MariaDB, interpolateParams, not strict", place: my, settings: "interpolateParams=true&sql_mode=''"},
		{name: "MariaDB, serializable", place: my, settings: "tx_isolation='SERIALIZABLE'"},
		// In Flask's own table keys that differ in case are one: TestCase.
		{
			name: "MariaDB, Flask's table, a binary collation", place: my, flasks: true, most: 1<<16 - 1,
			before: "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
		},
		{name: "SQLite", place: lite},
		{name: "SQLite, Flask's table, no WAL", place: lite, flasks: true, settings: "_pragma=journal_mode(delete)&_pragma=synchronous(off)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			p := row.place.fresh()
			p.t = t
			if row.before != "" {
				p.do(p.open(""), row.before)
			}
			for _, table := range []string{"sessions", "other"} {
				if row.flasks {
					p.do(p.open(row.settings), p.flasks(table)...)
				} else {
					p.on(p.open(row.settings), sqlstore.Options{Table: table})
				}
			}
			on := func(t *testing.T, table string) dewar.Store {
				p := p
				p.t = t
				return p.bare(p.open(row.settings), sqlstore.Options{Table: table})
			}
			one, rounds := on(t, ""), 10
			if !strings.Contains(row.name, ",") {
				rounds = 30
			}
			storetest.Run(t, storetest.Harness{
				New:     func(t *testing.T) dewar.Store { return one },
				Twins:   func(t *testing.T) (a, b dewar.Store) { return on(t, ""), on(t, "") },
				Apart:   func(t *testing.T) (a, b dewar.Store) { return on(t, ""), on(t, "other") },
				MaxData: row.most,
				Rounds:  rounds,
			})
		})
	}
}
