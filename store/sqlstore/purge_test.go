package sqlstore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/sqlwatch"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// fill puts n rows into a table, over since a moment, or without an expiry.
func (p place) fill(name string, n int, expiry string) {
	p.t.Helper()
	db := p.open("")
	for n > 0 {
		var rows []string
		for range min(n, 500) {
			rows = append(rows, fmt.Sprintf("('%s%d', 'x', %s)", name, n, expiry))
			n--
		}
		p.do(db, "INSERT INTO sessions (session_id, data, expiry) VALUES "+strings.Join(rows, ","))
	}
}

// Purge forgets what is over, and what has no expiry, in batches; it spares the
// rest. In between nothing of it is to be seen.
func TestPurge(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		c := clockAt(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
		p.store(options(c))
		p.fill("over", 2100, "'2026-11-23 08:00:00.000000'")
		p.fill("null", 150, "NULL")
		p.fill("live", 5, "'2026-11-23 08:00:01.000000'")
		db, log, err := sqlwatch.Open(p.driver, p.dsn(p.in, ""))
		must(t, err)
		defer db.Close()
		db.SetMaxOpenConns(1) // it needs no second connection
		st := p.bare(db, options(c))
		absent(t, st, "null1")
		absent(t, st, "over1")
		n := 0
		for range st.List(t.Context(), "") {
			n++
		}
		if n != 5 {
			t.Errorf("%d are listed, want 5", n)
		}
		create(t, st, "null1", "anew", time.Hour)
		create(t, st, "over1", "anew", time.Hour)
		log.Take()
		if n, err := st.Purge(t.Context()); n != 2248 || err != nil {
			t.Errorf("purged %d, %v, want 2248", n, err)
		}
		want := map[sqlstore.Dialect]string{
			sqlstore.PostgreSQL: strings.Repeat(" BEGIN SELECT DELETE", 3),
			sqlstore.MySQL:      " SELECT" + strings.Repeat(" DELETE", 3) + " DO",
			sqlstore.SQLite:     strings.Repeat(" DELETE", 3),
		}[p.dialect]
		if got := " " + strings.ReplaceAll(log.Take(), "PREPARE ", ""); got != want {
			t.Errorf("sent%s, want%s", got, want)
		}
		if n, err := st.Purge(t.Context()); n != 0 || err != nil {
			t.Errorf("purged %d more, %v", n, err)
		}
		holds(t, st, "live1", "x")
		holds(t, st, "null1", "anew")
		holds(t, st, "over1", "anew")
	})
}

// While one process purges a table, another leaves it to that.
func TestOnePurgesAtATime(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		a, b, other := p.store(sqlstore.Options{}), p.store(sqlstore.Options{}), p.store(sqlstore.Options{Table: "other"})
		raw := p.open("")
		if p.dialect == sqlstore.SQLite {
			return // it has no such locks: its one writer is the lock
		}
		p.fill("over", 10, "NULL")
		p.do(raw, "INSERT INTO other (session_id, data) VALUES ('x', 'x')")
		conn, err := raw.Conn(t.Context())
		must(t, err)
		hold, give := "SELECT GET_LOCK(CONCAT('dewar purge ', MD5(CONCAT(DATABASE(), '.sessions'))), 0)", "DO RELEASE_ALL_LOCKS()"
		if p.dialect == sqlstore.PostgreSQL {
			hold, give = "SELECT pg_advisory_lock(hashtext('dewar purge sessions'))", "SELECT pg_advisory_unlock_all()"
		}
		_, err = conn.ExecContext(t.Context(), hold)
		must(t, err)
		if n, err := a.Purge(t.Context()); n != 0 || err != nil {
			t.Errorf("purged %d, %v, while another did", n, err)
		}
		if n, err := other.Purge(t.Context()); n != 1 || err != nil {
			t.Errorf("purged %d, %v of another table", n, err)
		}
		_, err = conn.ExecContext(t.Context(), give)
		must(t, err)
		if n, err := b.Purge(t.Context()); n != 10 || err != nil {
			t.Errorf("purged %d, %v, once the other was done", n, err)
		}
		p.fill("over", 10, "NULL")
		if n, err := a.Purge(t.Context()); n != 10 || err != nil { // b has given the lock back
			t.Errorf("purged %d, %v, want 10", n, err)
		}
	})
}

// PurgeEvery purges until its context ends, and says what it did.
func TestPurgeEvery(t *testing.T) {
	p := sqlite(t)
	st := p.store(sqlstore.Options{})
	p.fill("over", 3, "NULL")
	ctx, cancel := context.WithCancel(t.Context())
	runs, removed := 0, 0
	st.PurgeEvery(ctx, 2*time.Millisecond, func(n int, err error) {
		must(t, err)
		removed += n
		if runs++; runs == 3 {
			cancel()
		}
	})
	if runs != 3 || removed != 3 {
		t.Errorf("%d runs removed %d, want 3 and 3", runs, removed)
	}
}
