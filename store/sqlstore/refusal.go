package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/dewar-go/dewar"
)

// The errors that a caller may want to tell apart, beside dewar's outcomes and
// dewar.ErrTooLarge for data that the table's column can't hold.
var (
	// ErrNoTable says that the table isn't there. [Store.Migrate] makes it.
	ErrNoTable = errors.New("sqlstore: the table isn't there; Store.Migrate or `dewar migrate-schema` makes it")

	// ErrCase says that a table that Flask made on MySQL already has a key that
	// differs in case alone from the one to create. [Store.Migrate] changes
	// such a table so that they differ.
	ErrCase = errors.New("sqlstore: the table has a key that differs in case alone")

	// ErrAutocommit says that the connections to MySQL have autocommit=0: what is
	// written would be seen by nobody, and what is read would be as old as the
	// connection.
	ErrAutocommit = errors.New("sqlstore: the connections have autocommit=0, so that nothing is kept; take it out of the DSN or the server's settings")

	// ErrLife says that a life can't be written down: it isn't positive, or
	// ends after the year 9999.
	ErrLife = errors.New("sqlstore: a life must be positive and end before the year 10000")
)

var (
	errKey    = errors.New("sqlstore: a key is 1 to 255 bytes of printable ASCII without blanks")
	errNoData = fmt.Errorf("sqlstore: the row has no data: %w", dewar.ErrUndecodable)
)

// A ServerError is what a database answered in place of an outcome. Its text,
// which may quote a key, is left out.
type ServerError struct {
	Code string // SQLSTATE, or MySQL's number
}

func (e *ServerError) Error() string {
	text := "sqlstore: the database answered with error " + e.Code
	if e.Code == "42P05" { // duplicate_prepared_statement
		text += ": behind a pooler that knows no prepared statements pgx needs default_query_exec_mode=cache_describe"
	}
	return text
}

// A verdict says what to do after a statement.
type verdict int

const (
	final  verdict = iota // it was done, or who knows: leave it
	undone                // the database undid it: run it again
	stale                 // the prepared statement is of no use: prepare and run it again
)

// verdicts of what databases answer. They undo one statement in a transaction
// of its own as a whole.
var verdicts = map[Dialect]map[string]verdict{
	PostgreSQL: {
		"40001": undone, // serialization_failure, under REPEATABLE READ and SERIALIZABLE
		"40P01": undone, // deadlock_detected
		"0A000": stale,  // cached plan must not change result type: the table was altered
		"26000": stale,  // invalid_sql_statement_name: behind a pooler
	},
	MySQL: {
		"1213": undone, // deadlock
		"1020": undone, // MariaDB, innodb_snapshot_isolation: the record has changed since
		"1615": stale,  // needs to be re-prepared
		"1243": stale,  // unknown prepared statement
	},
	SQLite: {
		"5": undone, // SQLITE_BUSY
		"6": undone, // SQLITE_LOCKED
	},
}

func (d Dialect) verdict(err error) verdict {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return final
	}
	if err.Error() == "sql: statement is closed" { // by who was told first that it is stale; nothing was sent
		return stale
	}
	return verdicts[d][d.code(err)]
}

var mysqlError = regexp.MustCompile(`^Error (\d{4,5})\b`)

// code finds the database's own code in a driver's error, whichever driver it
// is; "" where there is none.
func (d Dialect) code(err error) string {
	switch d {
	case PostgreSQL:
		if e, ok := errors.AsType[interface {
			error
			SQLState() string
		}](err); ok {
			return e.SQLState()
		}
	case MySQL:
		if m := mysqlError.FindStringSubmatch(err.Error()); m != nil {
			return m[1]
		}
	case SQLite:
		if e, ok := errors.AsType[interface {
			error
			Code() int
		}](err); ok {
			return fmt.Sprint(e.Code() & 0xff) // the rest tells kinds apart, as of SQLITE_BUSY
		}
		if strings.Contains(err.Error(), "is locked") { // other drivers
			return "5"
		}
	}
	return ""
}

// noTable are the codes of a table that isn't there; SQLite says it in words.
var noTable = map[string]bool{"42P01": true, "3F000": true, "1146": true}

// refusal is the error of a statement without an outcome.
func (s *Store) refusal(ctx context.Context, err error) error {
	switch {
	case err == nil, errors.Is(err, sql.ErrNoRows):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("sqlstore: no answer: %w", ctx.Err())
	}
	code := s.dialect.code(err)
	switch {
	case noTable[code], s.dialect == SQLite && strings.Contains(err.Error(), "no such table"):
		return ErrNoTable
	case code != "":
		return &ServerError{code}
	}
	return fmt.Errorf("sqlstore: no answer: %w", err)
}

// conflictOf makes a conflict of a serialization failure that stays: another
// changes the very row again and again.
func conflictOf(err error) error {
	if e, ok := errors.AsType[*ServerError](err); ok && e.Code == "40001" {
		return dewar.ErrConflict
	}
	return err
}

// checkKey holds keys to what every table tells apart.
func checkKey(key string) error {
	if key == "" || len(key) > 255 {
		return errKey
	}
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return errKey
		}
	}
	return nil
}
