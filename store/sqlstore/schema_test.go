package sqlstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/sqlstore"
)

// What Schema prints is what Migrate does, and doing it again does nothing.
func TestSchema(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		text, err := sqlstore.Schema(p.dialect, "")
		must(t, err)
		db := p.open("")
		for range 2 {
			p.do(db, strings.SplitAfter(strings.TrimSuffix(text, ";\n"), ";\n")...)
		}
		st := p.bare(db, sqlstore.Options{})
		create(t, st, key, secret, time.Hour)
		done, err := st.Migrate(t.Context())
		must(t, err)
		if p.dialect == sqlstore.MySQL && len(done) != 0 {
			t.Errorf("Migrate ran %q on a table that lacks nothing", done)
		}
		holds(t, st, key, secret)
	})
}

// The index on expiry is there to be used, also where Flask made the table.
func TestMigrateFlasksTable(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		db := p.open("")
		p.do(db, p.flasks("sessions")...)
		st := p.bare(db, sqlstore.Options{})
		create(t, st, key, secret, time.Hour)
		for range 2 {
			_, err := st.Migrate(t.Context())
			must(t, err)
		}
		holds(t, st, key, secret)
		hasIndex(t, p, "sessions")
		if p.dialect != sqlstore.MySQL {
			return
		}
		create(t, st, strings.ToUpper(key), "another", time.Hour)
		holds(t, st, key, secret)
		create(t, st, "long", strings.Repeat("x", 1<<16), time.Hour)
	})
}

// A table's name is checked, may have a schema and keeps its case; a dialect has
// a name.
func TestNames(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		schema := map[sqlstore.Dialect]string{sqlstore.PostgreSQL: "public", sqlstore.MySQL: p.in, sqlstore.SQLite: "main"}[p.dialect]
		for _, table := range []string{"user", schema + ".Order", "Sessions_2", strings.Repeat("a", 56)} {
			st := p.store(sqlstore.Options{Table: table})
			it := create(t, st, key, secret, time.Minute)
			_, err := st.Update(t.Context(), key, it, []byte("x"), time.Hour)
			must(t, err)
			n := 0
			for range st.List(t.Context(), "") {
				n++
			}
			if _, err := st.Purge(t.Context()); n != 1 || err != nil {
				t.Errorf("%s: %d, %v", table, n, err)
			}
			if _, err := st.Migrate(t.Context()); err != nil {
				t.Errorf("%s: %v", table, err)
			}
			hasIndex(t, p, table[strings.LastIndexByte(table, '.')+1:])
		}
		if d, err := sqlstore.ParseDialect(p.dialect.String()); d != p.dialect || err != nil {
			t.Errorf("%v is parsed as %v, %v", p.dialect, d, err)
		}
	})
	db := sqlite(t).open("")
	for _, table := range []string{"a b", `a"b`, "a.b.c", "1a", "a;", ".a", "a.", "ä", "a`", strings.Repeat("a", 57), "a." + strings.Repeat("a", 57), strings.Repeat("a", 64) + ".a"} {
		if st, err := sqlstore.New(db, sqlstore.SQLite, sqlstore.Options{Table: table}); err == nil || st != nil {
			t.Errorf("%q is taken for a table's name", table)
		}
		if _, err := sqlstore.Schema(sqlstore.SQLite, table); err == nil {
			t.Errorf("%q has a schema", table)
		}
	}
	for _, d := range []sqlstore.Dialect{-1, 0, 4} {
		if _, err := sqlstore.New(db, d, sqlstore.Options{}); err == nil || d.String() != "none" {
			t.Errorf("%d is a dialect", d)
		}
		if _, err := sqlstore.Schema(d, ""); err == nil {
			t.Errorf("%d has a schema", d)
		}
	}
	if _, err := sqlstore.New(nil, sqlstore.SQLite, sqlstore.Options{}); err == nil {
		t.Error("no database is taken for one")
	}
	if _, err := sqlstore.ParseDialect("oracle"); err == nil {
		t.Error("oracle is a dialect")
	}
}

// hasIndex checks that a table has its index on expiry.
func hasIndex(t *testing.T, p place, table string) {
	t.Helper()
	indexes := map[sqlstore.Dialect]string{
		sqlstore.PostgreSQL: "SELECT count(*) FROM pg_indexes WHERE tablename = $1 AND indexdef LIKE '%(expiry)'",
		sqlstore.MySQL:      "SELECT count(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = 'expiry'",
		sqlstore.SQLite:     "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE '%(expiry)'",
	}
	var n int
	must(t, p.open("").QueryRow(indexes[p.dialect], table).Scan(&n))
	if n != 1 {
		t.Errorf("%s: %d indexes on expiry", table, n)
	}
}
