//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// An output is all that a run of the tests has said.
type output struct {
	text   strings.Builder
	lines  []line
	tests  int
	failed []string // packages
}

// A line is one of an output: whose it is, and where it ends in the text.
type line struct {
	who    string
	failed bool // a test's that failed
	end    int
}

func (o *output) add(who, text string, failed bool) {
	for part := range strings.Lines(text) {
		o.text.WriteString(strings.TrimSuffix(part, "\n"))
		o.text.WriteByte('\n')
		o.lines = append(o.lines, line{who, failed, o.text.Len()})
	}
}

// happened is what `go test -json` says, of `go doc test2json`.
type happened struct {
	Action, Package, Test, Output, ImportPath string
}

// suite runs `go test` with args in root, and prints what it prints without -v: a line
// for each package, and what those tests say that fail, in the midst of which
// a program's log is left out.
func suite(w io.Writer, root, overlay string, args []string) (*output, error) {
	flags, err := exec.Command("go", "env", "GOFLAGS").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir = root
	// In the environment it is the flag of what tests build, too.
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOFLAGS=%s '-overlay=%s'", strings.TrimSpace(string(flags)), overlay))
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	o, err := watch(stdout, w)
	if err != nil {
		_, _ = io.Copy(io.Discard, stdout)
	}
	if ended := cmd.Wait(); ended != nil && o.failed == nil {
		o.failed = []string{ended.Error()}
	}
	return o, err
}

// watch reads what `go test -json` says.
func watch(r io.Reader, w io.Writer) (*output, error) {
	o := new(output)
	said := map[string]map[string]*strings.Builder{} // by package and test, until it has passed
	in := bufio.NewReader(r)
	for {
		text, err := in.ReadString('\n')
		if err != nil && text == "" {
			if err == io.EOF {
				err = nil
			}
			return o, err
		}
		var h happened
		if json.Unmarshal([]byte(text), &h) != nil {
			fmt.Fprint(w, text) // go's own words
			o.add("go", text, false)
			continue
		}
		tests := said[h.Package]
		if tests == nil {
			tests = map[string]*strings.Builder{}
			said[h.Package] = tests
		}
		switch h.Action {
		case "build-output":
			fmt.Fprint(w, h.Output)
			o.add(h.ImportPath, h.Output, true)
		case "output":
			if tests[h.Test] == nil {
				tests[h.Test] = new(strings.Builder)
			}
			tests[h.Test].WriteString(h.Output)
		case "pass", "skip", "fail":
			b := tests[h.Test]
			delete(tests, h.Test)
			if h.Test != "" {
				o.tests++
			}
			o.end(h, b, tests, w)
		}
	}
}

// end takes what a test or a package has said, now that it is over. What a
// package leaves behind are tests that didn't come to an end.
func (o *output) end(h happened, b *strings.Builder, rest map[string]*strings.Builder, w io.Writer) {
	who := strings.TrimSpace(h.Package + " " + h.Test)
	text := ""
	if b != nil {
		text = b.String()
	}
	o.add(who, text, h.Action == "fail")
	if h.Action == "fail" && h.Test == "" {
		o.failed = append(o.failed, h.Package)
	}
	if h.Test != "" {
		if h.Action == "fail" {
			excerpt(w, text)
		}
		return
	}
	for test, b := range rest {
		o.add(h.Package+" "+test, b.String(), h.Action == "fail")
		if h.Action == "fail" {
			excerpt(w, b.String())
		}
		delete(rest, test)
	}
	for part := range strings.Lines(text) {
		if h.Action == "fail" || part != "PASS\n" && !strings.HasPrefix(part, "coverage:") {
			fmt.Fprint(w, part)
		}
	}
}

// shownLines is how many lines of a test that fails are shown, of its begin and of
// its end: the log of a program that it started can have thousands.
const shownLines = 30

func excerpt(w io.Writer, text string) {
	lines := strings.SplitAfter(text, "\n")
	if left := len(lines) - 2*shownLines; left > 1 {
		note := fmt.Sprintf("    [%d lines more, kept in .cache/issued]\n", left)
		lines = slices.Concat(lines[:shownLines], []string{note}, lines[len(lines)-shownLines:])
	}
	fmt.Fprint(w, strings.Join(lines, ""))
}
