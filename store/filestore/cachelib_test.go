//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/filestore"
)

// pythonScript has cachelib do what lines of JSON say, on one cache a line of
// [dir, threshold, mode]. It answers with the result and what was logged.
const pythonScript = `
import base64, json, logging, pickle, sys
from cachelib.file import FileSystemCache
logged, caches = [], {}
logging.getLogger().addHandler(type("H", (logging.Handler,), {"emit": lambda _, r: logged.append(r.getMessage())})())
print(json.dumps([None, []]), flush=True)
for line in sys.stdin:
    spec, verb, args = json.loads(line)
    cache = caches.setdefault(str(spec), None) or FileSystemCache(spec[0], threshold=spec[1], mode=spec[2])
    caches[str(spec)] = cache
    result = cache._file_count if verb == "count" else getattr(cache, verb)(*args)
    print(json.dumps([result, logged]), flush=True)
    logged.clear()
`

// A cachelib is a FileSystemCache in a live Python.
type cachelib struct {
	t    *testing.T
	in   *json.Encoder
	out  *bufio.Scanner
	spec [3]any
}

// startCachelib starts the Python that DEWAR_PYTHON names. Without one that has
// cachelib the test is skipped, and fails on CI.
func startCachelib(t *testing.T, dir string, threshold, mode int) *cachelib {
	t.Helper()
	python := os.Getenv("DEWAR_PYTHON")
	if python == "" {
		python = "python3"
	}
	cmd := exec.Command(python, "-c", pythonScript)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	c := &cachelib{t, json.NewEncoder(in), bufio.NewScanner(out), [3]any{dir, threshold, mode}}
	if err = cmd.Start(); err == nil {
		t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
		if c.out.Scan() {
			return c
		}
		_ = cmd.Wait()
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no Python with cachelib: %v\n%s", err, &stderr)
	}
	t.Skip("no Python with cachelib here: set DEWAR_PYTHON to one")
	return nil
}

// do has the cache do something, which must not have it log a warning.
func (c *cachelib) do(verb string, args ...any) any {
	c.t.Helper()
	if args == nil {
		args = []any{}
	}
	must(c.t, c.in.Encode([]any{c.spec, verb, args}))
	if !c.out.Scan() {
		c.t.Fatalf("cachelib died of %s", verb)
	}
	var answer [2]any
	must(c.t, json.Unmarshal(c.out.Bytes(), &answer))
	if logged := answer[1].([]any); len(logged) > 0 {
		c.t.Errorf("cachelib's %s warns: %v", verb, logged)
	}
	return answer[0]
}

// pickled is the pickle of a text shorter than 256 bytes, as Python makes it.
func pickled(text string) string {
	n := len(text)
	return string(append(binary.LittleEndian.AppendUint64([]byte("\x80\x05\x95"), uint64(n+4)), fmt.Sprintf("\x8c%s%s\x94.", []byte{byte(n)}, text)...))
}

// What one side writes, extends or deletes, the other sees at once.
func TestBothWaysWithCachelib(t *testing.T) {
	dir := t.TempDir() + "/s"
	python := startCachelib(t, dir, 500, 0o640)
	s := open(t, dir, filestore.Options{Mode: 0o640})

	it := create(t, s, "session:go", pickled("first"), time.Hour)
	if got := python.do("get", "session:go"); got != "first" {
		t.Errorf("cachelib gets %v", got)
	}
	_, err := s.Update(t.Context(), "session:go", it, []byte(pickled("second")), 2*time.Second)
	must(t, err)
	must(t, s.Touch(t.Context(), "session:go", time.Hour))
	if got := python.do("get", "session:go"); got != "second" {
		t.Errorf("cachelib gets %v", got)
	}
	if got := python.do("count"); got != 1.0 {
		t.Errorf("cachelib counts %v", got)
	}
	must(t, s.Delete(t.Context(), "session:go"))
	if got := python.do("get", "session:go"); got != nil || python.do("count") != 0.0 {
		t.Errorf("cachelib gets %v", got)
	}

	python.do("set", "session:py", "theirs", 3600)
	theirs := read(t, file(dir, "session:py"))
	holds(t, s, "session:py", pickled("theirs"))
	must(t, s.Touch(t.Context(), "session:py", 1800*time.Second))
	if !bytes.Equal(read(t, file(dir, "session:py")), theirs) {
		t.Error("a touch that would shorten has changed the file")
	}
	must(t, s.Touch(t.Context(), "session:py", 7200*time.Second))
	if now := read(t, file(dir, "session:py")); bytes.Equal(now[:4], theirs[:4]) || !bytes.Equal(now[4:], theirs[4:]) {
		t.Error("a touch changes the four bytes and no others")
	}
	info, err := os.Stat(file(dir, "session:py"))
	must(t, err)
	it, err = s.Load(t.Context(), "session:py")
	must(t, err)
	python.do("set", "session:py", "theirs again", 3600)
	if _, err := s.Update(t.Context(), "session:py", it, nil, time.Hour); err == nil {
		t.Error("what Flask wrote meanwhile was overwritten")
	}
	create(t, s, "session:go", "x", time.Hour)
	if mine, err := os.Stat(file(dir, "session:go")); err != nil || mine.Mode() != info.Mode() {
		t.Errorf("rights: %v, cachelib's are %v", mine.Mode(), info.Mode())
	}
	python.do("delete", "session:py")
	absent(t, s, "session:py")

	python.do("set", "session:for ever", "x", 0)
	it, err = s.Load(t.Context(), "session:for ever")
	if err != nil || it.Left != 0 {
		t.Errorf("got %v, %v left", err, it.Left)
	}
	must(t, s.Touch(t.Context(), "session:for ever", time.Hour))
	if it, err = s.Load(t.Context(), "session:for ever"); err != nil || it.Left != 0 {
		t.Errorf("got %v, %v left after a touch", err, it.Left)
	}
	python.do("set", "session:over", "x", -1)
	absent(t, s, "session:over")
	create(t, s, "session:over", pickled("anew"), time.Hour)
	if got := python.do("get", "session:over"); got != "anew" {
		t.Errorf("cachelib gets %v", got)
	}
}

// cachelib and we agree on the moment in which a life ends.
func TestTheLastSecond(t *testing.T) {
	dir := t.TempDir() + "/s"
	python := startCachelib(t, dir, 0, 0o600)
	c := clock{time.Now()}
	s := open(t, dir, filestore.Options{Now: c.Now})
	for _, life := range []time.Duration{-2 * time.Second, time.Minute} {
		must(t, s.Delete(t.Context(), "session:k"))
		c.now = time.Now().Add(-time.Hour)
		create(t, s, "session:k", pickled("x"), time.Hour+life)
		c.now = time.Now()
		_, err := s.Load(t.Context(), "session:k")
		if got := python.do("get", "session:k"); (got == nil) != (err != nil) {
			t.Errorf("%v left: we have %v, cachelib has %v", life, err, got)
		}
	}
}

// Flask's pruning goes on as if we were another Flask: it neither stumbles over
// what is ours, nor deletes live sessions because of those that we deleted.
func TestFlasksPruningBesideUs(t *testing.T) {
	dir := t.TempDir() + "/s"
	python := startCachelib(t, dir, 10, 0o600)
	s := open(t, dir, filestore.Options{})
	for i := range 9 {
		create(t, s, fmt.Sprint("session:go", i), pickled("x"), time.Hour)
		create(t, s, fmt.Sprint("session:dewar-link.", i), "x", time.Hour)
	}
	for i := range 9 {
		must(t, s.Delete(t.Context(), fmt.Sprint("session:go", i)))
	}
	for i := range 8 {
		python.do("set", fmt.Sprint("session:py", i), "x", 3600+i)
	}
	if n := len(entries(t, dir)); n != 8+1 {
		t.Errorf("%d files, want 8 and the count", n)
	}
	for i := range 20 {
		create(t, s, fmt.Sprint("session:more", i), pickled("x"), 2*time.Hour)
	}
	if n := len(entries(t, dir)); n != 28+1 {
		t.Errorf("%d files: without a threshold we delete none", n)
	}
	python.do("set", "session:last", "x", 3600)
	if n, want := len(entries(t, dir)), 11+1; n != want || python.do("count") != 11.0 {
		t.Errorf("%d files, want %d; cachelib counts %v", n, want, python.do("count"))
	}
	for i := range 9 {
		holds(t, s, fmt.Sprint("session:dewar-link.", i), "x")
	}
	if _, err := os.Stat(filepath.Join(dir, countName)); err != nil {
		t.Error(err)
	}
}

// Without a threshold on either side there is no count.
func TestNobodyCounts(t *testing.T) {
	dir := t.TempDir() + "/s"
	python := startCachelib(t, dir, 0, 0o600)
	s := open(t, dir, filestore.Options{})
	create(t, s, "session:a", "x", time.Hour)
	python.do("set", "session:b", "x", 3600)
	must(t, s.Delete(t.Context(), "session:b"))
	_, err := s.Purge(t.Context())
	must(t, err)
	if got := entries(t, dir); len(got) != 1 || got[0] != hexOf("session:a") {
		t.Errorf("there are %q", got)
	}
}
