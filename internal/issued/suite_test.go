//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The console shows what `go test` shows; the search sees everything.
func TestWhatIsShown(t *testing.T) {
	const stream = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:1: said in passing\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- PASS: TestA (0.00s)\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t(cached)\n"}
{"Action":"pass","Package":"p"}
{"Action":"output","Package":"q","Test":"TestB","Output":"    b_test.go:1: got this\n"}
{"Action":"output","Package":"q","Test":"TestB","Output":"--- FAIL: TestB (0.00s)\n"}
{"Action":"fail","Package":"q","Test":"TestB"}
{"Action":"output","Package":"q","Test":"TestC","Output":"panic: at the disco\n"}
{"Action":"output","Package":"q","Output":"FAIL\tq\t0.1s\n"}
{"Action":"fail","Package":"q"}
not JSON
`
	var shown bytes.Buffer
	o, err := watch(strings.NewReader(stream), &shown)
	if err != nil || !slices.Equal(o.failed, []string{"q"}) || o.tests != 2 {
		t.Errorf("failed %v, %d tests, %v", o.failed, o.tests, err)
	}
	const want = "ok  \tp\t(cached)\n    b_test.go:1: got this\n--- FAIL: TestB (0.00s)\npanic: at the disco\nFAIL\tq\t0.1s\nnot JSON\n"
	if shown.String() != want {
		t.Errorf("shown:\n%s", shown.String())
	}
	if text := o.text.String(); !strings.Contains(text, "said in passing") || !strings.Contains(text, "disco") || !strings.Contains(text, "not JSON") {
		t.Errorf("kept:\n%s", text)
	}
}

// What a program logs that a test started doesn't bury why it failed.
func TestExcerpt(t *testing.T) {
	for _, n := range []int{0, 1, 59, 60} {
		text := strings.Repeat("a line\n", n)
		var shown bytes.Buffer
		if excerpt(&shown, text); shown.String() != text {
			t.Errorf("of %d lines: %q", n, shown.String())
		}
	}
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintln(&text, i)
	}
	var shown bytes.Buffer
	excerpt(&shown, text.String())
	if s := shown.String(); strings.Count(s, "\n") != 60 || !strings.Contains(s, "\n29\n    [941 lines more") || !strings.Contains(s, "\n971\n") {
		t.Errorf("of 1000 lines: %s", s)
	}
}

// One leak of each kind is planted in the product, by variants too, and the run
// that passes without them finds them all.
func TestPlantedLeaksAreFound(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Fatal(err)
	}
	leaks := []place{
		{".", "InStore.Open", "", `if =e != nil { =e = fmt.Errorf("%w: %s", =e, $1) }`},
		{".", "InStore.load", "", `if =e != nil { println($c.recordKey($1)) }`},
		{".", "Cookie.set", "fmt.Println($0)", ""},
		{"signing", "Ring.Swap", "", `println(string($0.Current))`},
		{".", "Session.set", `fmt.Printf("%v set\n", $1)`, ""},
	}
	for _, row := range []struct {
		name string
		list []place
		want []string
	}{
		{"none", nil, nil},
		{"one of each kind", leaks, []string{"id", "store key", "cookie value", "signing key", "content"}},
	} {
		var shown bytes.Buffer
		err := check(&shown, root, t.TempDir(), append(places(), row.list...), []string{
			"-run", "^(TestStoredSessionsHaveTheirRoad|TestReplay|TestNothingOfTheSessionIsLogged|TestRotation|TestHostileIDs)$", ".",
		})
		if (err == nil) != (row.want == nil) {
			t.Errorf("%s: %v\n%s", row.name, err, shown.String())
		}
		for _, kind := range row.want {
			if !strings.Contains(shown.String(), ": a part of an issued "+kind+"\n") {
				t.Errorf("%s: no %s is found\n%s", row.name, kind, shown.String())
			}
		}
	}
}
