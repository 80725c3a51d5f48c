package interop

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/sqlwatch"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// What a request costs a database, exactly.
func TestStatementsOfARequest(t *testing.T) {
	for _, place := range []struct {
		dialect     sqlstore.Dialect
		driver, dsn string
	}{
		{sqlstore.PostgreSQL, "pgx", "postgres://postgres@" + realserver.PostgreSQL(t).Addr + "/postgres?sslmode=disable"},
		{sqlstore.MySQL, "mysql", "root@tcp(" + realserver.MariaDB(t).Addr + ")/test?clientFoundRows=true"}, // as open has it
		{sqlstore.SQLite, "sqlite", "file:" + filepath.Join(t.TempDir(), "sessions.db")},
	} {
		db, log, err := sqlwatch.Open(place.driver, place.dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		now := time.Now()
		clock := func() time.Time { return now }
		st, err := sqlstore.New(db, place.dialect, sqlstore.Options{Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := st.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		native, shared := dewar.Stored(st), flask.Stored(st)
		native.Now, shared.Now = clock, clock
		for i, o := range []dewar.Options{native, shared} {
			sessions, err := dewar.New(o)
			if err != nil {
				t.Fatal(err)
			}
			visit := func(cookie string, f func(*dewar.Session)) (string, string) {
				log.Take()
				r := httptest.NewRequest("GET", "https://localhost/", nil)
				r.Header.Set("Cookie", cookie)
				w := httptest.NewRecorder()
				sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
				set, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
				// Preparing is done once on a connection.
				return set, strings.ToLower(strings.ReplaceAll(log.Take(), "PREPARE ", ""))
			}
			read := func(s *dewar.Session) { _ = s.Get("a") }
			write := func(s *dewar.Session) { s.Set("b", now.UnixNano()) }
			first := func(s *dewar.Session) { s.Set("a", 1) }
			end := func(s *dewar.Session) { s.Destroy() }
			cookie, _ := visit("", first)
			renewed, _ := visit("", first)
			renewed, _ = visit(renewed, func(s *dewar.Session) { s.Renew() })
			visit(renewed, read) // the first use of an id that a renewal gave out is written down
			for _, row := range []struct {
				what, cookie string
				later        time.Duration
				do           func(*dewar.Session)
				want         [2]string // native, and Flask's, which extend the life at each request
			}{
				{"no cookie", "", 0, read, [2]string{"", ""}},
				{"first value", "", 0, first, [2]string{"insert", "insert"}},
				{"read", cookie, 0, read, [2]string{"select", "select update"}},
				{"write", cookie, time.Second, write, [2]string{"select update", "select update"}},
				{"an hour later, read", cookie, time.Hour, read, [2]string{"select", "select update"}},
				{"hours later, read", cookie, 20 * time.Hour, read, [2]string{"select update", "select update"}},
				{"and again", cookie, time.Second, read, [2]string{"select", "select update"}},
				{"sign-out", cookie, 0, end, [2]string{"select delete", "select delete"}},
				{"renewed, sign-out", renewed, 0, end, [2]string{"select delete", "select delete"}},
				{"an unknown id", cookie, 0, read, [2]string{"select select", "select select"}},
				{"an id of no shape", "__Host-session=../x; session=../x", 0, read, [2]string{"", ""}},
			} {
				now = now.Add(row.later)
				if _, got := visit(row.cookie, row.do); got != row.want[i] {
					t.Errorf("%v, %v, %s: sent %q, want %q", place.dialect, o.Rules, row.what, got, row.want[i])
				}
			}
		}
	}
}
