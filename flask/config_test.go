package flask_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
)

const secret = "a secret of more than sixteen bytes"

// Every setting by its own name: what is sent after a write.
func TestSettings(t *testing.T) {
	for _, row := range []struct {
		name   string
		config map[string]any
		want   string // attributes of a permanent session's cookie
	}{
		{"defaults", nil, "session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/"},
		{
			"None where None is the default",
			map[string]any{"SESSION_COOKIE_DOMAIN": nil, "SESSION_COOKIE_PATH": nil, "SESSION_COOKIE_SAMESITE": nil, "SECRET_KEY_FALLBACKS": nil},
			"session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/",
		},
		{"all", map[string]any{
			"SESSION_COOKIE_NAME": "sid", "SESSION_COOKIE_DOMAIN": ".example.com:80", "SESSION_COOKIE_PATH": "/a b", "SESSION_COOKIE_HTTPONLY": false,
			"SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_SAMESITE": "lax", "SESSION_COOKIE_PARTITIONED": true, "PERMANENT_SESSION_LIFETIME": 60, "MAX_COOKIE_SIZE": 0,
		}, "sid; Domain=example.com; Expires=Tue, 14 Nov 2023 22:14:20 GMT; Secure; Path=/a%20b; SameSite=Lax; Partitioned"},
		{"APPLICATION_ROOT", map[string]any{"APPLICATION_ROOT": "/root"}, "session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/root"},
		{"SESSION_COOKIE_PATH first", map[string]any{"APPLICATION_ROOT": "/root", "SESSION_COOKIE_PATH": "/path"}, "session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/path"},
		{"no path", map[string]any{"APPLICATION_ROOT": nil}, "session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly"},
		{"an empty domain", map[string]any{"SESSION_COOKIE_DOMAIN": ""}, "session; Domain=; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/"},
		{"domain False", map[string]any{"SESSION_COOKIE_DOMAIN": false}, "session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/"},
		{"a timedelta", map[string]any{"PERMANENT_SESSION_LIFETIME": time.Hour}, "session; Expires=Tue, 14 Nov 2023 23:13:20 GMT; HttpOnly; Path=/"},
		{"a fraction", map[string]any{"PERMANENT_SESSION_LIFETIME": 1.9}, "session; Expires=Tue, 14 Nov 2023 22:13:21 GMT; HttpOnly; Path=/"},
		{"a JSON number", map[string]any{"PERMANENT_SESSION_LIFETIME": json.Number("60")}, "session; Expires=Tue, 14 Nov 2023 22:14:20 GMT; HttpOnly; Path=/"},
		{"none at all", map[string]any{"PERMANENT_SESSION_LIFETIME": 0}, "session; Expires=Tue, 14 Nov 2023 22:13:20 GMT; HttpOnly; Path=/"},
		{"less than none", map[string]any{"PERMANENT_SESSION_LIFETIME": int64(-5)}, "session; Expires=Tue, 14 Nov 2023 22:13:15 GMT; HttpOnly; Path=/"},
		{"SameSite=None without Secure", map[string]any{"SESSION_COOKIE_SAMESITE": "None"}, "session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/; SameSite=None"},
		{"what isn't ours", map[string]any{"DEBUG": true, "SERVER_NAME": "x"}, "session; Expires=Fri, 15 Dec 2023 22:13:20 GMT; HttpOnly; Path=/"},
	} {
		defer silence()()
		config := map[string]any{"SECRET_KEY": secret}
		for k, v := range row.config {
			config[k] = v
		}
		o, err := flask.FromMap(config)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		o.Now = func() time.Time { return time.Unix(1700000000, 0) }
		m, err := dewar.New(o)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		line := visit(m, "", func(s *dewar.Session) { s.Permanent(true) }).Get("Set-Cookie")
		name, rest, _ := strings.Cut(line, "=")
		_, attrs, _ := strings.Cut(rest, ";")
		if got := name + ";" + attrs; got != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.name, got, row.want)
		}
	}
}

// A wrong value is refused at start with the name of its setting, and without
// its value.
func TestWrongSettings(t *testing.T) {
	for name, values := range map[string][]any{
		"SECRET_KEY":                   {12345, true, []string{"a"}},
		"SECRET_KEY_FALLBACKS":         {"letters-become-keys", []any{""}, []any{7}, []string{"old", ""}, map[string]any{"old": 1}, true, 7},
		"PERMANENT_SESSION_LIFETIME":   {nil, "31 days", 1e12, -1e12, true},
		"SESSION_REFRESH_EACH_REQUEST": {"yes!", 1, nil},
		"SESSION_COOKIE_NAME":          {"", nil, 5},
		"SESSION_COOKIE_DOMAIN":        {true, 5},
		"SESSION_COOKIE_PATH":          {5},
		"SESSION_COOKIE_HTTPONLY":      {"False", 0},
		"SESSION_COOKIE_SECURE":        {"yes!", 1},
		"SESSION_COOKIE_SAMESITE":      {"", "bogus-value", false},
		"SESSION_COOKIE_PARTITIONED":   {"yes-please"},
		"MAX_COOKIE_SIZE":              {"4093 bytes", -1, 1.5, nil},
		"APPLICATION_ROOT":             {5},
		"SESSION_COOKIE_SAME_SITE":     {"Lax"}, // a slip of the pen is no default
		"SESSION_TYPE":                 {"redis"},
	} {
		for _, v := range values {
			_, err := flask.FromMap(map[string]any{"SECRET_KEY": secret, name: v})
			var ce *flask.ConfigError
			if !errors.As(err, &ce) || ce.Name != name {
				t.Errorf("%s = %#v: %v", name, v, err)
				continue
			}
			if text, ok := v.(string); ok && len(text) > 3 && strings.Contains(err.Error(), text) {
				t.Errorf("%s: the error shows the value: %v", name, err)
			}
		}
	}
	_, err := flask.FromMap(map[string]any{"SECRET_KEY": 5, "MAX_COOKIE_SIZE": "x", "SESSION_COOKIE_SECURE": "x"})
	for _, name := range []string{"SECRET_KEY", "MAX_COOKIE_SIZE", "SESSION_COOKIE_SECURE"} {
		if err == nil || !strings.Contains(err.Error(), name+":") {
			t.Errorf("%s isn't among %v", name, err)
		}
	}
}

func TestFromEnv(t *testing.T) {
	for name, value := range map[string]string{
		"SECRET_KEY": "1234567890123456", "SECRET_KEY_FALLBACKS": `["older", "old"]`, "SESSION_COOKIE_NAME": "sid",
		"SESSION_COOKIE_SECURE": "true", "PERMANENT_SESSION_LIFETIME": "60", "SESSION_COOKIE_SAMESITE": "null", "SESSION_MANAGER": "local/x:@/tmp",
	} {
		t.Setenv(name, value)
	}
	o, err := flask.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if o.Cookie.Name != "sid" || o.Cookie.Insecure || o.Life.Idle != time.Minute || o.Cookie.SameSite != http.SameSiteDefaultMode {
		t.Errorf("%+v", o)
	}
	t.Setenv("SESSION_COOKIE_SECURE", "True") // no JSON: Flask would send Secure=True
	if _, err = flask.FromEnv(); err == nil || !strings.Contains(err.Error(), "SESSION_COOKIE_SECURE") {
		t.Errorf("True: %v", err)
	}
	t.Setenv("FLASK_SECRET_KEY", `"quoted, and long enough"`)
	t.Setenv("FLASK_SESSION_COOKIE_NAME", "f")
	if o, err = flask.FromPrefixedEnv("FLASK_"); err != nil || o.Cookie.Name != "f" {
		t.Errorf("prefixed: %+v %v", o, err)
	}
}

// What is false to Python is no fallback, as in Flask.
func TestNoFallbacks(t *testing.T) {
	for _, none := range []any{nil, "", false, 0, 0.0, []any{}, []string{}, [][]byte{}, map[string]any{}} {
		if _, err := flask.FromMap(map[string]any{"SECRET_KEY": secret, "SECRET_KEY_FALLBACKS": none}); err != nil {
			t.Errorf("%#v: %v", none, err)
		}
	}
	t.Setenv("SECRET_KEY", secret)
	for _, none := range []string{"", "null", "[]", "false", "0", "{}", `""`} {
		t.Setenv("SECRET_KEY_FALLBACKS", none)
		if _, err := flask.FromEnv(); err != nil {
			t.Errorf("%s: %v", none, err)
		}
	}
}

// JSON's readers put U+FFFD for what they can't read: a key of those is known to
// everybody.
func TestKeysThatJSONCannotHold(t *testing.T) {
	t.Setenv("SECRET_KEY", secret)
	for _, list := range []string{"[\"\xff\xfe\xfd\"]", `["\ud800\ud801"]`, "[\"good\",\"\xff\"]"} {
		t.Setenv("SECRET_KEY_FALLBACKS", list)
		_, err := flask.FromEnv()
		if bad, ok := errors.AsType[*flask.ConfigError](err); !ok || bad.Name != "SECRET_KEY_FALLBACKS" {
			t.Errorf("%q: got %v", list, err)
		}
	}
	for _, key := range []string{"\"\xff\xfe\"", `"\udfff"`, "\xff\xfe"} {
		if got := flask.Value("SECRET_KEY", key); got != key {
			t.Errorf("%q: got %q, want the bytes as they are", key, got)
		}
	}
}

// The current key is tried first, then the last of the fallbacks.
func TestKeyOrder(t *testing.T) {
	k := flask.Keys([]byte("current"), []byte("oldest"), []byte("older"), []byte("old"))
	var got []string
	for _, key := range append([][]byte{k.Current}, k.Old...) {
		got = append(got, string(key))
	}
	if want := []string{"current", "old", "older", "oldest"}; !slices.Equal(got, want) || !k.AllowShort {
		t.Errorf("got %v", got)
	}
}

// Without a key, sessions are what Flask's null sessions are.
func TestNullSession(t *testing.T) {
	for _, config := range []map[string]any{{}, {"SECRET_KEY": nil}, {"SECRET_KEY": ""}} {
		o, err := flask.FromMap(config)
		if err != nil {
			t.Fatal(err)
		}
		m, err := dewar.New(o)
		if err != nil {
			t.Fatal(err)
		}
		h := visit(m, "session=x.y.z", func(s *dewar.Session) {
			if s.Len() != 0 || s.Get("a") != nil || s.IsPermanent() || s.Flashes() != nil {
				t.Error("not empty")
			}
			for _, write := range []func(){
				func() { s.Set("a", 1) }, func() { s.Delete("a") }, s.Clear, func() { s.Permanent(true) }, func() { s.Flash("x", "") }, s.Renew, s.Destroy,
			} {
				write()
				if !errors.Is(s.Err(), dewar.ErrReadOnly) || !strings.Contains(s.Err().Error(), "SECRET_KEY") || s.Len() != 0 {
					t.Errorf("a write: %v", s.Err())
				}
			}
		})
		if len(h) != 0 {
			t.Errorf("headers: %v", h)
		}
	}
}

// A short key is accepted, as Flask does, and said.
func TestShortKeyIsSaid(t *testing.T) {
	var log strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	if _, err := flask.FromMap(map[string]any{"SECRET_KEY": "dev-key"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "SECRET_KEY is 7 bytes long") || strings.Contains(log.String(), "dev-key") {
		t.Errorf("log: %s", log.String())
	}
}

// The too-large warning has Werkzeug's words.
func TestTooLargeWarning(t *testing.T) {
	var log strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	defer slog.SetDefault(before)
	o, err := flask.FromMap(map[string]any{"SECRET_KEY": "dev-secret-key, made longer", "MAX_COOKIE_SIZE": 20})
	if err != nil {
		t.Fatal(err)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if h := visit(m, "", func(s *dewar.Session) { s.Set("a", 1) }); h.Get("Set-Cookie") == "" {
		t.Error("not sent")
	}
	want := "The 'session' cookie is too large: the value was 45 bytes but the header required 26 extra bytes." +
		" The final size was 71 bytes but the limit is 20 bytes. Browsers may silently ignore cookies larger than this."
	if !strings.Contains(log.String(), want) {
		t.Errorf("log: %s", log.String())
	}
}

// visit runs one request and gives the headers of its response.
func visit(m *dewar.Manager, cookie string, f func(*dewar.Session)) http.Header {
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	m.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
	return w.Header()
}

// silence keeps warnings out of the test's output until it is called.
func silence() func() {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	return func() { slog.SetDefault(before) }
}
