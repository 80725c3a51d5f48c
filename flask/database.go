package flask

import (
	"errors"
	"net/url"
	"os"
	"regexp"
	"strings"
)

var tableShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// DatabaseFromMap reads the settings of SESSION_TYPE=sqlalchemy that say where
// the table is, and gives the store URL of it, for package open:
// SQLALCHEMY_DATABASE_URI, which is needed, and SESSION_SQLALCHEMY_TABLE
// (absent: sessions). The error has a *ConfigError for each setting that can't be
// used; it quotes nothing of the URI, which may hold a password.
//
// The URI is SQLAlchemy's: sqlite:///file, postgresql://, postgresql+psycopg2://,
// mysql+pymysql://, mariadb+pymysql:// and the like, whatever the driver behind
// the plus. A relative SQLite file is one of the current folder, where
// Flask-SQLAlchemy has one of the application's instance folder, or before its
// version 3 of its root: write it with four slashes.
func DatabaseFromMap(config map[string]any) (storeURL string, err error) {
	r := reader{config: config}
	if kind, ok := config["SESSION_TYPE"]; ok {
		if text, _ := kind.(string); !strings.EqualFold(text, "sqlalchemy") {
			r.bad("SESSION_TYPE", "not sqlalchemy")
		}
	}
	table := r.text("SESSION_SQLALCHEMY_TABLE", "sessions")
	if table != "" && !tableShape.MatchString(table) {
		r.bad("SESSION_SQLALCHEMY_TABLE", "not a name of letters, digits and _")
	}
	const name = "SQLALCHEMY_DATABASE_URI"
	uri := r.text(name, "")
	if uri == "" && len(r.errs) == 0 {
		r.bad(name, "missing")
	}
	if len(r.errs) > 0 {
		return "", errors.Join(r.errs...)
	}
	storeURL, why := storeURLOf(uri, table)
	if why != "" {
		r.bad(name, "%s", why)
		return "", errors.Join(r.errs...)
	}
	return storeURL, nil
}

// DatabaseFromEnv is DatabaseFromMap for the environment, as FromEnv reads it.
func DatabaseFromEnv() (storeURL string, err error) {
	config := environ("")
	if uri, ok := os.LookupEnv("SQLALCHEMY_DATABASE_URI"); ok { // neither Flask's nor Flask-Session's
		config["SQLALCHEMY_DATABASE_URI"] = uri
	}
	return DatabaseFromMap(config)
}

// storeURLOf makes a store URL of SQLAlchemy's, or says why it can't.
func storeURLOf(uri, table string) (storeURL, why string) {
	u, err := url.Parse(uri)
	if err != nil || u.Opaque != "" || u.Fragment != "" || strings.Contains(u.RawQuery, "@") {
		return "", "not a URL; special characters in a password are written as %2F, %23, %3F and so on"
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil { // what net/url passes over may be an sslmode
		return "", "not a URL: its query can't be read; in it a ; is written as %3B and a percent sign as %25"
	}
	scheme, _, _ := strings.Cut(u.Scheme, "+")
	switch scheme {
	case "postgresql", "postgres":
		u.Scheme = "postgres"
	case "mysql", "mariadb":
		u.Scheme = "mysql"
		query.Del("charset") // of texts; sessions are bytes
	case "sqlite":
		u.Scheme = "sqlite"
		if u.Path == "" || u.Path == "/" || u.Path == "/:memory:" || u.Host != "" || len(query) > 0 {
			return "", "not a file that two programs can share: sqlite:////folder/file"
		}
	default:
		return "", "none of postgresql, mysql, mariadb and sqlite"
	}
	query.Set("layout", "flask")
	query.Set("table", table)
	u.RawQuery = query.Encode()
	return u.String(), ""
}
