// Package browser has a real Chromium visit what is served here: what browsers
// make of a cookie, only a browser knows.
package browser

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/interop/twin"
)

// chromium starts the distribution's browser with a profile of its own. Where
// it isn't installed, the test is skipped with a sentence, and fails in CI.
func chromium(t *testing.T) *rod.Browser {
	t.Helper()
	path, ok := launcher.LookPath()
	if !ok {
		const sentence = "no Chromium on this machine; `make setup` installs it"
		if os.Getenv("CI") == "true" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	l := launcher.New().Bin(path).Headless(true).NoSandbox(true).Leakless(false).UserDataDir(t.TempDir())
	for _, name := range []flags.Flag{"disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"} {
		l.Set(name)
	}
	url, err := l.Launch()
	if err != nil {
		t.Fatal(err)
	}
	b := rod.New().ControlURL(url)
	if err := b.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = b.Close()
		l.Kill()
		l.Cleanup()
	})
	return b.Timeout(time.Minute)
}

// hello builds and starts the demo, and gives its address.
func hello(t *testing.T, env ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "hello")
	build := exec.Command("go", "build", "-o", program, "./hello")
	build.Dir = filepath.Join("..", "..", "examples")
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return run(t, program, env...)
}

func run(t *testing.T, program string, env ...string) string {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "PORT=0"}, env...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, rest, ok := strings.Cut(line, "http://")
	if !ok {
		t.Fatalf("the demo said %q, %v", line, err)
	}
	address, _, _ := strings.Cut(rest, " ")
	return "http://" + strings.TrimSpace(address)
}

// What a person does with the demo: sign in, come back, leave a message, sign
// out. Under Flask's rules the very same browser is known to a Flask.
func TestDemo(t *testing.T) {
	const key = "SECRET_KEY=a key for the demo and for Flask"
	b := chromium(t)
	flask := twin.Flask(t, key)
	for _, row := range []struct {
		name  string
		env   string
		flask bool
	}{
		{"native", "HELLO_KEY_FILE=" + filepath.Join(t.TempDir(), "key"), false},
		{"flask", key, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			page := b.MustIncognito().MustPage(hello(t, row.env))
			says := func(want string) {
				t.Helper()
				if text := page.MustWaitLoad().MustElement("main").MustText(); !strings.Contains(text, want) {
					t.Fatalf("the page doesn't say %q:\n%s", want, text)
				}
			}
			press := func(selector string) {
				wait := page.MustWaitNavigation()
				page.MustElement(selector).MustClick()
				wait()
			}
			says("Hello, visitor.")
			page.MustElement("#name").MustInput("Ada <b>")
			press(`form[action="/sign-in"] button`)
			says("Hello, Ada <b>.")
			page.MustReload()
			says("Hello, Ada <b>.")
			page.MustElement("#message").MustInput("The kettle is on")
			press(`form[action="/messages"] button`)
			says("The kettle is on")
			if got := page.MustEval(`() => document.cookie`).Str(); got != "" {
				t.Errorf("scripts see the cookie: %d bytes", len(got))
			}
			if row.flask {
				// Cookies don't tell ports apart: the same browser goes to Flask.
				other := page.MustNavigate(flask.URL + "/idle").MustWaitLoad()
				got := other.MustEval(`async () => (await fetch("/ops", {method: "POST", body: '[["get","_user_id"]]'})).text()`).Str()
				if !strings.HasPrefix(got, `{"results":["Ada <b>"]`) {
					t.Errorf("Flask knows the visitor as %s", got)
				}
				return
			}
			press(`form[action="/sign-out"] button`)
			says("Hello, visitor.")
		})
	}
}

// The cookie of the native rules, Secure and __Host-, on loopback: Chromium
// keeps it and sends it back, there and over HTTPS.
func TestNativeCookieIsKept(t *testing.T) {
	keys, err := dewar.NewRing(dewar.Keys{Current: []byte("sixteen bytes or more")})
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := dewar.New(dewar.Cookies(keys))
	if err != nil {
		t.Fatal(err)
	}
	count := sessions.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			return
		}
		n := dewar.Key[int]("n").Update(dewar.From(r.Context()), func(n int) int { return n + 1 })
		fmt.Fprintf(w, "visit %d", n)
	}))
	plain, tls := httptest.NewServer(count), httptest.NewTLSServer(count)
	defer plain.Close()
	defer tls.Close()
	b := chromium(t)
	b.MustIgnoreCertErrors(true)
	for _, url := range []string{plain.URL, tls.URL} {
		page := b.MustIncognito().MustPage(url)
		for n := 1; n <= 3; n++ {
			if got, want := page.MustWaitLoad().MustElement("body").MustText(), fmt.Sprint("visit ", n); got != want {
				t.Errorf("%s: got %q, want %q", url, got, want)
			}
			page.MustReload()
		}
	}
}
