package dewar_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// attributes gives what a manager with this Cookie sends beside the value.
func attributes(t *testing.T, c dewar.Cookie, rules dewar.Rules) string {
	t.Helper()
	m := manager(t, func(o *dewar.Options) { o.Cookie, o.Rules = c, rules })
	line := do(m.Wrap(view(func(s *dewar.Session) { s.Set("a", 1) }))).Header.Get("Set-Cookie")
	name, rest, _ := strings.Cut(line, "=")
	_, attrs, _ := strings.Cut(rest, ";")
	return name + ";" + attrs
}

func TestCookieAttributes(t *testing.T) {
	for _, row := range []struct {
		name  string
		c     dewar.Cookie
		rules dewar.Rules
		want  string
	}{
		{"zero", dewar.Cookie{}, dewar.Native, "__Host-session; Max-Age=86400; Secure; HttpOnly; Path=/; SameSite=Lax"},
		{"with a path", dewar.Cookie{Path: "/app"}, dewar.Native, "__Secure-session; Max-Age=86400; Secure; HttpOnly; Path=/app; SameSite=Lax"},
		{"insecure", dewar.Cookie{Insecure: true}, dewar.Native, "session; Max-Age=86400; HttpOnly; Path=/; SameSite=Lax"},
		{"until closed", dewar.Cookie{UntilClosed: true}, dewar.Native, "__Host-session; Secure; HttpOnly; Path=/; SameSite=Lax"},
		{
			"all",
			dewar.Cookie{Name: "s", Domain: ".Example.com:8080", Path: "/a b;", SameSite: http.SameSiteNoneMode, Readable: true, Partitioned: true},
			dewar.Native, "s; Domain=Example.com; Max-Age=86400; Secure; Path=/a%20b%3B; SameSite=None; Partitioned",
		},
		{"idna", dewar.Cookie{Name: "s", Domain: "bücher.example"}, dewar.Native, "s; Domain=xn--bcher-kva.example; Max-Age=86400; Secure; HttpOnly; Path=/; SameSite=Lax"},
		{"flask: partitioned is secure", dewar.Cookie{Name: "s", Insecure: true, Partitioned: true, NoPath: true, SameSite: http.SameSiteDefaultMode}, dewar.Flask, "s; Secure; HttpOnly; Partitioned"},
		{"flask: None without Secure", dewar.Cookie{Name: "s", Insecure: true, SameSite: http.SameSiteNoneMode}, dewar.Flask, "s; HttpOnly; Path=/; SameSite=None"},
	} {
		if got := attributes(t, row.c, row.rules); got != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.name, got, row.want)
		}
	}
}

// Browsers forget a cookie only if it is named with its Domain and Path.
func TestForgettingNamesTheSameCookie(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Cookie = dewar.Cookie{Name: "s", Domain: "example.com", Path: "/app"} })
	res := visit(m, signedIn(t, m, map[string]any{"a": 1}), func(s *dewar.Session) { s.Destroy() })
	want := "s=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly; Path=/app; SameSite=Lax"
	if got := res.Header.Get("Set-Cookie"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Every field that can't be used is named, all in one error.
func TestNewRefuses(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*dewar.Options)
		want   string // fields
	}{
		{"no backend", func(o *dewar.Options) { o.Backend = nil }, "Backend"},
		{"no sealer", func(o *dewar.Options) { o.Backend = dewar.InCookie{} }, "Backend"},
		{"rules", func(o *dewar.Options) { o.Rules = 99 }, "Rules"},
		{"negative life", func(o *dewar.Options) { o.Life.Idle = -1 }, "Life.Idle"},
		{"a long life", func(o *dewar.Options) { o.Life.Idle = 1 << 62 }, "Life.Idle"},
		{"what a cookie can't keep", func(o *dewar.Options) { o.Life.Absolute = 1 }, "Life"},
		{"name", func(o *dewar.Options) { o.Cookie.Name = "a b" }, "Cookie.Name"},
		{"name beyond ASCII", func(o *dewar.Options) { o.Cookie.Name = "é" }, "Cookie.Name"},
		{"name with a line break", func(o *dewar.Options) { o.Cookie.Name = "a\nb" }, "Cookie.Name"},
		{"__Host- with a Domain", func(o *dewar.Options) { o.Cookie.Name, o.Cookie.Domain = "__Host-s", "example.com" }, "Cookie.Name"},
		{"__host- in lower case with a Path", func(o *dewar.Options) { o.Cookie.Name, o.Cookie.Path = "__host-s", "/x" }, "Cookie.Name"},
		{"__Secure- on plain HTTP", func(o *dewar.Options) { o.Cookie.Name, o.Cookie.Insecure = "__Secure-s", true }, "Cookie.Name"},
		{"SameSite=None on plain HTTP", func(o *dewar.Options) { o.Cookie.SameSite, o.Cookie.Insecure = http.SameSiteNoneMode, true }, "Cookie.SameSite"},
		{"SameSite", func(o *dewar.Options) { o.Cookie.SameSite = 99 }, "Cookie.SameSite"},
		{"Partitioned on plain HTTP", func(o *dewar.Options) { o.Cookie.Partitioned, o.Cookie.Insecure = true, true }, "Cookie.Partitioned"},
		{"Path that is none", func(o *dewar.Options) { o.Cookie.Path = "app" }, "Cookie.Path"},
		{"Domain of dots", func(o *dewar.Options) { o.Cookie.Domain = ".." }, "Cookie.Domain"},
		{"Domain with a semicolon", func(o *dewar.Options) { o.Cookie.Domain = "a;b" }, "Cookie.Domain"},
		{"several", func(o *dewar.Options) { o.Life.Idle, o.Cookie.Domain = -1, "a;b" }, "Life.Idle Cookie.Domain"},
	} {
		o := dewar.Cookies(ring(t, secret))
		row.change(&o)
		_, err := dewar.New(o)
		var fields []string
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				var oe *dewar.OptionError
				if errors.As(e, &oe) {
					fields = append(fields, oe.Field)
				}
			}
		}
		if got := strings.Join(fields, " "); got != row.want {
			t.Errorf("%s: got %q, want %q (%v)", row.name, got, row.want, err)
		}
	}
	if _, err := dewar.New(dewar.Cookies(nil)); err == nil {
		t.Error("Cookies without a Ring")
	}
	if _, err := dewar.NewRing(dewar.Keys{Current: []byte("short")}); err == nil {
		t.Error("a short key")
	}
}
