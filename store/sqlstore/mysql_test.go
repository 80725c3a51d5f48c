package sqlstore_test

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/sqlstore"
	mysqldriver "github.com/go-sql-driver/mysql"
)

// In a table that Flask made on MySQL, where keys compare without case and
// trailing blanks, no verb takes one for another; the second can't be kept, and
// that is said.
func TestCase(t *testing.T) {
	p := mysql(t)
	for _, settings := range []string{"", "clientFoundRows=true"} {
		p := p.fresh()
		db := p.open(settings)
		p.do(db, p.flasks("sessions")...)
		c := clockAt(time.Unix(1700000000, 0))
		st := p.bare(db, options(c))
		it := create(t, st, "session:Abc", "first", time.Hour)
		const other = "session:aBC"
		absent(t, st, other)
		_, err := st.Create(t.Context(), other, []byte("x"), time.Hour)
		gives(t, "create", err, sqlstore.ErrCase)
		_, err = st.Update(t.Context(), other, it, []byte("x"), time.Hour)
		gives(t, "update", err, dewar.ErrNotFound)
		gives(t, "touch", st.Touch(t.Context(), other, 2*time.Hour), dewar.ErrNotFound)
		gives(t, "remove", st.Remove(t.Context(), other, it), dewar.ErrNotFound)
		gives(t, "delete", st.Delete(t.Context(), other), nil)
		if again := holds(t, st, "session:Abc", "first"); again.Left != time.Hour {
			t.Errorf("%v left", again.Left)
		}
		n := 0
		for range st.List(t.Context(), "session:a") {
			n++
		}
		if n != 0 {
			t.Error("a list takes A for a")
		}
		c.pass(time.Hour)
		create(t, st, other, "second", time.Hour) // the first is over, and in nobody's way
		absent(t, st, "session:Abc")
		holds(t, st, other, "second")

		p.do(db, "INSERT INTO sessions (session_id, data, expiry) VALUES ('blank ', 'x', '2090-01-01')")
		absent(t, st, "blank")
		gives(t, "delete", st.Delete(t.Context(), "blank"), nil)
		if err := st.Delete(t.Context(), "blank "); err == nil || verb.Answered(err) {
			t.Errorf("a key with a blank: %v", err)
		}
		var left int
		must(t, db.QueryRow("SELECT count(*) FROM sessions WHERE session_id LIKE 'blank%'").Scan(&left))
		if left != 1 {
			t.Error("a key was taken for one with a blank behind it")
		}
	}
}

// MySQL reports no row where nothing changes: two equal writes and two equal
// touches in one second are successes all the same, whatever the driver was
// told. That the same bytes are there is none by itself.
func TestNothingChanges(t *testing.T) {
	p := mysql(t)
	for _, settings := range []string{"", "clientFoundRows=true"} {
		c := clockAt(time.Unix(1700000000, 0))
		p := p.fresh()
		st := p.on(p.open(settings), options(c))
		it := create(t, st, key, "same", time.Hour)
		for range 3 {
			var err error
			it, err = st.Update(t.Context(), key, it, []byte("same"), time.Hour)
			must(t, err)
			must(t, st.Touch(t.Context(), key, time.Hour))
			_, err = st.Create(t.Context(), key, []byte("same"), time.Hour)
			gives(t, "create", err, dewar.ErrExists)
		}
		_, err := st.Update(t.Context(), key, item("5"), []byte("same"), time.Hour) // another was first with what we want
		gives(t, "update to what is there", err, dewar.ErrConflict)
		_, err = st.Update(t.Context(), key, item("5"), []byte("5"), time.Hour)
		gives(t, "update of what isn't there", err, dewar.ErrConflict)
	}
}

// What a column can't hold is refused before it is sent, also by a server that
// would cut it off in silence; once the column is wider it is taken.
func TestTooLarge(t *testing.T) {
	p := mysql(t, "--sql-mode=")
	db := p.open("")
	p.do(db, p.flasks("sessions")...)
	st := p.bare(db, sqlstore.Options{})
	most, more := strings.Repeat("x", 1<<16-1), []byte(strings.Repeat("y", 1<<16))
	it := create(t, st, key, most, time.Hour)
	_, err := st.Create(t.Context(), "another", more, time.Hour)
	gives(t, "create", err, dewar.ErrTooLarge)
	_, err = st.Update(t.Context(), key, it, more, time.Hour)
	gives(t, "update", err, dewar.ErrTooLarge)
	holds(t, st, key, most)
	absent(t, st, "another")
	_, err = p.store(sqlstore.Options{}).Migrate(t.Context()) // by somebody else
	must(t, err)
	it, err = st.Update(t.Context(), key, it, more, time.Hour)
	must(t, err)
	holds(t, st, key, string(more))
	_, err = st.Update(t.Context(), key, it, make([]byte, 1<<24), time.Hour)
	gives(t, "update", err, dewar.ErrTooLarge)
}

// Connections that commit nothing are refused by every verb, also where the server
// makes them so: what they wrote would be gone with them.
func TestAutocommit(t *testing.T) {
	p := mysql(t)
	p.store(sqlstore.Options{})
	refused := func(settings string) {
		t.Helper()
		db := p.open(settings)
		defer db.Close() // what isn't committed holds locks
		db.SetMaxOpenConns(1)
		st := p.bare(db, sqlstore.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for _, v := range verbs() {
			gives(t, v.Name, v.Call(ctx, st), sqlstore.ErrAutocommit)
		}
		_, err := st.Purge(ctx)
		gives(t, "purge", err, sqlstore.ErrAutocommit)
		for _, err := range st.List(ctx, "") {
			gives(t, "list", err, sqlstore.ErrAutocommit)
		}
	}
	refused("autocommit=0")
	first := p.open("")
	first.SetMaxOpenConns(1)
	_, err := p.bare(first, sqlstore.Options{}).Purge(t.Context()) // asks, and takes no second connection
	must(t, err)
	p.do(p.open(""), "SET GLOBAL autocommit = 0")
	refused("")
}

// A prepared statement that the server wants anew is prepared anew for all who use
// it at that moment.
func TestStaleStatements(t *testing.T) {
	p := mysql(t)
	config, err := mysqldriver.ParseDSN(p.dsn(p.in, ""))
	must(t, err)
	connector, err := mysqldriver.NewConnector(config)
	must(t, err)
	var n atomic.Int64
	db := sql.OpenDB(hooked{connector, connector.Driver(), func(send func() error) error {
		if n.Add(1)%2 == 0 {
			return &mysqldriver.MySQLError{Number: 1615, Message: "Prepared statement needs to be re-prepared"}
		}
		return send()
	}})
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	defer db.Close()
	create(t, p.store(sqlstore.Options{}), key, secret, time.Hour)
	st := p.bare(db, sqlstore.Options{})
	absent(t, st, "other") // what is asked once is asked, in no prepared statement
	var all sync.WaitGroup
	for range 300 {
		all.Go(func() {
			for range 5 {
				if err := st.Touch(t.Context(), key, time.Hour); err != nil {
					t.Errorf("touch: %v", err)
					return
				}
				if _, err := st.Load(t.Context(), key); err != nil {
					t.Errorf("load: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
}
