package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A promise is a file of list/: its words, and how the code that keeps it can be
// broken.
//
//	The words of the promise, in one line.
//
//	what is broken, in words
//	file.go Type.Method
//	- what stands there, exactly once in that function
//	+ what stands there instead
//	./folder TestName/of_a_subtest
//
// The function may be left out: then the text stands once in the file. Several
// lines with - or + are several lines, indented somehow; none with + removes the
// text. A - after a + begins a second place. Lines that begin with # are remarks.
type promise struct {
	words   string
	mutants []mutant
}

// A mutant is one way to break a promise.
type mutant struct {
	place    string // in the list, for errors
	words    string
	file, in string // in: Type.Method, Function, or empty
	changes  []change
	pkg      string // ./folder, or . for the root
	test     string // TestName, or TestName/subtest
}

// A change is the lines that stand there, and those that stand there instead.
type change struct{ old, new []string }

// String is all that -only looks at.
func (m mutant) String() string {
	return strings.Join([]string{m.place, m.words, m.file, m.in, m.pkg, m.test}, " ")
}

// top is the name of the test's function.
func (m mutant) top() string {
	name, _, _ := strings.Cut(m.test, "/")
	return name
}

// readList reads all files of list/, in the order of their names.
func readList(root string) (promises []promise, err error) {
	names, _ := filepath.Glob(filepath.Join(root, "tools/mutants/list/*.txt"))
	slices.Sort(names)
	if names == nil {
		return nil, errors.New("no list")
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p, err := parse(filepath.Base(name), string(text))
		if err != nil {
			return nil, err
		}
		promises = append(promises, p)
	}
	return promises, nil
}

// parse reads one file of the list. A promise has three mutants at the least.
func parse(name, text string) (p promise, err error) {
	var m *mutant
	for n, line := range strings.Split(text, "\n") {
		place := fmt.Sprintf("%s:%d", name, n+1)
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"):
		case line == "":
			if m != nil && m.test == "" {
				return p, fmt.Errorf("%s: a mutant ends before its test is named", place)
			}
			m = nil
		case p.words == "":
			p.words = line
		case m == nil:
			p.mutants = append(p.mutants, mutant{place: place, words: line})
			m = &p.mutants[len(p.mutants)-1]
		case m.file == "":
			m.file, m.in, _ = strings.Cut(line, " ")
		case line[0] == '-':
			if n := len(m.changes); n == 0 || m.changes[n-1].new != nil {
				m.changes = append(m.changes, change{})
			}
			c := &m.changes[len(m.changes)-1]
			c.old = append(c.old, strings.TrimSpace(line[1:]))
		case line[0] == '+' && m.changes != nil:
			c := &m.changes[len(m.changes)-1]
			c.new = append(c.new, strings.TrimSpace(line[1:]))
		case m.changes != nil && m.test == "" && line[0] == '.' && strings.Contains(line, " Test"):
			m.pkg, m.test, _ = strings.Cut(line, " ")
		default:
			return p, fmt.Errorf("%s: neither - nor + nor ./folder TestName", place)
		}
	}
	if len(p.mutants) < 3 {
		return p, fmt.Errorf("%s: %d mutants, a promise has three at the least", name, len(p.mutants))
	}
	return p, nil
}

func mutantsOf(promises []promise) (all []mutant) {
	for _, p := range promises {
		all = append(all, p.mutants...)
	}
	return all
}
