package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const intro = `# What the tests would notice

The checks that keep each promise, taken out one at a time, and the test that fails then. The list is ` + "`tools/mutants/list`" + `;
this page is made from it. ` + "`make mutants`" + ` takes them all out, each in a copy that only its test sees; ` + "`make check`" + ` sees
that the list fits the code, and takes out, in a random order, as many as it can in a minute of those whose test needs no server.

`

// page writes docs/mutations.md, or says that it isn't what the list makes.
func page(root string, promises []promise, write bool) error {
	var b strings.Builder
	b.WriteString(intro)
	fmt.Fprintf(&b, "%d mutants of %d promises.\n", len(mutantsOf(promises)), len(promises))
	for _, p := range promises {
		fmt.Fprintf(&b, "\n## %s\n\n| when | in | this fails |\n|---|---|---|\n", p.words)
		for _, m := range p.mutants {
			at := m.file
			if m.in != "" {
				at += " " + m.in
			}
			fmt.Fprintf(&b, "| %s | %s | `%s`", strings.ReplaceAll(m.words, "|", `\|`), at, m.test)
			if m.pkg != "./"+filepath.ToSlash(filepath.Dir(m.file)) && m.pkg+"/." != "./"+filepath.ToSlash(filepath.Dir(m.file)) {
				fmt.Fprintf(&b, " of %s", strings.TrimPrefix(m.pkg, "./"))
			}
			b.WriteString(" |\n")
		}
	}
	name := filepath.Join(root, "docs/mutations.md")
	if write {
		return os.WriteFile(name, []byte(b.String()), 0o644)
	}
	is, err := os.ReadFile(name)
	if err != nil || string(is) != b.String() {
		return errors.New("docs/mutations.md isn't what the list makes: GOWORK=off go run -C tools ./mutants -write")
	}
	return nil
}
