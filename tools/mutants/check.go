package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir, Export            string
	GoFiles, TestGoFiles, XTestGoFiles []string
	ImportMap                          map[string]string
	Module                             *struct{ GoVersion string }
}

// checkAll sees that every mutant still applies and compiles, and has its test. It
// gives all that is wrong at once.
func checkAll(root string, all []mutant) error {
	var dirs []string
	for _, m := range all {
		dirs = append(dirs, "./"+filepath.ToSlash(filepath.Dir(m.file)), m.pkg)
	}
	slices.Sort(dirs)
	packages, err := list(root, slices.Compact(dirs))
	if err != nil {
		return err
	}
	byDir, exports := map[string]listed{}, map[string]string{}
	for _, p := range packages {
		byDir[p.Dir], exports[p.ImportPath] = p, p.Export
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range all {
		src, err := m.apply(root)
		if err == nil {
			path := filepath.Join(abs, m.file)
			err = compiles(byDir[filepath.Dir(path)], path, src, exports)
		}
		if err == nil {
			err = hasTest(byDir[filepath.Join(abs, m.pkg)], m.top())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", m.place, m.words, err))
		}
	}
	return errors.Join(errs...)
}

// goCommand runs the go command of whoever runs this, in the workspace.
func goCommand(root string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOWORK=")
	return cmd
}

// list asks for packages and all that they are made of, built.
func list(root string, dirs []string) (packages []listed, err error) {
	cmd := goCommand(root, append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,TestGoFiles,XTestGoFiles,ImportMap,Module"}, dirs...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, complaint.Bytes())
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}

// compiles checks the types of a package one of whose files is src.
func compiles(p listed, path string, src []byte, exports map[string]string) error {
	fset := token.NewFileSet()
	var files []*ast.File
	found := false
	for _, name := range p.GoFiles {
		var text any
		if name == filepath.Base(path) {
			text, found = src, true
		}
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("doesn't compile: %w", err)
		}
		files = append(files, file)
	}
	if !found {
		return fmt.Errorf("%s is no part of its package here", filepath.Base(path))
	}
	open := func(path string) (io.ReadCloser, error) {
		if mapped, ok := p.ImportMap[path]; ok {
			path = mapped
		}
		return os.Open(exports[path])
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", open)}
	if p.Module != nil {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	if _, err := conf.Check(p.ImportPath, fset, files, nil); err != nil {
		return fmt.Errorf("doesn't compile: %w", err)
	}
	return nil
}

// hasTest sees that a package has a test of that name.
func hasTest(p listed, name string) error {
	for _, file := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
		src, err := os.ReadFile(filepath.Join(p.Dir, file))
		if err != nil {
			return err
		}
		if strings.Contains("\n"+string(src), "\nfunc "+name+"(t *testing.T)") {
			return nil
		}
	}
	return fmt.Errorf("there is no test %s", name)
}
