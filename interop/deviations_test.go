package interop

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// deviations are the rows of docs/wire.md: what Dewar answers differently on
// purpose, and what the lab can't be asked.
type deviations struct {
	rows    []*deviation
	cantAsk []string
}

type deviation struct {
	pattern, flask, dewar string
	used                  bool
}

// loadDeviations reads the rows that say where Dewar isn't like Flask, or
// Flask-Session.
func loadDeviations(t *testing.T, from string) *deviations {
	t.Helper()
	text, err := os.ReadFile("../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	d := &deviations{}
	for _, cells := range table(t, string(text), "| case | "+from+" | Dewar | why |") {
		for _, pattern := range codeWords(cells[0]) {
			d.rows = append(d.rows, &deviation{pattern: pattern, flask: cells[1], dewar: cells[2]})
		}
	}
	for _, cells := range table(t, string(text), "| needs | why |") {
		d.cantAsk = append(d.cantAsk, codeWords(cells[0])...)
	}
	return d
}

// of gives what Dewar does instead in a case where Flask did flask, or "".
func (d *deviations) of(name, flask string) string {
	for _, row := range d.rows {
		if ok, _ := path.Match(row.pattern, name); ok && row.flask == flask {
			return row.dewar
		}
	}
	return ""
}

// unused says which rows no case needed.
func (d *deviations) unused(t *testing.T) {
	t.Helper()
	for _, row := range d.rows {
		if !row.used {
			t.Errorf("docs/wire.md: no recorded case needs %q", row.pattern)
		}
	}
}

// use marks the rows that a case needed.
func (d *deviations) use(name, flask string) {
	for _, row := range d.rows {
		if ok, _ := path.Match(row.pattern, name); ok && row.flask == flask {
			row.used = true
			return
		}
	}
}

// table gives the cells of the markdown table under this heading.
func table(t *testing.T, text, heading string) (rows [][]string) {
	t.Helper()
	_, below, ok := strings.Cut(text, heading+"\n")
	if !ok {
		t.Fatalf("docs/wire.md has no table %s", heading)
	}
	for _, line := range strings.Split(below, "\n")[1:] {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

var codeWord = regexp.MustCompile("`([^`]+)`")

func codeWords(cell string) (words []string) {
	for _, m := range codeWord.FindAllStringSubmatch(cell, -1) {
		words = append(words, m[1])
	}
	return words
}
