package sqlstore

import (
	"errors"
	"regexp"
	"strings"
	"time"
)

// A Dialect is the SQL that a database speaks. The zero Dialect is none.
type Dialect int

// The dialects. MySQL is MariaDB's too.
const (
	PostgreSQL Dialect = iota + 1
	MySQL
	SQLite
)

var (
	errDialect = errors.New("sqlstore: the dialect is none of PostgreSQL, MySQL and SQLite")
	errTable   = errors.New("sqlstore: a table's name is of letters, digits and _, or two such with a dot between: schema.name; of 56 characters at most, a schema's of 63")
)

func (d Dialect) known() bool { return d >= PostgreSQL && d <= SQLite }

// String is the dialect's name in lower case: postgresql, mysql, sqlite; none for
// what is none of them.
func (d Dialect) String() string {
	if !d.known() {
		return "none"
	}
	return [...]string{"postgresql", "mysql", "sqlite"}[d-1]
}

// ParseDialect finds a dialect by its name: postgresql or postgres, mysql or
// mariadb, sqlite. Any other name, and none, is an error.
func ParseDialect(name string) (Dialect, error) {
	switch name {
	case "postgresql", "postgres":
		return PostgreSQL, nil
	case "mysql", "mariadb":
		return MySQL, nil
	case "sqlite":
		return SQLite, nil
	}
	return 0, errDialect
}

// step is what an expiry is told to: Flask's DATETIME of MySQL has no fractions.
func (d Dialect) step() time.Duration {
	if d == MySQL {
		return time.Second
	}
	return time.Microsecond
}

// end is an end of a life as the dialect gives it back.
func (d Dialect) end(t time.Time) string {
	if d == MySQL {
		return t.UTC().Format(time.DateTime)
	}
	return stamp(t)
}

// tableShape has room for _expiry in the 63 bytes that PostgreSQL keeps of a name:
// cut off, the index's name would be the table's own.
var tableShape = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]{0,62}\.)?[A-Za-z_][A-Za-z0-9_]{0,55}$`)

func goodTable(name string) bool { return tableShape.MatchString(name) }

// quoted is a table's name in quotes, which keep its case.
func (d Dialect) quoted(table string) string {
	q := `"`
	if d == MySQL {
		q = "`"
	}
	return q + strings.ReplaceAll(table, ".", q+"."+q) + q
}
