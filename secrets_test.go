package dewar_test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// Where secrets are made and compared, read off the source of all that programs use.

// used reports whether a file is part of what programs use: neither tests nor what is
// measured and tested with.
func used(file string) bool {
	return !slices.ContainsFunc([]string{"bench/", "interop/", "tools/", "internal/realserver/", "internal/seeded/", "codec/internal/codectest/", "codec/internal/msgspec/"}, func(dir string) bool {
		return strings.HasPrefix(file, dir)
	})
}

// Randomness is crypto/rand's; chance that anybody may guess is for the length of a
// pause. MD5 and SHA-1 are there for others' formats: Flask's signatures and names of
// files.
func TestWhereChanceAndOldHashesAre(t *testing.T) {
	allowed := map[string][]string{
		"math/rand": {}, "math/rand/v2": {"store/sqlstore/ask.go", "store/sqlstore/purge.go"},
		"crypto/md5": {"signing/scheme.go", "store/filestore/place.go"}, "crypto/sha1": {"signing/scheme.go"},
	}
	files(t, false, func(file string, f *ast.File, _ *token.FileSet) {
		for _, p := range imports(f) {
			if where, ok := allowed[p]; ok && used(file) && !slices.Contains(where, file) {
				t.Errorf("%s imports %s", file, p)
			}
			if strings.Contains(path.Base(p), "uuid") {
				t.Errorf("%s imports %s: ids have 256 random bits", file, p)
			}
		}
		// UUIDs as ids are chosen aloud, for an old Flask-Session's sake.
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, lhs := range n.Lhs {
					if sel, ok := lhs.(*ast.SelectorExpr); ok && sel.Sel.Name == "UUIDs" && used(file) && file != "flask/stored032.go" {
						t.Errorf("%s makes ids UUIDs", file)
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "UUIDs" && used(file) {
					t.Errorf("%s makes ids UUIDs", file)
				}
			}
			return true
		})
	})
}

// What is signed is compared in constant time: in package signing by crypto/subtle and
// by the cipher, in no other way, and nobody else makes a MAC.
func TestMACsAreComparedInConstantTime(t *testing.T) {
	compared := 0
	files(t, false, func(file string, f *ast.File, fset *token.FileSet) {
		if !used(file) {
			return
		}
		in := strings.HasPrefix(file, "signing/")
		if slices.Contains(imports(f), "crypto/hmac") && !in {
			t.Errorf("%s makes a MAC", file)
		}
		if !in {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, _ := sel.X.(*ast.Ident)
			switch {
			case pkg == nil:
			case pkg.Name == "subtle" && sel.Sel.Name == "ConstantTimeCompare", pkg.Name == "hmac" && sel.Sel.Name == "Equal":
				compared++
			case (pkg.Name == "bytes" || pkg.Name == "strings" || pkg.Name == "slices") && (sel.Sel.Name == "Equal" || sel.Sel.Name == "Compare" || sel.Sel.Name == "EqualFold"):
				t.Errorf("%s: %s.%s", fset.Position(call.Pos()), pkg.Name, sel.Sel.Name)
			}
			return true
		})
		// verify is the one place where a signature meets another, and it has no other comparison.
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Name.Name != "verify" {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				if b, ok := n.(*ast.BinaryExpr); ok && b.Op == token.EQL {
					if _, isCall := b.X.(*ast.CallExpr); !isCall {
						t.Errorf("%s: ==", fset.Position(b.Pos()))
					}
				}
				return true
			})
		}
	})
	if compared != 1 {
		t.Errorf("%d comparisons of MACs, want 1", compared)
	}
}
