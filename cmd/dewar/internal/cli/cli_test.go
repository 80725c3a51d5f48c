package cli_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/cmd/dewar/internal/cli"
)

// outcome is what a run of the command left.
type outcome struct {
	code           int
	stdout, stderr string
}

// reason is the first word on stderr.
func (o outcome) reason() string {
	reason, _, _ := strings.Cut(o.stderr, " ")
	return reason
}

func run(t testing.TB, env map[string]string, stdin string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(t.Context(), args, cli.Env{
		Stdin:  strings.NewReader(stdin),
		Stdout: &stdout,
		Stderr: &stderr,
		Getenv: func(name string) string { return env[name] },
	})
	return outcome{code, stdout.String(), stderr.String()}
}

// full is a device with no room left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
func (full) Read([]byte) (int, error)  { return 0, errors.New("input/output error") }

// What was asked for and didn't come out wasn't done, nor refused.
func TestWhatCannotBeWrittenOrRead(t *testing.T) {
	const value = "eyJuIjoxLCJ1c2VyIjoiYWRhIn0.ZVPxAA.jJ6V7zjXGmlUzAUTZYBoRUywpH4"
	for _, tt := range []struct {
		args string
		want string
	}{
		{"cookie decode --now 1700000000 " + value, "dewar cookie decode: no space left on device\n"},
		{"cookie verify --info --now 1700000000 " + value, "dewar cookie verify: no space left on device\n"},
		{"cookie decode -", "dewar cookie decode: stdin: input/output error\n"},
		{"cookie encode", "dewar cookie encode: stdin: input/output error\n"},
		{"show --store mem: -", "dewar show: stdin: input/output error\n"},
		{"end --store mem: -", "dewar end: stdin: input/output error\n"},
		{"purge --store mem:", "dewar purge: no space left on device\n"},
		{"completion bash", "dewar completion: no space left on device\n"},
	} {
		var stderr bytes.Buffer
		code := cli.Run(t.Context(), strings.Fields(tt.args), cli.Env{
			Stdin:  full{},
			Stdout: full{},
			Stderr: &stderr,
			Getenv: func(name string) string { return map[string]string{"SECRET_KEY": "dev-secret-key"}[name] },
		})
		if code != 2 || stderr.String() != tt.want {
			t.Errorf("%s: got %d, %q, want 2, %q", tt.args, code, &stderr, tt.want)
		}
	}
}

// What isn't UTF-8 would be read as another key.
func TestFallbacksMustBeUTF8(t *testing.T) {
	env := map[string]string{"SECRET_KEY": "key", "SECRET_KEY_FALLBACKS": "[\"\xff\"]"}
	got := run(t, env, "", "cookie", "verify", "x")
	want := "dewar cookie verify: SECRET_KEY_FALLBACKS isn't a JSON list of texts\n"
	if got.code != 2 || !strings.HasPrefix(got.stderr, want) {
		t.Errorf("got %d, %q, want 2, %q", got.code, got.stderr, want)
	}
}

// No arguments are none, not those of the process.
func TestNoArguments(t *testing.T) {
	if got := run(t, nil, ""); got.code != 2 || !strings.HasPrefix(got.stderr, "dewar: which command?\n") {
		t.Errorf("got %d, %q", got.code, got.stderr)
	}
}
