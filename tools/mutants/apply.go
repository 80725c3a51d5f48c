package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// apply gives the mutant's file as it is with the mutation. What is replaced must
// be there exactly once.
func (m mutant) apply(root string) ([]byte, error) {
	src, err := os.ReadFile(filepath.Join(root, m.file))
	for _, c := range m.changes {
		if err == nil {
			src, err = c.apply(src, m.in)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.file, err)
	}
	return src, nil
}

// apply makes a change in a function; in all of src if that is empty.
func (c change) apply(src []byte, in string) ([]byte, error) {
	begin, end := 0, len(src)
	if in != "" {
		var err error
		if begin, end, err = function(src, in); err != nil {
			return nil, err
		}
	}
	found := c.pattern().FindAllIndex(src[begin:end], -1)
	if len(found) != 1 {
		return nil, fmt.Errorf("%q is there %d times, not once", c.old, len(found))
	}
	from, to := begin+found[0][0], begin+found[0][1]
	return slices.Concat(src[:from], []byte(strings.Join(c.new, "\n")), src[to:]), nil
}

// pattern matches the old lines, however they are indented.
func (c change) pattern() *regexp.Regexp {
	lines := make([]string, len(c.old))
	for i, line := range c.old {
		lines[i] = regexp.QuoteMeta(line)
	}
	return regexp.MustCompile(strings.Join(lines, `\n[ \t]*`))
}

// function gives where a function, or Type.Method, stands in a file.
func function(src []byte, name string) (begin, end int, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return 0, 0, err
	}
	if f := funcOf(file, name); f != nil {
		return fset.Position(f.Pos()).Offset, fset.Position(f.End()).Offset, nil
	}
	return 0, 0, fmt.Errorf("there is no func %s", name)
}

// funcOf finds a function, or Type.Method; nil if there is none.
func funcOf(file *ast.File, name string) *ast.FuncDecl {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && nameOf(f) == name {
			return f
		}
	}
	return nil
}

func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if p, ok := of.(*ast.StarExpr); ok {
		of = p.X
	}
	if t, ok := of.(*ast.Ident); ok {
		return t.Name + "." + f.Name.Name
	}
	return f.Name.Name
}
