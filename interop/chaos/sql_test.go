package chaos

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// database opens a store URL, makes its table, and gives a pool of connections.
func database(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, dialect, o, err := open.Database(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	st, err := sqlstore.New(db, dialect, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func do(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func postgres(t *testing.T) (string, []fault) {
	server := realserver.PostgreSQL(t, "-c", "deadlock_timeout=20ms")
	addr, faults := through(t, server)
	const rest = "/postgres?sslmode=disable"
	db := database(t, "postgres://postgres@"+server.Addr+rest)
	readOnly := func(on string) func() {
		return func() {
			do(t, db, "ALTER SYSTEM SET default_transaction_read_only = "+on, "SELECT pg_reload_conf()")
		}
	}
	faults = append(faults,
		fault{name: "READONLY", begin: readOnly("on"), end: readOnly("off")},
		deadlocks(t, db, lockInAnyOrder, "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"),
		killed(server))
	return "postgres://postgres@" + addr + rest, shortly(faults, "black hole", "READONLY", "deadlocks")
}

func mariadb(t *testing.T) (string, []fault) {
	server := realserver.MariaDB(t)
	addr, faults := through(t, server)
	db := database(t, "mysql://root@"+server.Addr+"/test")
	do(t, db, "CREATE USER app@'%'", "GRANT ALL ON test.* TO app@'%'", // whom read_only concerns
		"CREATE TABLE ballast (id INT PRIMARY KEY, n INT)", "INSERT INTO ballast SELECT seq, 0 FROM seq_0_to_179")
	readOnly := func(on string) func() { return func() { do(t, db, "SET GLOBAL read_only = "+on) } }
	faults = append(faults, hangs(server),
		fault{name: "READONLY", begin: readOnly("ON"), end: readOnly("OFF")},
		deadlocks(t, db, lockByTheIndex, "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Innodb_deadlocks'"),
		killed(server))
	return "mysql://app@" + addr + "/test", shortly(faults, faults[1].name, "deadlocks", "kill -9, started again")
}

// deadlocks are transactions of the kind of lock, six at once, that lock rows
// which visitors write to. total asks the server how many deadlocks there were.
func deadlocks(t *testing.T, db *sql.DB, lock func(tx *sql.Tx, r *rand.Rand, number int) error, total string) fault {
	var wg sync.WaitGroup
	var stop chan struct{}
	var own, others atomic.Int64
	count := func() (n int64) {
		time.Sleep(1100 * time.Millisecond) // PostgreSQL's figures are that late
		if err := db.QueryRow(total).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	transaction := func(r *rand.Rand, number int) {
		tx, err := db.Begin()
		if err == nil {
			err = lock(tx, r, number)
			_ = tx.Rollback()
		}
		if err != nil {
			own.Add(1)
		}
	}
	return fault{
		name: "deadlocks", quiet: true,
		begin: func() {
			others.Store(-count())
			own.Store(0)
			stop = make(chan struct{})
			for i := range 6 {
				r := rand.New(rand.NewPCG(uint64(i), 0))
				wg.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							transaction(r, i)
						}
					}
				})
			}
		},
		end: func() { close(stop); wg.Wait() },
		note: func() string {
			n := others.Add(count())
			if n == 0 {
				t.Error("no deadlock")
			}
			return fmt.Sprintf("%d, of these %d the lab's", n, n-own.Load())
		},
	}
}

// lockInAnyOrder locks three sessions, one after another. It waits longer than
// the lab's statements before it looks for a deadlock, so that theirs are found.
func lockInAnyOrder(tx *sql.Tx, r *rand.Rand, _ int) error {
	if _, err := tx.Exec("SET LOCAL deadlock_timeout = '1s'"); err != nil {
		return err
	}
	ids, err := texts(tx, "SELECT session_id FROM sessions WHERE session_id NOT LIKE '%link.%' ORDER BY session_id LIMIT 8")
	if err != nil {
		return err
	}
	for range min(3, len(ids)) {
		if _, err := texts(tx, "SELECT session_id FROM sessions WHERE session_id = $1 FOR UPDATE", ids[r.IntN(len(ids))]); err != nil {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil
}

// lockByTheIndex locks sessions as a job does that looks for what expires: the
// index first and then the row, and a write does it the other way. It has done
// more than the write, which therefore is undone.
func lockByTheIndex(tx *sql.Tx, _ *rand.Rand, number int) error {
	if _, err := tx.Exec("UPDATE ballast SET n = n + 1 WHERE id BETWEEN ? AND ?", 30*number, 30*number+29); err != nil {
		return err
	}
	_, err := texts(tx, "SELECT session_id FROM sessions FORCE INDEX (sessions_expiry) ORDER BY expiry DESC LIMIT 30 FOR UPDATE")
	return err
}

// texts gives the one column of a query.
func texts(tx *sql.Tx, query string, args ...any) (all []string, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func sqlite(t *testing.T) (string, []fault) {
	disk, full := newDisk(t)
	url := "sqlite:///" + filepath.Join(disk, "sessions.db") + "?wal=true"
	db := database(t, url)
	var conn *sql.Conn
	in := func(statement string) {
		t.Helper()
		var err error
		for late := time.Now().Add(20 * time.Second); time.Now().Before(late); time.Sleep(time.Millisecond) {
			if _, err = conn.ExecContext(context.Background(), statement); err == nil {
				return
			}
		}
		t.Fatalf("%s: %v", statement, err)
	}
	faults := []fault{{
		name: "locked by another process", short: true,
		begin: func() {
			var err error
			if conn, err = db.Conn(context.Background()); err != nil {
				t.Fatal(err)
			}
			in("BEGIN IMMEDIATE")
		},
		end: func() { in("COMMIT"); _ = conn.Close() },
	}}
	if full.begin != nil {
		fill := full.begin
		full.begin = func() {
			do(t, db, "PRAGMA wal_checkpoint(TRUNCATE)") // or it would write over what it has
			fill()
		}
		faults = append(faults, full)
	}
	return url, faults
}
