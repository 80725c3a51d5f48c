// Package twin starts the labs for tests: Dewar's and Flask's.
package twin

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/dewar-go/dewar/flask" // the lab is made of these: see build
	_ "github.com/dewar-go/dewar/open"
)

// A Lab is a running one.
type Lab struct {
	Name string // "dewar" or "flask"
	URL  string
}

// Start is how a lab is started: Dewar or Flask.
type Start func(t testing.TB, env ...string) *Lab

// Dewar starts the Go lab with these settings (NAME=value) and stops it with
// the test. Its store may take 20 seconds to answer, unless DEWAR_TIMEOUT is among
// them: with Dewar's own second, a hundred requests at once on a busy machine would
// make an outage of a store that is well.
func Dewar(t testing.TB, env ...string) *Lab {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, "dewar", append([]string{"DEWAR_TIMEOUT=20"}, env...), program)
}

// Flask starts the Flask lab. Where Flask can't be had, the test is skipped
// with a sentence, and fails if CI is set.
func Flask(t testing.TB, env ...string) *Lab {
	t.Helper()
	return start(t, "flask", env, python(t), script())
}

// Python is the interpreter of the Flask lab, which has cachelib too; see Flask.
func Python(t testing.TB) string {
	t.Helper()
	return python(t)
}

// Flask03 is Flask with Flask-Session 0.3.2.
func Flask03(t testing.TB, env ...string) *Lab {
	t.Helper()
	return start(t, "flask-session 0.3", env, python03(t), script())
}

func script() string { return filepath.Join(here(), "..", "lab", "flask", "lab.py") }

var (
	python   = interpreter("DEWAR_PYTHON", "import flask, itsdangerous")
	python03 = interpreter("DEWAR_PYTHON_03", "import flask_session.sessions")
)

// interpreter finds the one that a variable names, and that can import what it
// is for.
func interpreter(variable, imports string) func(testing.TB) string {
	find := sync.OnceValues(func() (string, error) {
		name := os.Getenv(variable)
		if name == "" {
			name = "python3"
		}
		out, err := exec.Command(name, "-c", imports).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("no Flask: %s can't %s; `make setup` installs it and sets %s (%w, %d bytes of output)", name, imports, variable, err, len(out))
		}
		return name, nil
	})
	return func(t testing.TB) string {
		t.Helper()
		name, err := find()
		if err != nil && os.Getenv("CI") == "true" {
			t.Fatal(err)
		} else if err != nil {
			t.Skip(err)
		}
		return name
	}
}

// build makes the Go lab, once, with the race detector.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "dewar-lab")
	if err != nil {
		return "", err
	}
	// `go test` keeps results until what a test has read changes. What the lab is
	// made of is that, too.
	for _, folder := range []string{"lab", "lab/flask"} {
		files, _ := filepath.Glob(filepath.Join(here(), "..", folder, "*.*"))
		for _, file := range files {
			_, _ = os.ReadFile(file)
		}
	}
	program := filepath.Join(dir, "lab")
	out, err := exec.Command("go", "build", "-race", "-o", program, "github.com/dewar-go/dewar/interop/lab").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the lab: %w\n%s", err, out)
	}
	return program, nil
})

// here is this package's folder.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// start runs a lab on a free port and waits for its first line.
func start(t testing.TB, name string, env []string, program ...string) *Lab {
	t.Helper()
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "PORT=0", "LAB_STDIN=1", "GORACE=halt_on_error=1 atexit_sleep_ms=0"}, env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make(chan string, 1)
	var rest bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		in := bufio.NewReader(stdout)
		first, _ := in.ReadString('\n')
		line <- first
		_, _ = io.Copy(&rest, in)
	}()
	t.Cleanup(func() {
		_ = stdin.Close() // a lab ends with its standard input
		killer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		<-read // Wait closes the pipe
		_ = cmd.Wait()
		killer.Stop()
		if said := rest.String() + stderr.String(); said != "" {
			t.Logf("the %s lab said:\n%s", name, said) // for a test that fails, and for the search of internal/issued
		}
		if said := stderr.String(); strings.Contains(said, "DATA RACE") || strings.Contains(said, "panic:") || strings.Contains(said, "fatal error:") {
			t.Errorf("%s lab: %s", name, said)
		}
	})
	select {
	case first := <-line:
		_, url, ok := strings.Cut(strings.TrimSpace(first), "http://")
		if !ok {
			_ = cmd.Wait()
			t.Fatalf("the %s lab didn't start: %s", name, stderr.String())
		}
		return &Lab{name, "http://" + url}
	case <-time.After(60 * time.Second):
		_ = cmd.Process.Kill()
		t.Fatalf("the %s lab said nothing for a minute", name)
	}
	return nil
}

// Client doesn't follow redirects and keeps no cookies: what goes out and
// comes in is the test's.
var Client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       time.Minute,
}

// Refuses starts the Go lab with settings that it must refuse. The error says
// that it didn't, or that it didn't name one of the settings.
func Refuses(t testing.TB, env ...string) error {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append([]string{"PORT=0", "LAB_STDIN=1"}, env...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return fmt.Errorf("the lab started with settings that it must refuse")
	}
	for _, setting := range env {
		name, value, _ := strings.Cut(setting, "=")
		if name != "LAB_NOW" && bytes.Contains(out, []byte(name)) && (len(value) < 4 || !bytes.Contains(out, []byte(value))) {
			return nil
		}
	}
	return fmt.Errorf("the lab refused with %q, which names no setting, or shows its value", out)
}
