package dewar_test

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Each test that a page of docs names is there.
func TestDocsNameTestsThatAre(t *testing.T) {
	tests := testNames(t)
	pages, err := filepath.Glob("docs/*.md")
	if more, _ := filepath.Glob("docs/adr/*.md"); err != nil || len(pages) == 0 {
		t.Fatal(err)
	} else {
		pages = append(append(pages, more...), "README.md", "CONTRIBUTING.md")
	}
	for _, page := range pages {
		for _, name := range namedTests(read(t, page)) {
			if !tests[name] {
				t.Errorf("%s names %s, and there is none", page, name)
			}
		}
	}
}

// docs/security.md answers every statement and every weakness, by a test, or by why
// none is there: "later: …", "doesn't apply: …".
func TestEveryStatementIsAnswered(t *testing.T) {
	_, statements, _ := strings.Cut(read(t, "docs/security.md"), "## The hundred statements")
	statements, weaknesses, _ := strings.Cut(statements, "## Others' weaknesses")
	if n := answered(t, "statement", statements, 100, 3); n < 70 {
		t.Errorf("%d statements have a test, want 70", n)
	}
	answered(t, "weakness", weaknesses, 47, 4)
}

// answered checks the rows of one kind, and counts those with a test.
func answered(t *testing.T, kind, text string, rows, cells int) (tested int) {
	t.Helper()
	next := 1
	for line := range strings.Lines(text) {
		row := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		n, err := strconv.Atoi(strings.TrimSpace(row[0]))
		if err != nil || line[0] != '|' {
			continue
		}
		if n != next || len(row) != cells {
			t.Errorf("%s %d has %d cells, and %d was next", kind, n, len(row), next)
		}
		next = n + 1
		answer := strings.TrimSpace(row[len(row)-1])
		reason, excused := strings.CutPrefix(answer, "later: ")
		if !excused {
			reason, excused = strings.CutPrefix(answer, "doesn't apply: ")
		}
		switch {
		case excused && len(reason) < 10:
			t.Errorf("%s %d: no reason", kind, n)
		case excused:
		case len(namedTests(answer)) == 0:
			t.Errorf("%s %d has neither a test nor a reason", kind, n)
		default:
			tested++
		}
	}
	if next != rows+1 {
		t.Errorf("the last %s is %d, want %d", kind, next-1, rows)
	}
	return tested
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var named = regexp.MustCompile("`((?:Test|Fuzz|Example)[A-Za-z0-9_]*)`")

// namedTests gives the tests that a text names.
func namedTests(text string) (names []string) {
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// testNames gives the tests of all modules.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files(t, true, func(path string, file *ast.File, _ *token.FileSet) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = true
			}
		}
	})
	return names
}
