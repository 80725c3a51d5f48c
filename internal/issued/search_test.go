//go:build unix

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/issued/note"
)

// What is found, and what isn't enough to be.
func TestWhatIsFound(t *testing.T) {
	const long, short = "Zq3_vN8-pLw0Xy7RtKc5Bd2MfHj9Gs4aEu6iOo1nTmQ", "hunter22"
	for _, row := range []struct {
		rule, line, secret string
		kind               byte
		found              bool
	}{
		{"an id in a log's line", "ERROR session failed id=" + long, long, 'i', true},
		{"its end, cut off somewhere", "id ..." + long[27:], long, 'i', true},
		{"16 bytes from its middle", "id " + long[11:27] + "...", long, 'i', true},
		{"15 bytes are not enough", "id " + long[11:26] + "...", long, 'i', false},
		{"a short one", "key: " + short, short, 's', true},
		{"a short one, cut off", "key: " + short[:7], short, 's', false},
		{"in hex", fmt.Sprintf("key %x", long), long, 's', true},
		{"as a list of bytes", fmt.Sprintf("key %v", []byte(long)), long, 's', true},
		{"in quotes", fmt.Sprintf("%q", `{"a": "b`+"\n"+`c"}`), `{"a": "b` + "\n" + `c"}`, 'c', true},
		{"an id in a test's name", "=== RUN   TestX/" + long, long, 'i', true},
		{"content in a test's name", "    --- PASS: TestX/" + long + " (0.00s)", long, 'c', false},
		{"content in what a test logs", "    x_test.go:3: " + long, long, 'c', true},
		{"fillings", strings.Repeat("a", 1<<20), strings.Repeat("a", 4096), 'c', false},
		{"fillings of two", strings.Repeat("ab", 1<<15), strings.Repeat("ab", 2048), 'c', false},
		{"another id", "id " + strings.ToUpper(long), long, 'i', false},
	} {
		o := new(output)
		o.add("p TestX", "=== RUN   TestX\n"+row.line+"\nPASS\n", false)
		s := newSearch(linesOf(o, "f"))
		s.look(row.kind, []byte(row.secret))
		got := s.findings()
		if (len(got) > 0) != row.found {
			t.Errorf("%s: %d findings", row.rule, len(got))
		}
		if row.found && (len(got) != 1 || got[0].place != "f:2" || got[0].who != "p TestX" || got[0].kind != row.kind) {
			t.Errorf("%s: found %+v", row.rule, got)
		}
	}
}

// What a failed test says isn't searched: it says what it got.
func TestFailedTestsMaySayWhatTheyGot(t *testing.T) {
	o := new(output)
	o.add("p TestX", "an id: abcdefghijklmnopqrstuvwxyz\n", true)
	if lines := linesOf(o, "f"); len(lines) != 0 {
		t.Errorf("%+v", lines)
	}
}

// A search for nothing of some kind proves nothing.
func TestNothingNotedProvesNothing(t *testing.T) {
	for missing, name := range note.Kinds() {
		folder := t.TempDir()
		var b bytes.Buffer
		for kind := range note.Kinds() {
			if kind != missing {
				b.WriteByte(kind)
				_ = binary.Write(&b, binary.BigEndian, uint32(9))
				b.WriteString("something")
			}
		}
		for file, text := range map[string][]byte{note.SecretsFile: b.Bytes(), note.SaidFile: nil} {
			if err := os.WriteFile(filepath.Join(folder, file), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := inspect(io.Discard, folder, new(output)); err == nil || !strings.Contains(err.Error(), "no "+name+" was noted") {
			t.Errorf("without a %s: %v", name, err)
		}
	}
}
