package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// Schema gives the statements that make the table, each ended by a semicolon
// and a line's end; table is as in Options. It is Flask-Session's table, so a
// Flask takes it as its own, but for what costs: an index on expiry, so that
// purging reads no live row; on MySQL a MEDIUMBLOB (16 MiB in place of 64 KiB)
// and a collation that tells a from A; on PostgreSQL ids that don't run out,
// and sessions up to 8 KB in the row itself, not compressed in another table.
// The error says that the dialect or the table's name is none.
func Schema(d Dialect, table string) (string, error) {
	if !d.known() {
		return "", errDialect
	}
	if table == "" {
		table = "sessions"
	}
	if !goodTable(table) {
		return "", errTable
	}
	return strings.Join(schema(d, table), ";\n") + ";\n", nil
}

// columns of the table, and its index, in each dialect.
var columns = map[Dialect]string{
	PostgreSQL: `(
    id BIGSERIAL PRIMARY KEY,
    session_id VARCHAR(255) COLLATE "C" NOT NULL UNIQUE,
    data BYTEA,
    expiry TIMESTAMP WITHOUT TIME ZONE
) WITH (toast_tuple_target = 8160)`,
	MySQL: `(
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    session_id ` + mysqlKey + ` UNIQUE,
    data MEDIUMBLOB,
    expiry DATETIME,
    INDEX {index} (expiry)
)`,
	SQLite: `(
    id INTEGER NOT NULL PRIMARY KEY,
    session_id VARCHAR(255) NOT NULL UNIQUE,
    data BLOB,
    expiry DATETIME
)`,
}

const mysqlKey = `VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL`

func schema(d Dialect, table string) []string {
	name := d.quoted(table)
	statements := []string{"CREATE TABLE IF NOT EXISTS " + name + " " + strings.ReplaceAll(columns[d], "{index}", d.quoted(indexOf(table)))}
	switch d {
	case PostgreSQL:
		statements = append(statements, "CREATE INDEX IF NOT EXISTS "+d.quoted(indexOf(table))+" ON "+name+" (expiry)")
	case SQLite: // the index stands in the table's own schema
		in, bare, ok := strings.Cut(table, ".")
		index := d.quoted(indexOf(table))
		if ok {
			index = d.quoted(in + "." + indexOf(table))
		} else {
			bare = table
		}
		statements = append(statements, "CREATE INDEX IF NOT EXISTS "+index+" ON "+d.quoted(bare)+" (expiry)")
	}
	return statements
}

// indexOf names a table's index on expiry.
func indexOf(table string) string {
	return table[strings.LastIndexByte(table, '.')+1:] + "_expiry"
}

// Migrate makes the table of [Schema], and gives one that Flask made what it
// lacks: the index, and on MySQL the MEDIUMBLOB and the collation, for which
// MySQL copies the table. It returns the statements that it ran. To do it again
// changes nothing: on PostgreSQL and SQLite the same statements run, and do nothing
// where all is there. It drops nothing and changes no row.
//
// Nothing but a call of it ever changes the schema.
func (s *Store) Migrate(ctx context.Context) (done []string, err error) {
	statements := schema(s.dialect, s.table)
	if s.dialect == MySQL {
		if statements, err = s.lacking(ctx, statements); err != nil {
			return nil, err
		}
	}
	for _, text := range statements {
		if _, err := s.db.ExecContext(ctx, text); err != nil {
			return done, fmt.Errorf("statement %d of Migrate: %w", len(done)+1, s.refusal(ctx, err))
		}
		done = append(done, text)
	}
	return done, nil
}

// lacking gives what MySQL, which knows no CREATE INDEX IF NOT EXISTS, still has
// to be told.
func (s *Store) lacking(ctx context.Context, statements []string) ([]string, error) {
	in, name, ok := strings.Cut(s.table, ".")
	if !ok {
		in, name = "", s.table
	}
	const where = ` WHERE TABLE_SCHEMA = COALESCE(NULLIF(?, ''), DATABASE()) AND TABLE_NAME = ? AND COLUMN_NAME = `
	var tables, blobs, folding, indexes int
	for _, ask := range []struct {
		text string
		to   *int
	}{
		{`COLUMNS` + where + `'session_id'`, &tables},
		{`COLUMNS` + where + `'data' AND CHARACTER_MAXIMUM_LENGTH < 16777215`, &blobs},
		{`COLUMNS` + where + `'session_id' AND COLLATION_NAME NOT LIKE '%!_bin' ESCAPE '!'`, &folding},
		{`STATISTICS` + where + `'expiry' AND SEQ_IN_INDEX = 1`, &indexes},
	} {
		if err := s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM information_schema.`+ask.text, in, name).Scan(ask.to); err != nil {
			return nil, s.refusal(ctx, err)
		}
	}
	if tables == 0 {
		return statements, nil
	}
	table := MySQL.quoted(s.table)
	statements = nil
	if blobs > 0 {
		statements = append(statements, "ALTER TABLE "+table+" MODIFY data MEDIUMBLOB")
	}
	if folding > 0 {
		statements = append(statements, "ALTER TABLE "+table+" MODIFY session_id "+mysqlKey)
	}
	if indexes == 0 {
		statements = append(statements, "CREATE INDEX "+MySQL.quoted(indexOf(s.table))+" ON "+table+" (expiry)")
	}
	return statements, nil
}
