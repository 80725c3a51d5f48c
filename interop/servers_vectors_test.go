package interop

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/interop/twin"
)

// What Flask-Session was recorded to answer on memcached, in SQL databases and in
// MongoDB, over HTTP: status, Set-Cookie, Vary. What lies there the stores' own
// tests compare: TestRecordedItems, TestRecordedRows, TestRecordedDocuments; and
// what was put there by hand, they put.
func TestRecordedServers(t *testing.T) {
	file, err := vectors.LoadStore("../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	dev := loadDeviations(t, "Flask-Session elsewhere")
	cases := 0
	for home, env := range map[string]func(*testing.T) []string{
		"memcached/": onMemcached(1), "mongodb/": onMongoWith(),
		"sqlalchemy-sqlite/": onSQLite(), "sqlalchemy-mariadb/": onMariaDB(), "sqlalchemy-postgresql/": onPostgreSQL("postgresql"),
	} {
		settings := env(t)
		twin.Flask(t, settings...) // makes the table
		where := slices.DeleteFunc(settings, func(s string) bool { return s == key })
		for _, c := range file.Cases {
			name := filepath.Base(c.ID)
			if !strings.Contains(c.ID, "/"+home) || byHand[name] {
				continue
			}
			cases++
			t.Run(c.ID, func(t *testing.T) { replayAnswers(t, dev, &c, append(where, "SECRET_KEY="+file.SecretKey)) })
		}
	}
	t.Logf("%d cases", cases)
	if cases < 60 {
		t.Error("so many should be replayed")
	}
	dev.unused(t)
}

// byHand are the cases in which somebody changed what lay there.
var byHand = map[string]bool{"expired": true, "expiry-null": true, "corrupt": true}

func replayAnswers(t *testing.T, dev *deviations, c *vectors.StoreCase, where []string) {
	name, ids := filepath.Base(c.ID), map[string]string{}
	for i, step := range c.Steps {
		if step.Status == 0 {
			continue // the store as it began
		}
		env := slices.DeleteFunc(storedEnvironment(c, "", "", step.Now), func(s string) bool {
			return strings.HasPrefix(s, "SESSION_REDIS=") || strings.HasPrefix(s, "SECRET_KEY=") || strings.HasPrefix(s, "SESSION_TYPE=")
		})
		env = append(env, where...)
		if dev.of(name, "taken") != "" {
			dev.use(name, "taken")
			if err := twin.Refuses(t, env...); err != nil {
				t.Error(err)
			}
			return
		}
		ops, missing := storedOperations(step, c.Version == "0.3.2")
		if missing != "" {
			return // the lab can't be told
		}
		var cookie *string
		if step.Cookie != nil {
			text := *step.Cookie
			for theirs, ours := range ids {
				text = strings.ReplaceAll(text, theirs, ours)
			}
			cookie = &text
		}
		got, err := sendOps(twin.Dewar(t, env...), cookie, ops)
		if err != nil {
			t.Fatal(err)
		}
		if row := rowOf(dev, name, step.Status); row != "" {
			if want := map[string]int{"no session": 200, "200": 200, "503": 503}[row]; got.StatusCode != want {
				t.Errorf("step %d: status %d, want %d", i, got.StatusCode, want)
			}
			return
		}
		lines := got.Header["Set-Cookie"]
		if got.StatusCode != step.Status || len(lines) != len(step.SetCookie) {
			t.Fatalf("step %d: status %d, %q, want %d, %q", i, got.StatusCode, lines, step.Status, step.SetCookie)
		}
		for j, want := range step.SetCookie {
			theirs, rest, _ := strings.Cut(want, ";")
			ours, attributes, _ := strings.Cut(lines[j], ";")
			theirs, ours = strings.TrimPrefix(theirs, "session="), strings.TrimPrefix(ours, "session=")
			if ids[theirs] == "" && theirs != "" {
				ids[theirs] = ours
			}
			if ids[theirs] != ours || attributes != rest || len(ours) != len(theirs) {
				t.Errorf("step %d: cookie %q, want %q", i, lines[j], want)
			}
		}
		var vary []string
		if step.Vary != nil {
			vary = []string{*step.Vary}
		}
		if !slices.Equal(got.Header["Vary"], vary) {
			t.Errorf("step %d: Vary %q, want %q", i, got.Header["Vary"], vary)
		}
	}
}

// rowOf gives what Dewar does in place of a failure, by the table.
func rowOf(dev *deviations, name string, status int) string {
	for _, did := range []string{"500", "200, and it is gone"} {
		if does := dev.of(name, did); does != "" && (status == 500 || did != "500") {
			dev.use(name, did)
			return does
		}
	}
	return ""
}
