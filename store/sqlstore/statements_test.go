package sqlstore_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/sqlwatch"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// What each verb sends, exactly: one statement, and one more to find out why it
// did nothing. Statements are prepared once on a connection.
func TestStatements(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		c := clockAt(time.Unix(1700000000, 0))
		p.store(sqlstore.Options{})
		db, log, err := sqlwatch.Open(p.driver, p.dsn(p.in, ""))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		st, raw := p.bare(db, options(c)), p.open("")
		my := p.dialect == sqlstore.MySQL
		for round, warm := range []bool{false, true} {
			for _, v := range verbs() {
				for _, state := range []string{"absent", "there", "changed", "over"} {
					p.do(raw, "DELETE FROM sessions")
					if state != "absent" {
						data, life := secret, time.Hour
						if state == "changed" {
							data = "theirs"
						}
						if state == "over" {
							life = time.Second
						}
						create(t, p.bare(raw, options(c)), key, data, life)
						if state == "over" {
							c.pass(2 * time.Second)
						}
					}
					log.Take()
					err := v.Call(t.Context(), st)
					if !verb.Answered(err) {
						t.Fatal(v.Name, err)
					}
					want := map[string]string{"Load": "SELECT", "Create": "INSERT", "Update": "UPDATE", "Touch": "UPDATE", "Remove": "DELETE", "Delete": "DELETE"}[v.Name]
					switch {
					case v.Name == "Update" && state != "there", v.Name == "Remove" && state != "there":
						want += " SELECT"
					case my && v.Name == "Touch" && (state == "absent" || state == "over"):
						want += " SELECT"
					case my && v.Name == "Create" && state == "over":
						want = "INSERT UPDATE"
					case my && v.Name == "Create" && state != "absent":
						want = "INSERT UPDATE SELECT"
					}
					if got := log.Take(); warm && got != want {
						t.Errorf("round %d: %s, %s: sent %s, want %s (%v)", round, v.Name, state, got, want, err)
					}
				}
			}
		}
		_, err = st.Purge(t.Context())
		must(t, err)
		log.Take()
		create(t, st, key, secret, time.Hour)
		must(t, st.Touch(t.Context(), key, time.Minute)) // shortens nothing, and says so in one statement but on MySQL
		want := "INSERT UPDATE"
		if my {
			want += " SELECT"
		}
		if got := log.Take(); got != want {
			t.Errorf("a touch that would shorten: %s, want %s", got, want)
		}
	})
}
