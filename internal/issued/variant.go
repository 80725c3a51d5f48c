//go:build unix

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const notePackage = "github.com/dewar-go/dewar/internal/issued/note"

// overlay writes the variants of root's files into a folder, which is also
// where they note things, and returns the file that go's -overlay reads.
func overlay(root, folder string, list []place) (string, error) {
	replace := map[string]string{}
	keep := func(original string, text []byte) error {
		name := filepath.Join(folder, "variants", strings.ReplaceAll(original, "/", "_")+".txt") // no tool takes it for a source
		replace[filepath.Join(root, original)] = name
		return os.WriteFile(name, text, 0o600)
	}
	if err := os.MkdirAll(filepath.Join(folder, "variants"), 0o700); err != nil {
		return "", err
	}
	for dir, places := range byDir(list) {
		files, err := variants(root, dir, places)
		if err != nil {
			return "", err
		}
		for name, text := range files {
			if err := keep(name, text); err != nil {
				return "", err
			}
		}
	}
	where := fmt.Appendf(nil, "//go:build unix\n\npackage note\n\nconst folder = %q\n", folder)
	if err := keep("internal/issued/note/folder.go", where); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(folder, "overlay.json")
	return name, os.WriteFile(name, text, 0o600)
}

func byDir(list []place) map[string][]place {
	dirs := map[string][]place{}
	for _, p := range list {
		dirs[p.dir] = append(dirs[p.dir], p)
	}
	return dirs
}

// variants gives the files of a package that must be others, by their names
// from root. A place that isn't there is an error.
func variants(root, dir string, list []place) (map[string][]byte, error) {
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	files := map[string][]byte{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		changed, err := variant(name, text, list, found)
		if err != nil {
			return nil, err
		}
		if changed != nil {
			files[filepath.Join(dir, filepath.Base(name))] = changed
		}
	}
	for _, p := range list {
		if !found[p.name] {
			return nil, fmt.Errorf("issued: %s has no %s any more: mend the table of internal/issued", dir, p.name)
		}
	}
	return files, nil
}

// An edit puts text into a file. Lines stay where they are.
type edit struct {
	at   int
	text string
}

// variant gives a file with the statements of its places in it, or nil if it
// has none of them.
func variant(name string, text []byte, list []place, found map[string]bool) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset }
	var edits []edit
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		names, more := named(fn, offset)
		text := ""
		for _, p := range list {
			if p.name != nameOf(fn) {
				continue
			}
			found[p.name] = true
			if p.first != "" {
				text += " " + names.Replace(p.first) + ";"
			}
			if p.last != "" {
				text += " defer func() { " + names.Replace(p.last) + " }();"
			}
		}
		if text != "" {
			edits = append(append(edits, more...), edit{offset(fn.Body.Lbrace) + 1, text})
		}
	}
	if edits == nil {
		return nil, nil
	}
	edits = append(edits, edit{offset(file.Name.End()), "; import " + strconv.Quote(notePackage)})
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.at, b.at) })
	var b bytes.Buffer
	done := 0
	for _, e := range edits {
		b.Write(text[done:e.at])
		b.WriteString(e.text)
		done = e.at
	}
	b.Write(text[done:])
	return b.Bytes(), nil
}

// nameOf gives Func, or Type.Method.
func nameOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	typ := fn.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name + "." + fn.Name.Name
	}
	return ""
}

// named says what stands for $0, =0 and so on in a function, and the edits that
// give its results names, if they have none.
func named(fn *ast.FuncDecl, offset func(token.Pos) int) (*strings.Replacer, []edit) {
	var pairs []string
	if fn.Recv != nil && len(fn.Recv.List[0].Names) == 1 {
		pairs = append(pairs, "$c", fn.Recv.List[0].Names[0].Name)
	}
	n := 0
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			pairs = append(pairs, "$"+strconv.Itoa(n), name.Name)
			n++
		}
	}
	results := fn.Type.Results
	if results == nil {
		return strings.NewReplacer(pairs...), nil
	}
	var edits []edit
	last := ""
	n = 0
	result := func(name string) {
		pairs = append(pairs, "="+strconv.Itoa(n), name)
		last = name
		n++
	}
	for _, field := range results.List {
		if len(field.Names) == 0 {
			result("result" + strconv.Itoa(n) + "OfThis")
			edits = append(edits, edit{offset(field.Type.Pos()), last + " "})
		}
		for _, name := range field.Names {
			result(name.Name)
		}
	}
	if !results.Opening.IsValid() {
		edits = append([]edit{{offset(results.Pos()), "("}}, append(edits, edit{offset(results.End()), ")"})...)
	}
	return strings.NewReplacer(append(pairs, "=e", last)...), edits
}
