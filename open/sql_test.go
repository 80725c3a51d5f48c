package open_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// What one opens is kept where the other finds it, by any spelling of the
// database, and in the table that the URL says.
func TestDatabases(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	pg, my := realserver.PostgreSQL(t), realserver.MariaDB(t)
	pgHost, pgPort, _ := strings.Cut(pg.Addr, ":")
	for name, urls := range map[string][]string{
		"PostgreSQL": {
			"postgres://postgres@" + pg.Addr + "/postgres?sslmode=disable",
			"postgresql://postgres:any@" + pgHost + "/postgres?port=" + pgPort + "&sslmode=prefer&connections=3&application_name=lab",
			"postgres:///postgres?user=x&host=" + url.QueryEscape(filepath.Dir(pg.Socket)) + "&port=" + pgPort,
		},
		"MariaDB": {
			"mysql://root@" + my.Addr + "/test",
			"mariadb://root@localhost:1/test?unix_socket=" + url.QueryEscape(my.Socket) + "&timeout=1s&read_timeout=30s&tls=false",
		},
		"SQLite": {"sqlite:///a%20b.db", "sqlite:///" + here + "/a%20b.db?wal=true"},
	} {
		if name == "PostgreSQL" {
			urls[2] = "postgres://postgres@/postgres?host=" + url.QueryEscape(filepath.Dir(pg.Socket)) + "&port=" + pgPort
		}
		first := mustOpen(t, urls[0])
		if first.Format != "tagged" || first.Layout != dewar.NativeLayout || first.Prefix != "dewar:" {
			t.Errorf("%s: got %+v", name, first)
		}
		if _, err := first.Store.(*sqlstore.Store).Migrate(t.Context()); err != nil {
			t.Fatal(name, err)
		}
		if _, err := first.Store.Create(t.Context(), "dewar:k", []byte("data"), time.Hour); err != nil {
			t.Fatal(name, err)
		}
		for _, url := range urls[1:] {
			if item, err := mustOpen(t, url).Store.Load(t.Context(), "dewar:k"); err != nil || string(item.Data) != "data" {
				t.Errorf("%s: got %q, %v", url, item.Data, err)
			}
		}
		and := "?"
		if strings.Contains(urls[0], "?") {
			and = "&"
		}
		other := mustOpen(t, urls[0]+and+"layout=flask&table=others")
		if other.Format != "msgpack" || other.Layout != dewar.FlaskLayout || other.Prefix != "session:" {
			t.Errorf("%s: got %+v", name, other)
		}
		if _, err := other.Store.Load(t.Context(), "dewar:k"); err != sqlstore.ErrNoTable {
			t.Errorf("%s: got %v, want %v", name, err, sqlstore.ErrNoTable)
		}
	}
}

// A URL of a database that can't be opened is refused with what is wrong with
// it: nothing of it is quoted but a setting's name and the server's address.
func TestDatabaseRefusals(t *testing.T) {
	t.Chdir(t.TempDir())
	my := realserver.MariaDB(t)
	for _, tt := range []struct{ url, want string }{
		{"postgres://u:s3cr3t@h/d?tabel=x", `open: the URL has an unknown setting "tabel"`},
		{"postgres://u:s3cr3t@h/d?table=a%20b", "sqlstore: a table's name is of letters, digits and _, or two such with a dot between: schema.name; of 56 characters at most, a schema's of 63"},
		{"postgres://u:s3cr3t@h:x/d", "open: this is no URL; special characters in a password are written as %2F, %23, %3F and so on"},
		{"postgres://u:s3cr3t@h/d?sslmode=s3cr3t", "open: a postgres: URL's port, settings or certificates can't be used"},
		{"postgres://u:s3cr3t@h/d?sslmode=disable&sslmode=disable", `open: the setting "sslmode" stands in the URL more than once`},
		{"mysql://u:s3cr3t@h/", "open: a mysql: URL names a database: mysql://host/database"},
		{"mysql://u:s3cr3t@h/a/b", "open: a mysql: URL names a database: mysql://host/database"},
		{"mysql://u:s3cr3t@h/d?charset=utf8", `open: the URL has an unknown setting "charset"`},
		{"mysql://u:s3cr3t@h/d?timeout=s3cr3t", "open: timeout is no time, as 2s"},
		{"mysql://u:s3cr3t@h/d?tls=s3cr3t", "open: tls is none of true, false, preferred and skip-verify"},
		{"mysql://u:s3cr3t@h/d?connections=0", "open: connections is not a number of connections, 1 or more"},
		{"mysql://u:s3cr3t@" + my.Addr + "/test", "open: the database lets nobody in: error 1045"},
		{"sqlite://", "open: sqlite: names a file: sqlite:///relative, sqlite:////absolute"},
		{"sqlite://host/file", "open: sqlite: names a file: sqlite:///relative, sqlite:////absolute"},
		{"sqlite:file", "open: sqlite: names a file: sqlite:///relative, sqlite:////absolute"},
		{"sqlite:///:memory:", "open: sqlite: names a file: sqlite:///relative, sqlite:////absolute"},
		{"sqlite:///x?wal=perhaps", "open: wal is neither true nor false"},
		{"sqlite:///x?mode=ro", `open: the URL has an unknown setting "mode"`},
		{"postgres://u:s3cr3t@127.0.0.1:1/d?sslmode=disable", "open: the database can't be reached: dial tcp 127.0.0.1:1: connect: connection refused"},
		{"mysql://u:s3cr3t@127.0.0.1:1/d", "open: the database can't be reached: dial tcp 127.0.0.1:1: connect: connection refused"},
	} {
		o, err := open.Open(t.Context(), tt.url)
		if o != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.url, err, tt.want)
		}
	}
}
