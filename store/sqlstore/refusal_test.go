package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// A table that isn't there is said to be so, by every verb.
func TestNoTable(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		st := p.bare(p.open(""), sqlstore.Options{})
		for _, v := range verbs() {
			gives(t, v.Name, v.Call(t.Context(), st), sqlstore.ErrNoTable)
		}
		for _, err := range st.List(t.Context(), "") {
			gives(t, "list", err, sqlstore.ErrNoTable)
		}
		_, err := st.Purge(t.Context())
		gives(t, "purge", err, sqlstore.ErrNoTable)
	})
}

// What a database refuses is an error with its code, and quotes neither key nor
// data.
func TestRefusalsQuoteNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		db := p.open("")
		p.store(sqlstore.Options{})
		p.do(db, "DROP TABLE sessions")
		// The expiry is a number, the key has eight letters, a key beside it is needed.
		p.do(db, "CREATE TABLE sessions (session_id VARCHAR(8) PRIMARY KEY, data INTEGER NOT NULL CHECK (data > 5), expiry INTEGER, more INTEGER NOT NULL)")
		st := p.bare(db, sqlstore.Options{})
		if p.dialect != sqlstore.PostgreSQL { // they would turn anything into a number
			_, err := st.Create(t.Context(), key, []byte(secret), time.Hour)
			if p.dialect == sqlstore.SQLite && (err == nil || verb.Answered(err)) || quotes(err) {
				t.Errorf("got %v", err)
			}
			return
		}
		for _, v := range verbs() {
			err := v.Call(t.Context(), st)
			if v.Name == "Delete" {
				must(t, err)
				continue
			}
			refused, ok := errors.AsType[*sqlstore.ServerError](err)
			if !ok || len(refused.Code) != 5 || quotes(err) || verb.Answered(err) {
				t.Errorf("%s: got %v", v.Name, err)
			}
		}
	})
}

// A row without data is no record, and is left alone.
func TestNoData(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		st := p.store(sqlstore.Options{})
		p.do(p.open(""), "INSERT INTO sessions (session_id, data, expiry) VALUES ('k', NULL, '2090-01-01 00:00:00.000000')")
		_, err := st.Load(t.Context(), "k")
		gives(t, "load", err, dewar.ErrUndecodable)
		_, err = st.Create(t.Context(), "k", nil, time.Hour)
		gives(t, "create", err, dewar.ErrExists)
		must(t, st.Touch(t.Context(), "k", time.Hour))
		for l, err := range st.List(t.Context(), "") {
			if err != nil || l.Size != 0 || l.Key != "k" {
				t.Errorf("listed %+v, %v", l, err)
			}
		}
		must(t, st.Delete(t.Context(), "k"))
		absent(t, st, "k")
	})
}

// Behind a pooler another client may have prepared a statement by pgx's name for it
// on the connection that we are given. That is said, and how to name none; and with
// that all goes well.
func TestPooler(t *testing.T) {
	p := postgres(t)
	p.store(sqlstore.Options{})
	alone := func(settings string) (*sqlstore.Store, *sql.DB) {
		db := p.open(settings)
		db.SetMaxOpenConns(1)
		return p.bare(db, sqlstore.Options{}), db
	}
	all := func(st dewar.Store) (err error) {
		for _, v := range verbs() {
			if e := v.Call(t.Context(), st); !verb.Answered(e) {
				err = e
			}
		}
		return err
	}
	first, db := alone("")
	must(t, all(first))
	var names []string
	rows, err := db.Query("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%session_id%'")
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		names = append(names, name)
	}
	if len(names) < 6 {
		t.Fatalf("pgx has prepared %q", names)
	}
	for mode, fails := range map[string]bool{"": true, "cache_describe": false, "exec": false} {
		settings := ""
		if mode != "" {
			settings = "default_query_exec_mode=" + mode
		}
		st, db := alone(settings)
		for _, name := range names {
			p.do(db, `PREPARE "`+name+`" AS SELECT 1`)
		}
		err := all(st)
		if (err != nil) != fails || fails && !strings.Contains(err.Error(), "default_query_exec_mode=cache_describe") {
			t.Errorf("%q: got %v", mode, err)
		}
	}
}

// While the server is gone every verb gives an error that is no outcome, soon
// after the context ends; once it is back all goes on, and what was there is.
func TestOutage(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		st := p.store(sqlstore.Options{})
		create(t, st, key, secret, time.Hour)
		if p.server == nil {
			return // a file has no outage; a locked one is TestBusy's
		}
		for range 2 {
			p.server.Stop()
			for _, v := range verbs() {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				start := time.Now()
				err := v.Call(ctx, st)
				if verb.Answered(err) || quotes(err) || time.Since(start) > 5*time.Second {
					t.Errorf("%s: got %v after %v", v.Name, err, time.Since(start))
				}
				cancel()
			}
			p.server.Start()
			for _, v := range verbs()[:1] { // connections that were in the pool are dead, and none is handed out
				if err := v.Call(t.Context(), st); err != nil {
					t.Errorf("%s: %v", v.Name, err)
				}
			}
		}
		for _, v := range verbs()[:4] {
			if err := v.Call(t.Context(), st); !verb.Answered(err) {
				t.Errorf("%s: %v", v.Name, err)
			}
		}
	})
}

// A file that another has locked: writes wait, up to their context's end; reads
// go on, in the WAL mode.
func TestBusy(t *testing.T) {
	p := sqlite(t)
	st := p.on(p.open("_pragma=busy_timeout(0)"), sqlstore.Options{})
	create(t, st, key, secret, time.Hour)
	conn, err := p.open("").Conn(t.Context())
	must(t, err)
	defer conn.Close()
	lock := func(text string) {
		t.Helper()
		_, err := conn.ExecContext(context.Background(), text)
		must(t, err)
	}
	lock("BEGIN IMMEDIATE")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	gives(t, "touch", st.Touch(ctx, key, 2*time.Hour), context.DeadlineExceeded)
	holds(t, st, key, secret)
	var wg sync.WaitGroup
	var done atomic.Bool
	wg.Go(func() {
		must(t, st.Touch(t.Context(), key, 2*time.Hour))
		if !done.Load() {
			t.Error("a touch went through a lock")
		}
	})
	time.Sleep(50 * time.Millisecond)
	done.Store(true)
	lock("COMMIT")
	wg.Wait()
}

// Two transactions that deadlock, one of them ours: ours is undone, and run
// again.
func TestDeadlock(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		if p.dialect == sqlstore.SQLite {
			return // it has one writer
		}
		st, db := p.store(sqlstore.Options{}), p.open("")
		p.store(sqlstore.Options{Table: "other"})
		p.do(db, "INSERT INTO sessions (session_id, data, expiry) VALUES ('a', 'x', '2020-01-01'), ('b', 'x', '2020-01-02')")
		tx, err := db.Begin()
		must(t, err)
		defer tx.Rollback()
		do := func(text string) {
			t.Helper()
			_, err := tx.Exec(text)
			must(t, err)
		}
		for i := range 100 { // MySQL undoes the one that has done less
			do(fmt.Sprintf("INSERT INTO other (session_id) VALUES ('%d')", i))
		}
		do("UPDATE sessions SET data = 'y' WHERE session_id = 'b'")
		var wg sync.WaitGroup
		wg.Go(func() {
			if n, err := st.Purge(t.Context()); n != 2 || err != nil {
				t.Errorf("purged %d, %v", n, err)
			}
		})
		time.Sleep(300 * time.Millisecond) // it has a, waits for b, and in PostgreSQL will look for deadlocks first
		do("UPDATE sessions SET data = 'y' WHERE session_id = 'a'")
		must(t, tx.Commit())
		wg.Wait()
	})
}

// The key is checked before anything is sent.
func TestKeys(t *testing.T) {
	p := sqlite(t)
	st := p.store(sqlstore.Options{})
	for _, key := range []string{"", "a b", "ä", "a\x00", "a\x7f", strings.Repeat("x", 256)} {
		if _, err := st.Create(t.Context(), key, nil, time.Hour); err == nil || verb.Answered(err) {
			t.Errorf("%q: %v", key, err)
		}
	}
	create(t, st, strings.Repeat("x", 255), "x", time.Hour)
	for _, prefix := range []string{"ä", "a b", strings.Repeat("x", 256)} {
		for range st.List(t.Context(), prefix) {
			t.Errorf("there is a key that begins with %q", prefix)
		}
	}
}
