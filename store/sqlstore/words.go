package sqlstore

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// words are the statements on one table in one dialect.
type words struct {
	load, update, touch, remove, delete *statement
	create                              *statement
	replace                             *statement // of a row that is over; nil: create does that too
	list, purge                         *statement
}

// params are what the placeholders of a statement stand for.
type params struct {
	key, prefix, after string
	now, end           string // UTC, see stamp
	data, old          []byte
}

func (p *params) of(name string) any {
	switch name {
	case "key":
		return p.key
	case "prefix":
		return p.prefix
	case "after":
		return p.after
	case "now":
		return p.now
	case "end":
		return p.end
	case "data":
		return p.data
	case "old":
		return p.old
	}
	panic("sqlstore: no parameter :" + name)
}

// The statements, but for what dialects say differently: {table}; {this} row,
// by its key; {data} as bytes; {length} of it; {expiry} as text, which no
// driver's idea of time zones can reach; the {later} of two.
const (
	loadText   = `SELECT session_id, data, {expiry} FROM {table} WHERE session_id = :key AND expiry > :now`
	updateText = `UPDATE {table} SET data = :data, expiry = :end WHERE {this} AND {data} = :old AND expiry > :now`
	touchText  = `UPDATE {table} SET expiry = {later}(expiry, :end) WHERE {this} AND expiry > :now`
	removeText = `DELETE FROM {table} WHERE {this} AND {data} = :old AND expiry > :now`
	deleteText = `DELETE FROM {table} WHERE {this}`
	overText   = `(expiry IS NULL OR expiry <= :now)`
	createText = `INSERT INTO {table} AS kept (session_id, data, expiry) VALUES (:key, :data, :end)
		ON CONFLICT (session_id) DO UPDATE SET data = excluded.data, expiry = excluded.expiry WHERE kept.expiry IS NULL OR kept.expiry <= :now`
	listText = `SELECT session_id, {length}, {expiry} FROM {table} WHERE session_id LIKE :prefix ESCAPE '!' AND session_id > :after AND expiry > :now ORDER BY session_id LIMIT ` + page
)

const page = "1000" // rows of a list or a purge at once

// dialects say it so.
var dialects = map[Dialect]map[string]string{
	PostgreSQL: {
		"this": `session_id = :key`, "data": `data`, "length": `octet_length(data)`,
		"expiry": `to_char(expiry, 'YYYY-MM-DD HH24:MI:SS.US')`, "later": `greatest`,
		"purge": `DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE ` + overText + ` LIMIT ` + page + `)) AND ` + overText,
	},
	MySQL: {
		"this": `session_id = :key AND CAST(session_id AS BINARY) = :key`, "data": `data`, "length": `length(data)`,
		"expiry": `CAST(expiry AS CHAR)`, "later": `greatest`,
		"purge": `DELETE FROM {table} WHERE ` + overText + ` LIMIT ` + page,
	},
	SQLite: {
		"this": `session_id = :key`, "data": `CAST(data AS BLOB)`, "length": `length(CAST(data AS BLOB))`,
		"expiry": `CAST(expiry AS TEXT)`, "later": `max`,
		"purge": `DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE ` + overText + ` LIMIT ` + page + `)`,
	},
}

func newWords(d Dialect, table string) *words {
	pairs := []string{"{table}", d.quoted(table)}
	for name, text := range dialects[d] {
		pairs = append(pairs, "{"+name+"}", text)
	}
	say := strings.NewReplacer(pairs...)
	of := func(text string) *statement { return newStatement(d, say.Replace(say.Replace(text))) } // what stands for a word may have one too
	w := &words{
		load: of(loadText), update: of(updateText), touch: of(touchText), remove: of(removeText), delete: of(deleteText),
		create: of(createText), list: of(listText), purge: of("{purge}"),
	}
	if d == MySQL {
		// ON DUPLICATE KEY UPDATE reports 1 for a new row, and with the driver's
		// clientFoundRows also for one that it left alone. These two report 1
		// and 0 with and without. The row that is over may be of a key that
		// differs in case.
		w.create = of(`INSERT IGNORE INTO {table} (session_id, data, expiry) VALUES (:key, :data, :end)`)
		w.replace = of(`UPDATE {table} SET session_id = :key, data = :data, expiry = :end WHERE session_id = :key AND ` + overText)
	}
	return w
}

var placeholder = regexp.MustCompile(`:[a-z]+`)

// newStatement puts the dialect's placeholders in place of ours.
func newStatement(d Dialect, text string) *statement {
	s := &statement{dialect: d}
	s.text = placeholder.ReplaceAllStringFunc(text, func(word string) string {
		name := word[1:]
		if d == MySQL {
			s.names = append(s.names, name)
			return "?"
		}
		n := slices.Index(s.names, name)
		if n < 0 {
			n = len(s.names)
			s.names = append(s.names, name)
		}
		if d == SQLite {
			return "?" + strconv.Itoa(n+1)
		}
		if name == "now" || name == "end" {
			return "CAST($" + strconv.Itoa(n+1) + " AS timestamp)"
		}
		return "$" + strconv.Itoa(n+1)
	})
	return s
}

func (w *words) close() error {
	var errs []error
	for _, s := range []*statement{w.load, w.update, w.touch, w.remove, w.delete, w.create, w.replace, w.list, w.purge} {
		if s != nil {
			errs = append(errs, s.close())
		}
	}
	return errors.Join(errs...)
}
