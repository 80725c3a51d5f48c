//go:build unix

package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// The table fits the sources, and variants have their lines where the sources
// have them.
func TestEveryPlaceIsThere(t *testing.T) {
	for dir, list := range byDir(places()) {
		files, err := variants(root, dir, list)
		if err != nil {
			t.Error(err)
		}
		for name, text := range files {
			original, err := os.ReadFile(filepath.Join(root, name))
			if err != nil || bytes.Count(text, []byte("\n")) != bytes.Count(original, []byte("\n")) {
				t.Errorf("%s: other lines than the source has (%v)", name, err)
			}
		}
	}
}

// A new store or backend is in the table too.
func TestEveryStoreAndBackendHasItsPlaces(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(root, "store", "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range places() {
		known[p.dir+" "+p.name] = true
	}
	n := 0
	for _, name := range append(dirs, more...) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || strings.HasSuffix(name, "_test.go") || fn.Name.Name != "Remove" && fn.Name.Name != "Drop" {
				continue
			}
			dir, _ := filepath.Rel(root, filepath.Dir(name))
			switch place := dir + " " + nameOf(fn); place {
			case ". deadline.Remove", ". Unavailable.Drop": // they say nothing of their own
			default:
				n++
				if !known[place] {
					t.Errorf("%s: %s isn't in the table", name, nameOf(fn))
				}
			}
		}
	}
	if n < 12 {
		t.Errorf("%d stores and backends", n)
	}
}

func TestAPlaceThatIsGone(t *testing.T) {
	_, err := variants(root, "signing", []place{{"signing", "Ring.Len", "", ""}, {"signing", "Ring.Turn", "", ""}})
	if err == nil || !strings.Contains(err.Error(), "signing has no Ring.Turn any more") {
		t.Errorf("%v", err)
	}
}

func TestVariants(t *testing.T) {
	const head = "package p\n\n"
	const headOf = `package p; import "github.com/dewar-go/dewar/internal/issued/note"` + "\n\n"
	for _, row := range []struct{ source, first, last, want string }{
		{"func F(a, b int) {}", "f($0, $1)", "", "func F(a, b int) { f(a, b);}"},
		{"func F(a int) T { return 0 }", "", "f(=0)", "func F(a int) (result0OfThis T) { defer func() { f(result0OfThis) }(); return 0 }"},
		{"func F() (T, error) { return }", "", "f(=0, =e)", "func F() (result0OfThis T, result1OfThis error) { defer func() { f(result0OfThis, result1OfThis) }(); return }"},
		{"func F() (a T, err error) {\n}", "g()", "f(=0, =e)", "func F() (a T, err error) { g(); defer func() { f(a, err) }();\n}"},
		{"func G() {}", "f()", "", ""},
	} {
		got, err := variant("p.go", []byte(head+row.source), []place{{"", "F", row.first, row.last}}, map[string]bool{})
		want := row.want
		if want != "" {
			want = headOf + want
		}
		if err != nil || string(got) != want {
			t.Errorf("%s:\n%s\n%v", row.source, got, err)
		}
	}
	got, err := variant("p.go", []byte(head+"func (c *T[K]) F() {}\nfunc (c *T) F() {}"), []place{{"", "T.F", "f($c)", ""}}, map[string]bool{})
	if want := headOf + "func (c *T[K]) F() {}\nfunc (c *T) F() { f(c);}"; err != nil || string(got) != want {
		t.Errorf("a method:\n%s\n%v", got, err)
	}
}

// Notes are kept together with what `go test` keeps: they stay where they are,
// or else the place has another name.
func TestNotesStayOrMove(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "issued")
	next := func() string {
		t.Helper()
		folder, err := notes(parent)
		if err != nil {
			t.Fatal(err)
		}
		return folder
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := next()
	if next() == first {
		t.Error("a folder without notes was taken again")
	}
	first = next()
	write(filepath.Join(first, "issued"), "x")
	write(filepath.Join(first, "said"), "x")
	if next() != first {
		t.Error("the notes were left behind")
	}
	if err := os.Remove(filepath.Join(first, "said")); err != nil {
		t.Fatal(err)
	}
	if next() == first {
		t.Error("a folder without all notes was taken again")
	}
	first = next()
	write(filepath.Join(first, "issued"), "x")
	write(filepath.Join(first, "said"), "x")
	write(filepath.Join(first, foundFile), "")
	if next() == first {
		t.Error("a folder in which something was found was taken again")
	}
	if left, _ := filepath.Glob(filepath.Join(parent, "*")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}
