package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

const sharedKey = "a key of a development machine"

// flaskRules makes the environment one with a SECRET_KEY and no other setting.
func flaskRules(t *testing.T) {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "SESSION_") {
			t.Setenv(name, "") // so that it is put back
			os.Unsetenv(name)
		}
	}
	t.Setenv("SECRET_KEY", sharedKey)
}

// flaskApp runs testdata/flask_app.py. A test without Flask is skipped, but in
// CI it fails.
func flaskApp(t *testing.T, stdin string, verb string) []byte {
	t.Helper()
	python := cmp.Or(os.Getenv("DEWAR_PYTHON"), "python3")
	missing := t.Skipf
	if os.Getenv("CI") == "true" {
		missing = t.Fatalf
	}
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import flask").CombinedOutput(); err != nil {
		missing("%s has no Flask (name another in DEWAR_PYTHON): %v\n%s", python, err, out)
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/flask_app.py", verb)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("flask_app.py %s: %v\n%s", verb, err, &stderr)
	}
	return bytes.TrimSpace(out)
}

func TestSessionOfFlask(t *testing.T) {
	flaskRules(t)
	value := flaskApp(t, "", "sign-in")
	b := newBrowser(t)
	b.start()
	u, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: string(value)}})

	mustShow(t, b.get("/"), "Hello, Grace &lt;Hopper&gt;.", "visit number <strong>42</strong>", "<code>user</code>",
		`data-category="danger"`, "from <em>Flask</em>", "codec.Tuple", "Flask’s")

	cookies := b.cookies()
	if len(cookies) != 1 || cookies[0].Name != "session" || cookies[0].Value == string(value) {
		t.Fatalf("got %d cookies, want one: a new session", len(cookies))
	}
	var got any
	if err := json.Unmarshal(flaskApp(t, cookies[0].Value, "read"), &got); err != nil {
		t.Fatal(err)
	}
	want := any(map[string]any{"user": "Grace <Hopper>", "visits": 42.0, "cart is a tuple": true, "flashes": []any{}})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Flask reads %v, want %v", got, want)
	}

	mustShow(t, b.post("/sign-out"), "Hello, visitor.", "You are signed out")
}

func TestFlashForFlask(t *testing.T) {
	flaskRules(t)
	b := newBrowser(t)
	b.start()
	b.get("/")
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := b.client.PostForm(b.url+"/messages", url.Values{"message": {"tea"}, "category": {"info"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	var got struct{ Flashes [][]string }
	if err := json.Unmarshal(flaskApp(t, b.cookies()[0].Value, "read"), &got); err != nil {
		t.Fatal(err)
	}
	if want := [][]string{{"info", "tea"}}; !reflect.DeepEqual(got.Flashes, want) {
		t.Errorf("Flask reads %v, want %v", got.Flashes, want)
	}
}

func TestSettingsOfFlask(t *testing.T) {
	flaskRules(t)
	t.Setenv("SESSION_COOKIE_NAME", "ours")
	t.Setenv("SESSION_COOKIE_SAMESITE", "Strict")
	t.Setenv("PERMANENT_SESSION_LIFETIME", "172800")
	b := newBrowser(t)
	b.start()
	mustShow(t, b.get("/"), "<code>ours=...; Path=/; HttpOnly; SameSite=Strict</code>", "2 days after it was last written")
	if got := b.cookies()[0].Name; got != "ours" {
		t.Errorf("got the cookie %q, want ours", got)
	}

	t.Setenv("SESSION_COOKIE_SAMESITE", "sideways")
	if _, err := choose(); err == nil || !strings.Contains(err.Error(), "SESSION_COOKIE_SAMESITE") {
		t.Errorf("got %v, want it to name the setting", err)
	}
}
