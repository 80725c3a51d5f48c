package sqlstore_test

import (
	"context"
	"database/sql"
	"net"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/sqlstore"
	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// throughCut is a pool whose answers can be lost.
func (p place) throughCut(cut *realserver.Cut) *sql.DB {
	p.t.Helper()
	var db *sql.DB
	if p.dialect == sqlstore.PostgreSQL {
		config, err := pgx.ParseConfig(p.dsn(p.in, ""))
		must(p.t, err)
		config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return cut.Conn(conn), err
		}
		db = stdlib.OpenDB(*config)
	} else {
		config, err := mysqldriver.ParseDSN(p.dsn(p.in, ""))
		must(p.t, err)
		config.Logger = &mysqldriver.NopLogger{}
		config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return cut.Conn(conn), err
		}
		connector, err := mysqldriver.NewConnector(config)
		must(p.t, err)
		db = sql.OpenDB(connector)
	}
	p.t.Cleanup(func() { _ = db.Close() })
	return db
}

// A write whose answer is lost was done, and nobody can know: it is an error that
// is no outcome, and it isn't sent again. Sent twice, an update would meet its
// own result and call it a conflict, and a create would say that another was
// first.
func TestUnknownOutcome(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		if p.server == nil {
			return // a file has no connection to lose
		}
		var cut realserver.Cut
		other, st := p.store(sqlstore.Options{}), p.bare(p.throughCut(&cut), sqlstore.Options{})
		for range 3 { // statements get prepared, and pools get a dead connection
			old := create(t, other, key, secret, time.Hour)
			must(t, st.Touch(t.Context(), key, time.Hour+time.Minute))
			cut.Next(secret + "2")
			_, err := st.Update(t.Context(), key, old, []byte(secret+"2"), time.Hour)
			if verb.Answered(err) || quotes(err) {
				t.Errorf("update: got %v", err)
			}
			cut.Next("")
			old = holds(t, other, key, secret+"2")
			cut.Next(secret + "2")
			if err := st.Remove(t.Context(), key, old); verb.Answered(err) || quotes(err) {
				t.Errorf("remove: got %v", err)
			}
			cut.Next("")
			absent(t, other, key)
			cut.Next(secret + "3")
			if _, err := st.Create(t.Context(), key, []byte(secret+"3"), time.Hour); verb.Answered(err) || quotes(err) {
				t.Errorf("create: got %v", err)
			}
			cut.Next("")
			holds(t, other, key, secret+"3")
			gives(t, "create again", func() error { _, err := st.Create(t.Context(), key, nil, time.Hour); return err }(), dewar.ErrExists)
			must(t, st.Delete(t.Context(), key))
		}
	})
}
