package interop

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// onDatabase are the settings of labs that share a database, by SQLAlchemy's URL.
func onDatabase(uri string, more ...string) []string {
	return append([]string{key, "SESSION_TYPE=sqlalchemy", "SQLALCHEMY_DATABASE_URI=" + uri}, more...)
}

func onPostgreSQL(scheme string, more ...string) func(*testing.T) []string {
	return func(t *testing.T) []string {
		return onDatabase(scheme+"://postgres@"+realserver.PostgreSQL(t).Addr+"/postgres?sslmode=disable", more...)
	}
}

func onMariaDB(more ...string) func(*testing.T) []string {
	return func(t *testing.T) []string {
		return onDatabase("mysql+pymysql://root@"+realserver.MariaDB(t).Addr+"/test?charset=utf8mb4", more...)
	}
}

func onSQLite(more ...string) func(*testing.T) []string {
	return func(t *testing.T) []string {
		return onDatabase("sqlite:///"+filepath.Join(t.TempDir(), "sessions.db"), more...)
	}
}

// databases are store URLs of servers of the test's own, with the table made.
func databases(t *testing.T) map[string]string {
	t.Helper()
	urls := map[string]string{
		"PostgreSQL": "postgres://postgres@" + realserver.PostgreSQL(t).Addr + "/postgres?sslmode=disable",
		"MariaDB":    "mysql://root@" + realserver.MariaDB(t).Addr + "/test?timeout=2s",
		"SQLite":     "sqlite:///" + filepath.Join(t.TempDir(), "sessions.db") + "?wal=true",
	}
	for _, url := range urls {
		migrate(t, url)
	}
	return urls
}

func migrate(t *testing.T, url string) {
	t.Helper()
	o, err := open.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if _, err := o.Store.(*sqlstore.Store).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Two Dewar processes on each database, under native rules and under
// Flask-Session's; a quarter as often, unless DEWAR_RACES is full.
func TestDatabasesTwoProcesses(t *testing.T) {
	share := 4
	if os.Getenv("DEWAR_RACES") == "full" {
		share = 1
	}
	for name, url := range databases(t) {
		t.Run(name, func(t *testing.T) {
			raceBoth(t, share, slices.Concat(allLives, []string{key, "DEWAR_STORE=" + url}), []string{key, "DEWAR_STORE=" + url + "&layout=flask", tombstones})
		})
	}
}

// The outage of a database; once it is back the sessions are there too.
func TestDatabaseOutage(t *testing.T) {
	pg, my := realserver.PostgreSQL(t), realserver.MariaDB(t)
	for url, server := range map[string]*realserver.Server{
		"postgres://postgres@" + pg.Addr + "/postgres?sslmode=disable": pg,
		"mysql://root@" + my.Addr + "/test":                            my,
	} {
		migrate(t, url)
		lab, cookie := outage(t, server, url)
		if line, _, err := ask(lab, cookie, `[["get","a"]]`); err != nil || !strings.HasPrefix(line, `{"results":[1]`) {
			t.Errorf("after the outage: %s %v", line, err)
		}
	}
}
