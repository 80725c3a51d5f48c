//go:build unix

// Issued runs the tests and then searches all that they said for ids, keys,
// cookies' values and content that they issued. Its arguments are those of
// `go test`; it is started in the root folder.
//
// What is issued is noted by variants of a few source files, which go's
// -overlay puts in the place of the real ones, in the tests' programs and in
// those that tests build: see places. The variants also note what there is to
// say and what no test prints: events, errors, the logs of servers. The
// program says where something was found, and of which kind it is, not what.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/issued/note"
)

func main() {
	if err := check(os.Stdout, ".", ".cache/issued", places(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// check runs the tests in root, and keeps its notes within a folder.
func check(w io.Writer, root, parent string, list []place, args []string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if parent, err = filepath.Abs(parent); err != nil {
		return err
	}
	folder, err := notes(parent)
	if err != nil {
		return err
	}
	overlay, err := overlay(root, folder, list)
	if err != nil {
		return err
	}
	o, err := suite(w, root, overlay, args)
	if err != nil {
		return err
	}
	kept := filepath.Join(folder, "output")
	if err := os.WriteFile(kept, []byte(o.text.String()), 0o600); err != nil {
		return err
	}
	found, err := inspect(w, folder, o)
	if err == nil && len(found) > 0 {
		for _, f := range found {
			fmt.Fprintf(w, "%s: %s: a part of an issued %s\n", f.place, f.who, note.Kinds()[f.kind])
		}
		err = fmt.Errorf("issued: %d lines say what must not be said", len(found))
		if err := os.WriteFile(filepath.Join(folder, foundFile), nil, 0o600); err != nil {
			return err
		}
	}
	if o.failed != nil {
		err = errors.Join(err, fmt.Errorf("units: FAIL in %s", strings.Join(o.failed, ", ")))
	}
	return err
}

// foundFile marks a folder for good: what is said there, is said for good.
const foundFile = "found"

// enoughNotes is how many bytes of notes are kept for another run.
const enoughNotes = 2 << 30

// notes gives the folder where this run's notes go. `go test` says again what a
// package said that hasn't changed, without running it: so the notes of that
// run must be there still. They are in the same folder or, if that is gone, the
// new one's name is another, the variants are others, and all tests run.
func notes(parent string) (string, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", err
	}
	folders, err := filepath.Glob(filepath.Join(parent, "run*"))
	if err != nil {
		return "", err
	}
	if len(folders) == 1 {
		said, err := os.Stat(filepath.Join(folders[0], note.SaidFile))
		issued, err2 := os.Stat(filepath.Join(folders[0], note.SecretsFile))
		_, found := os.Stat(filepath.Join(folders[0], foundFile))
		if err == nil && err2 == nil && found != nil && said.Size()+issued.Size() < enoughNotes {
			return folders[0], nil
		}
	}
	for _, folder := range folders {
		if err := os.RemoveAll(folder); err != nil {
			return "", err
		}
	}
	return os.MkdirTemp(parent, "run")
}

// inspect searches what was said for what was issued. It is an error if that is
// nothing of some kind: then it proves nothing.
func inspect(w io.Writer, folder string, o *output) ([]finding, error) {
	name := filepath.Join(folder, note.SaidFile)
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	lines := append(linesOf(o, filepath.Join(folder, "output")), linesOfNotes(name, string(text))...)
	s := newSearch(lines)
	file, err := os.Open(filepath.Join(folder, note.SecretsFile))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	count, err := s.all(file)
	if err != nil {
		return nil, err
	}
	var counts []string
	for _, kind := range slices.Sorted(maps.Keys(note.Kinds())) {
		name := note.Kinds()[kind]
		if count[kind] == 0 {
			return nil, fmt.Errorf("issued: no %s was noted: the search proves nothing", name)
		}
		counts = append(counts, fmt.Sprintf("%d %ss", count[kind], name))
	}
	fmt.Fprintf(w, "issued: %s searched for in %d lines (%d different) of %d tests, events, errors and servers' logs\n",
		strings.Join(counts, ", "), len(lines), len(s.lines), o.tests)
	return s.findings(), nil
}

// linesOfNotes gives the lines of what is noted to be said, each with the
// heading before it.
func linesOfNotes(file, text string) (lines []said) {
	who, n := "", 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if heading, ok := strings.CutPrefix(line, "== "); ok {
			who = heading
		}
		lines = append(lines, said{place: fmt.Sprintf("%s:%d", file, n), who: who, text: line})
	}
	return lines
}

// all looks for all that a file of notes holds, each once, and counts them.
func (s *search) all(r io.Reader) (count map[byte]int, err error) {
	count = map[byte]int{}
	seen := map[[16]byte]bool{}
	in := bufio.NewReader(r)
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err == io.EOF {
			return count, nil
		} else if err != nil {
			return nil, err
		}
		secret := make([]byte, binary.BigEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, secret); err != nil {
			return nil, err
		}
		if sum := digest(head[0], secret); !seen[sum] {
			seen[sum] = true
			count[head[0]]++
			s.look(head[0], secret)
		}
	}
}
