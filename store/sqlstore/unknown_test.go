package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/sqlstore"
	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/lib/pq"
)

// throughCut is a pool of each driver whose answers can be lost.
func (p place) throughCut(cut *realserver.Cut) map[string]*sql.DB {
	p.t.Helper()
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return cut.Conn(conn), err
	}
	dbs := map[string]*sql.DB{}
	if p.dialect == sqlstore.PostgreSQL {
		config, err := pgx.ParseConfig(p.dsn(p.in, ""))
		must(p.t, err)
		config.DialFunc = dial
		dbs["pgx"] = stdlib.OpenDB(*config)
		libpq, err := pq.NewConnector(p.dsn(p.in, ""))
		must(p.t, err)
		libpq.Dialer(dialer(dial))
		dbs["lib/pq"] = sql.OpenDB(libpq)
		dbs["lib/pq, wrapped"] = replaying(libpq)
	} else {
		config, err := mysqldriver.ParseDSN(p.dsn(p.in, ""))
		must(p.t, err)
		config.Logger = &mysqldriver.NopLogger{}
		config.DialFunc = dial
		connector, err := mysqldriver.NewConnector(config)
		must(p.t, err)
		dbs["go-sql-driver"] = sql.OpenDB(connector)
		dbs["a driver that replays"] = replaying(connector)
	}
	for _, db := range dbs {
		p.t.Cleanup(func() { _ = db.Close() })
	}
	return dbs
}

// A dialer is lib/pq's.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

func (d dialer) Dial(network, addr string) (net.Conn, error) {
	return d(context.Background(), network, addr)
}

func (d dialer) DialTimeout(network, addr string, timeout time.Duration) (net.Conn, error) {
	return d(context.Background(), network, addr)
}

// replaying is a driver that nobody knows, and that takes every lost connection for
// one over which nothing was sent, as lib/pq does.
func replaying(c driver.Connector) *sql.DB {
	return sql.OpenDB(hooked{c, struct{ driver.Driver }{}, func(send func() error) error {
		err := send()
		if errors.Is(err, mysqldriver.ErrInvalidConn) || errors.Is(err, io.EOF) {
			return driver.ErrBadConn
		}
		return err
	}})
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
		other := p.store(sqlstore.Options{})
		for name, db := range p.throughCut(&cut) {
			t.Run(name, func(t *testing.T) {
				p.t = t
				st := p.bare(db, sqlstore.Options{})
				next := func(data string) {
					if strings.HasPrefix(name, "lib/pq") {
						data = hex.EncodeToString([]byte(data))
					}
					cut.Next(data)
				}
				for range 3 { // statements get prepared, and pools get a dead connection
					old := create(t, other, key, secret, time.Hour)
					must(t, st.Touch(t.Context(), key, time.Hour+time.Minute))
					next(secret + "2")
					_, err := st.Update(t.Context(), key, old, []byte(secret+"2"), time.Hour)
					if verb.Answered(err) || quotes(err) {
						t.Errorf("update: got %v", err)
					}
					cut.Next("")
					old = holds(t, other, key, secret+"2")
					next(secret + "2")
					if err := st.Remove(t.Context(), key, old); verb.Answered(err) || quotes(err) {
						t.Errorf("remove: got %v", err)
					}
					cut.Next("")
					absent(t, other, key)
					next(secret + "3")
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
	})
}
