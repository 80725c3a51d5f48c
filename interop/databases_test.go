package interop

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
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
		native := []string{key, "DEWAR_STORE=" + url, "DEWAR_INSECURE=true", "DEWAR_GRACE=60"}
		shared := []string{key, "DEWAR_STORE=" + url + "&layout=flask"}
		t.Run(name, func(t *testing.T) { probes(t, false, share, twin.Dewar(t, native...), twin.Dewar(t, native...)) })
		t.Run(name+", Flask-Session's rules", func(t *testing.T) { probes(t, true, share, twin.Dewar(t, shared...), twin.Dewar(t, shared...)) })
	}
}

// While the database is gone no response touches the cookie, requests without
// one don't notice, and once it is back everything goes on without a restart,
// the sessions too.
func TestDatabaseOutage(t *testing.T) {
	pg, my := realserver.PostgreSQL(t), realserver.MariaDB(t)
	for url, server := range map[string]*realserver.Server{
		"postgres://postgres@" + pg.Addr + "/postgres?sslmode=disable": pg,
		"mysql://root@" + my.Addr + "/test":                            my,
	} {
		migrate(t, url)
		env := []string{key, "DEWAR_STORE=" + url, "DEWAR_INSECURE=true"}
		failing, anonymous := twin.Dewar(t, env...), twin.Dewar(t, append(env, "DEWAR_OUTAGE=anonymous")...)
		_, cookie, err := ask(failing, "", `[["set","a",1]]`)
		if err != nil {
			t.Fatal(err)
		}
		send := func(lab *twin.Lab, cookie, ops string) (int, http.Header) {
			r, err := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader(ops))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Cookie", cookie)
			res, err := twin.Client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			return res.StatusCode, res.Header
		}
		server.Stop()
		for _, row := range []struct {
			lab         *twin.Lab
			cookie, ops string
			want        int
		}{
			{failing, cookie, `[["get","a"]]`, 503},
			{failing, cookie, `[["logout"]]`, 503},
			{failing, "", `[["get","a"]]`, 200},
			{failing, "", `[["set","a",1]]`, 503},
			{anonymous, cookie, `[["get","a"]]`, 200},
			{anonymous, cookie, `[["set","a",1],["logout"]]`, 200},
		} {
			status, h := send(row.lab, row.cookie, row.ops)
			if status != row.want || len(h["Set-Cookie"]) > 0 {
				t.Errorf("%s: %d %v, want %d and no cookie", row.ops, status, h, row.want)
			}
		}
		server.Start()
		deadline := time.Now().Add(20 * time.Second)
		for {
			line, _, err := ask(failing, cookie, `[["get","a"]]`)
			if err == nil && strings.HasPrefix(line, `{"results":[1]`) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("no recovery within 20 seconds: %s %v", line, err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}
