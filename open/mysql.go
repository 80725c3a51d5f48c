package open

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/dewar-go/dewar/store/sqlstore"
	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	_ "modernc.org/sqlite" // for openSQLite
)

// openMySQL connects by go-sql-driver.
func openMySQL(u *url.URL) (database, error) {
	return openDatabase(u, sqlstore.MySQL, func(u *url.URL, query url.Values) (*sql.DB, error) {
		config, err := mysqlConfig(u, query)
		if err != nil {
			return nil, err
		}
		connector, err := mysql.NewConnector(config)
		if err != nil {
			return nil, errors.New("open: tls is none of true, false, preferred and skip-verify")
		}
		return sql.OpenDB(impatient{connector, config.Timeout}), nil
	})
}

// impatient gives a connection a time until it is of use. The driver's own timeout
// ends when the server has taken the connection, and not when it has greeted; a
// pool that makes one for who waits would wait for ever.
type impatient struct {
	driver.Connector
	timeout time.Duration
}

func (c impatient) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.Connector.Connect(ctx)
}

func mysqlConfig(u *url.URL, query url.Values) (*mysql.Config, error) {
	if err := onlyKnown(query, "read_timeout", "tls", "timeout", "unix_socket", "write_timeout"); err != nil {
		return nil, err
	}
	config := mysql.NewConfig()
	config.Logger = &mysql.NopLogger{} // what it logs, as a lost connection, comes as errors too
	config.Timeout = connectTimeout
	config.ClientFoundRows = true // a second touch within a second then needs no SELECT to be told from a lost one
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.DBName = strings.TrimPrefix(u.Path, "/")
	if config.DBName == "" || strings.Contains(config.DBName, "/") {
		return nil, errors.New("open: a mysql: URL names a database: mysql://host/database")
	}
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = "3306"
	}
	config.Net, config.Addr = "tcp", net.JoinHostPort(host, port)
	if socket := query.Get("unix_socket"); socket != "" {
		config.Net, config.Addr = "unix", socket
	}
	config.TLSConfig = query.Get("tls")
	for name, to := range map[string]*time.Duration{"timeout": &config.Timeout, "read_timeout": &config.ReadTimeout, "write_timeout": &config.WriteTimeout} {
		if text := query.Get(name); text != "" {
			d, err := time.ParseDuration(text)
			if err != nil || d <= 0 {
				return nil, fmt.Errorf("open: %s is no time, as 2s", name)
			}
			*to = d
		}
	}
	return config, nil
}

// codeOf is what a database that answers says, without its words.
func codeOf(err error) string {
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return fmt.Sprint(e.Number)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return "unknown"
}
