package dewar_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dewar-go/dewar"

// The laws of the house (CONTRIBUTING.md), read off the source.

// files calls f with every Go file of every module, but tests if tests is
// false.
func files(t *testing.T, tests bool, f func(path string, file *ast.File, fset *token.FileSet)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || !tests && strings.HasSuffix(path, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		n++
		f(filepath.ToSlash(path), file, fset)
		return nil
	})
	if err != nil || n == 0 {
		t.Fatalf("%d files, %v", n, err)
	}
}

// moduleOf gives the folder of the module that a file belongs to; "." is the
// root module.
func moduleOf(path string) string {
	for dir := filepath.Dir(path); dir != "."; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	return "."
}

func imports(file *ast.File) (paths []string) {
	for _, spec := range file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

// The root module stands on the standard library alone.
func TestRootModuleNeedsNothing(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil || strings.Contains(string(mod), "require") {
		t.Errorf("go.mod has a require (%v)", err)
	}
	files(t, true, func(path string, file *ast.File, _ *token.FileSet) {
		if moduleOf(path) != "." {
			return
		}
		for _, p := range imports(file) {
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") && !strings.HasPrefix(p, module) {
				t.Errorf("%s imports %s", path, p)
			}
		}
	})
}

// forTests matches the files that only tests use.
var forTests = regexp.MustCompile(`^(interop|bench|storetest|internal/realserver|internal/seeded)/`)

// Who may know whom.
func TestWhoKnowsWhom(t *testing.T) {
	files(t, false, func(path string, file *ast.File, _ *token.FileSet) {
		for _, p := range imports(file) {
			switch {
			case p == module+"/flask" && !program(path):
				t.Errorf("%s imports flask; only programs do", path)
			case (strings.HasPrefix(p, "go.opentelemetry.io/") || strings.HasPrefix(p, "github.com/prometheus/") || strings.HasPrefix(p, module+"/telemetry")) &&
				!strings.HasPrefix(path, "telemetry/") && !program(path):
				t.Errorf("%s imports %s; only telemetry and programs count", path, p)
			case strings.HasPrefix(path, "store/") && (p == "net/http" || strings.HasPrefix(p, module+"/codec") || strings.HasPrefix(p, module+"/signing")):
				t.Errorf("%s imports %s; a store knows bytes and time", path, p)
			case strings.HasPrefix(path, "codec/") && (p == module || p == "net/http" || strings.HasPrefix(p, module+"/signing")):
				t.Errorf("%s imports %s; a codec knows bytes", path, p)
			case strings.HasPrefix(path, "signing/") && (p == module || p == "net/http" || strings.HasPrefix(p, module+"/codec")):
				t.Errorf("%s imports %s; signing knows bytes, keys and time", path, p)
			case p == "testing" && !forTests.MatchString(path):
				t.Errorf("%s imports testing", path)
			}
		}
	})
}

// program reports whether a file is part of one.
func program(path string) bool {
	for _, dir := range []string{"cmd/", "examples/", "interop/", "bench/", "open/"} {
		if strings.HasPrefix(path, dir) {
			return true
		}
	}
	return false
}

// No init functions, and no package-level state that can change, in any module.
func TestNoHiddenState(t *testing.T) {
	files(t, false, func(path string, file *ast.File, fset *token.FileSet) {
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil && decl.Name.Name == "init" {
					t.Errorf("%s: an init function", path)
				}
			case *ast.GenDecl:
				if decl.Tok != token.VAR {
					continue
				}
				for _, spec := range decl.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						if name.Name != "_" && assigned(file, name.Name) {
							t.Errorf("%s: %s is assigned to", fset.Position(name.Pos()), name.Name)
						}
					}
				}
			}
		}
	})
}

// assigned reports whether a function of the file assigns to name, a variable
// of the package.
func assigned(file *ast.File, name string) (found bool) {
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			if as, ok := n.(*ast.AssignStmt); ok && as.Tok == token.ASSIGN {
				for _, lhs := range as.Lhs {
					if id, ok := lhs.(*ast.Ident); ok && id.Name == name {
						found = true
					}
				}
			}
			return true
		})
	}
	return found
}

// Small rooms: no file over 400 lines.
func TestSmallRooms(t *testing.T) {
	files(t, true, func(path string, file *ast.File, fset *token.FileSet) {
		if lines := fset.File(file.Pos()).LineCount(); lines > 400 {
			t.Errorf("%s has %d lines", path, lines)
		}
	})
}

// Every exported name says what it is, in any module. Of a program's nobody has any.
func TestEveryPublicNameIsDocumented(t *testing.T) {
	files(t, false, func(path string, file *ast.File, fset *token.FileSet) {
		if strings.HasPrefix(path, "internal/") || strings.Contains(path, "/internal/") || file.Name.Name == "main" {
			return
		}
		bare := func(pos token.Pos, name string) { t.Errorf("%s: %s has no comment", fset.Position(pos), name) }
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Name.IsExported() && decl.Doc == nil && !unexportedReceiver(decl) && decl.Name.Name != "Error" && decl.Name.Name != "Is" {
					bare(decl.Pos(), decl.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						if spec.Name.IsExported() && decl.Doc == nil && spec.Doc == nil && spec.Comment == nil {
							bare(spec.Pos(), spec.Name.Name)
						}
					case *ast.ValueSpec:
						if spec.Names[0].IsExported() && decl.Doc == nil && spec.Doc == nil && spec.Comment == nil {
							bare(spec.Pos(), spec.Names[0].Name)
						}
					}
				}
			}
		}
	})
}

func unexportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return false
	}
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && !id.IsExported()
}
