package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// A workshop makes the programs that run tests, each when it is first needed.
type workshop struct {
	root, dir string // dir: of the programs
	all       []mutant

	mu    sync.Mutex
	joint map[string]func() (program, error) // by package
	n     int
}

// A program runs the tests of a package with any of many mutants, or with none.
type program struct {
	path  string
	alone []string // mutants of the package that aren't part of it, by their places
}

func newWorkshop(root string, all []mutant) (*workshop, error) {
	dir, err := os.MkdirTemp("", "mutants")
	return &workshop{root: root, dir: dir, all: all, joint: map[string]func() (program, error){}}, err
}

func (w *workshop) close() { os.RemoveAll(w.dir) }

// together gives the program of a package with all its mutants.
func (w *workshop) together(pkg string) (program, error) {
	w.mu.Lock()
	make, ok := w.joint[pkg]
	if !ok {
		make = sync.OnceValues(func() (program, error) {
			files, alone, err := joint(w.root, slices.DeleteFunc(slices.Clone(w.all), func(m mutant) bool { return m.pkg != pkg }))
			if err != nil {
				return program{}, err
			}
			p := program{}
			for _, m := range alone {
				p.alone = append(p.alone, m.place)
			}
			p.path, err = w.build(pkg, files)
			return p, err
		})
		w.joint[pkg] = make
	}
	w.mu.Unlock()
	return make()
}

// programOf gives the program that a mutant is part of.
func (w *workshop) programOf(m mutant) (path string, err error) {
	p, err := w.together(m.pkg)
	if err != nil || !slices.Contains(p.alone, m.place) {
		return p.path, err
	}
	src, err := m.apply(w.root)
	if err != nil {
		return "", err
	}
	return w.build(m.pkg, map[string][]byte{m.file: src})
}

// build compiles the tests of a package, with these files in the place of those in
// the working tree.
func (w *workshop) build(pkg string, files map[string][]byte) (path string, err error) {
	w.mu.Lock()
	w.n++
	base := filepath.Join(w.dir, fmt.Sprint(w.n))
	w.mu.Unlock()
	replace := map[string]string{}
	for name, src := range files {
		abs, err := filepath.Abs(filepath.Join(w.root, name))
		if err != nil {
			return "", err
		}
		replace[abs] = fmt.Sprintf("%s-%d.go", base, len(replace))
		if err := os.WriteFile(replace[abs], src, 0o600); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(base+".json", text, 0o600)
	}
	if err != nil {
		return "", err
	}
	cmd := goCommand(w.root, "test", "-c", "-vet=off", "-overlay", base+".json", "-o", base+".test", pkg)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(head(bytes.TrimSpace(out)))))
	}
	return base + ".test", nil
}
