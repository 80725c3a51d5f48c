package sqlstore_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/sqlstore"
)

// A recorded is a case of testdata/flask_session.json, by its rows.
type recorded struct {
	ID, Backend, Dialect string
	DDL                  []json.RawMessage
	Steps                []struct {
		Now  int64
		Rows []row
	}
}

type row struct {
	Session string  `json:"session_id"`
	Expiry  *string `json:"expiry"`
	Base64  string  `json:"data_b64"`
	Hex     string  `json:"data"`
}

func (r row) data(t *testing.T) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(r.Base64)
	if r.Hex != "" {
		data, err = hex.DecodeString(r.Hex)
	}
	must(t, err)
	return data
}

// The rows that Flask-Session wrote are read, extended and replaced in the
// tables that it made, and what we write in their place is what it would have
// written, to the byte and to the digit.
func TestRecordedRows(t *testing.T) {
	text, err := os.ReadFile("../../testdata/flask_session.json")
	must(t, err)
	var file struct{ Cases []recorded }
	must(t, json.Unmarshal(text, &file))
	everywhere(t, func(t *testing.T, p place) {
		p.t = t
		seen, raw := 0, p.open("")
		p.do(raw, p.flasks("sessions")...)
		if p.dialect == sqlstore.PostgreSQL {
			p.do(raw, devTable...)
		}
		for _, c := range file.Cases {
			table := "sessions"
			switch {
			case c.Backend == "postgresql" && p.dialect == sqlstore.PostgreSQL:
				table = "flask_sessions"
			case c.Backend != "sqlalchemy", strings.Replace(c.Dialect, "mariadb", "mysql", 1) != p.dialect.String():
				continue
			}
			if c.Backend == "sqlalchemy" && p.dialect == sqlstore.SQLite {
				var ddl string
				must(t, json.Unmarshal(c.DDL[0], &ddl))
				if flat := strings.Join(strings.Fields(ddl), " "); flat != strings.Replace(strings.Replace(p.flasks("sessions")[0], "(id", "( id", 1), "(session_id))", "(session_id) )", 1) {
					t.Fatalf("%s was recorded on another table: %s", c.ID, flat)
				}
			}
			for _, step := range c.Steps {
				for _, r := range step.Rows {
					seen++
					recordedRow(t, p, c.ID, table, step.Now, r)
				}
			}
		}
		if want := map[sqlstore.Dialect]int{sqlstore.PostgreSQL: 19, sqlstore.MySQL: 15, sqlstore.SQLite: 27}[p.dialect]; seen != want {
			t.Errorf("%d rows were recorded on %v, want %d", seen, p.dialect, want)
		}
	})
}

// devTable is that of Flask-Session's development branch.
var devTable = []string{
	"CREATE TABLE flask_sessions (session_id VARCHAR(255) PRIMARY KEY, created TIMESTAMP WITHOUT TIME ZONE DEFAULT (NOW() AT TIME ZONE 'utc'), data BYTEA, expiry TIMESTAMP WITHOUT TIME ZONE)",
	"CREATE UNIQUE INDEX uq_flask_sessions_session_id ON flask_sessions (session_id)",
	"CREATE INDEX flask_sessions_expiry_idx ON flask_sessions (expiry)",
}

func recordedRow(t *testing.T, p place, id, table string, now int64, r row) {
	t.Helper()
	raw, data := p.open(""), r.data(t)
	insert := map[sqlstore.Dialect]string{sqlstore.PostgreSQL: "VALUES ($1, $2, CAST($3 AS timestamp))"}[p.dialect]
	if insert == "" {
		insert = "VALUES (?, ?, ?)"
	}
	p.do(raw, "DELETE FROM "+table)
	var expiry any
	if r.Expiry != nil {
		expiry = *r.Expiry
	}
	if _, err := raw.Exec("INSERT INTO "+table+" (session_id, data, expiry) "+insert, r.Session, data, expiry); err != nil {
		t.Fatal(err)
	}
	c := clockAt(time.Unix(now, 0))
	st := p.bare(raw, sqlstore.Options{Table: table, Now: c.now})
	if r.Expiry == nil { // as Flask-Session 0.8 has it
		absent(t, st, r.Session)
		return
	}
	end, err := time.Parse(time.DateTime, *r.Expiry)
	must(t, err)
	it := holds(t, st, r.Session, string(data))
	if it.Left != end.Sub(c.now()) {
		t.Errorf("%s: %v left, want %v", id, it.Left, end.Sub(c.now()))
	}
	// What we write at the moment that Flask did, with its life, is its row.
	c.set(end.Add(-time.Hour))
	_, err = st.Update(t.Context(), r.Session, it, []byte("ours"), time.Hour)
	must(t, err)
	holds(t, st, r.Session, "ours")
	it, err = st.Update(t.Context(), r.Session, item("ours"), data, time.Minute)
	must(t, err)
	must(t, st.Touch(t.Context(), r.Session, time.Hour))
	var got []byte
	var gotExpiry string
	form := map[sqlstore.Dialect]string{
		sqlstore.PostgreSQL: "to_char(expiry, 'YYYY-MM-DD HH24:MI:SS.US')", sqlstore.MySQL: "CAST(expiry AS CHAR)", sqlstore.SQLite: "CAST(expiry AS TEXT)",
	}[p.dialect]
	must(t, raw.QueryRow("SELECT data, "+form+" FROM "+table).Scan(&got, &gotExpiry))
	want := end.Format("2006-01-02 15:04:05.000000")
	if p.dialect == sqlstore.MySQL {
		want = *r.Expiry
	}
	if !bytes.Equal(got, data) || gotExpiry != want {
		t.Errorf("%s: wrote %q until %q, want %q until %q", id, got, gotExpiry, data, want)
	}
	must(t, st.Remove(t.Context(), r.Session, it))
	absent(t, st, r.Session)
}
