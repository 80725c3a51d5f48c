package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Compiling takes longer than nearly every test. So the mutants of a package's
// tests are compiled into one program as far as they can be: each is a copy of its
// function, and the function calls the copy if the environment names the mutant.

// variable is what names the mutant to a program.
const variable = "DEWAR_MUTANT"

// joint gives the files of a program of many mutants, by their paths, and those that
// can't be part of one.
func joint(root string, all []mutant) (files map[string][]byte, alone []mutant, err error) {
	byFile := map[string][]mutant{}
	for _, m := range all {
		byFile[m.file] = append(byFile[m.file], m)
	}
	files = map[string][]byte{}
	for name, mutants := range byFile {
		src, pkg, rest, err := jointFile(root, name, mutants)
		if err != nil {
			return nil, nil, err
		}
		alone = append(alone, rest...)
		if len(rest) < len(mutants) {
			files[name] = src
			files[filepath.Join(filepath.Dir(name), "zz_mutant.go")] = fmt.Appendf(nil, "package %s\n\nimport \"os\"\n\nvar mutantOn = os.Getenv(%q)\n", pkg, variable)
		}
	}
	return files, alone, nil
}

// jointFile gives one file with its mutants.
func jointFile(root, name string, mutants []mutant) (out []byte, pkg string, alone []mutant, err error) {
	src, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return nil, "", nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, "", nil, err
	}
	calls := map[int]string{} // by where they are inserted
	var copies []byte
	for n, m := range mutants {
		f := funcOf(file, m.in)
		call, ok := "", false
		if f != nil {
			call, ok = callOf(f, n)
		}
		if !ok {
			alone = append(alone, m)
			continue
		}
		one, err := m.copied(root, n)
		if err != nil {
			return nil, "", nil, err
		}
		copies = append(append(copies, '\n'), one...)
		calls[fset.Position(f.Body.Lbrace).Offset+1] += fmt.Sprintf("\nif mutantOn == %q {\n%s\n}\n", m.place, call)
	}
	at := 0
	for _, place := range sorted(calls) {
		out = append(append(out, src[at:place]...), calls[place]...)
		at = place
	}
	return slices.Concat(out, src[at:], copies), file.Name.Name, alone, nil
}

func sorted(calls map[int]string) (places []int) {
	for place := range calls {
		places = append(places, place)
	}
	slices.Sort(places)
	return places
}

func copyName(name string, n int) string { return fmt.Sprintf("%s__%d", name, n) }

// copied gives the function that a mutant is in, mutated, under a name of its own.
func (m mutant) copied(root string, n int) ([]byte, error) {
	src, err := m.apply(root)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, m.file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := funcOf(file, m.in)
	if f == nil {
		return nil, fmt.Errorf("%s: the mutation takes away func %s", m.place, m.in)
	}
	offset := func(p token.Pos) int { return fset.Position(p).Offset }
	return slices.Concat(src[offset(f.Pos()):offset(f.Name.Pos())], []byte(copyName(f.Name.Name, n)), src[offset(f.Name.End()):offset(f.End())]), nil
}

// callOf is the statement that calls the copy of f in its place. It isn't ok for a
// function that is generic, or whose parameters have no names.
func callOf(f *ast.FuncDecl, n int) (call string, ok bool) {
	call = copyName(f.Name.Name, n)
	if f.Recv != nil {
		names := f.Recv.List[0].Names
		if len(names) == 0 || names[0].Name == "_" {
			return "", false
		}
		call = names[0].Name + "." + call
	}
	var args []string
	for _, field := range f.Type.Params.List {
		if len(field.Names) == 0 {
			return "", false
		}
		for _, name := range field.Names {
			arg := name.Name
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				arg += "..."
			}
			args = append(args, arg)
		}
	}
	if slices.Contains(args, "_") || f.Type.TypeParams != nil {
		return "", false
	}
	call += "(" + strings.Join(args, ", ") + ")"
	if f.Type.Results == nil {
		return call + "\nreturn", true
	}
	return "return " + call, true
}
