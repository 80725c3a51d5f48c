package open

import (
	"database/sql"
	"errors"
	"net/url"

	"github.com/dewar-go/dewar/store/sqlstore"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres connects by pgx, which reads libpq's URLs.
func openPostgres(u *url.URL) (database, error) {
	return openDatabase(u, sqlstore.PostgreSQL, func(u *url.URL, query url.Values) (*sql.DB, error) {
		err := onlyKnown(query, "application_name", "connect_timeout", "default_query_exec_mode", "host", "options", "port",
			"sslcert", "sslkey", "sslmode", "sslrootcert", "sslsni", "target_session_attrs")
		if err != nil {
			return nil, err
		}
		plain := *u
		plain.RawQuery = query.Encode()
		config, err := pgx.ParseConfig(plain.String())
		if err != nil { // its text may have the password
			return nil, errors.New("open: a postgres: URL's port, settings or certificates can't be used")
		}
		if query.Get("connect_timeout") == "" {
			config.ConnectTimeout = connectTimeout
		}
		return stdlib.OpenDB(*config), nil
	})
}
