package dewar_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
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
		{"a signed cookie signed again", func(o *dewar.Options) { o.Backend = dewar.SignedID{Backend: o.Backend, Keys: ring(t, secret)} }, "Backend"},
		{"some cookies signed again", func(o *dewar.Options) {
			o.Backend = dewar.SignedID{Backend: &dewar.Fallback{New: &dewar.InStore{Store: memstore.New(memstore.Options{})}, Old: o.Backend}, Keys: ring(t, secret)}
		}, "Backend"},
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
		{"__Http- that scripts may read", func(o *dewar.Options) { o.Cookie.Name, o.Cookie.Readable = "__Http-s", true }, "Cookie.Name"},
		{"__http- on plain HTTP", func(o *dewar.Options) { o.Cookie.Name, o.Cookie.Insecure = "__http-s", true }, "Cookie.Name"},
		{"__Host-Http- that scripts may read", func(o *dewar.Options) { o.Cookie.Name, o.Cookie.Readable = "__HOST-HTTP-s", true }, "Cookie.Name"},
		{"__Host-Http- with a Path", func(o *dewar.Options) { o.Cookie.Name, o.Cookie.Path = "__Host-Http-s", "/x" }, "Cookie.Name"},
		{"Host__ for __Host-", func(o *dewar.Options) { o.Cookie.Name = "Host__s" }, "Cookie.Name"},
		{"_Host- for __Host-", func(o *dewar.Options) { o.Cookie.Name = "_Host-s" }, "Cookie.Name"},
		{"__host_ for __Host-", func(o *dewar.Options) { o.Cookie.Name = "__host_s" }, "Cookie.Name"},
		{"__Secure for __Secure-", func(o *dewar.Options) { o.Cookie.Name = "__Secure" }, "Cookie.Name"},
		{"a host of one's own", func(o *dewar.Options) { o.Cookie.Name = "host-session" }, ""},
		{"a Path that browsers ignore", func(o *dewar.Options) { o.Cookie.Path = "/" + strings.Repeat("é", 171) }, "Cookie.Path"},
		{"the longest Path", func(o *dewar.Options) { o.Cookie.Path = "/" + strings.Repeat("x", 1023) }, ""},
		{"a Domain that is a port", func(o *dewar.Options) { o.Cookie.Domain = ":80" }, "Cookie.Domain"},
		{"a Domain longer than any host's name", func(o *dewar.Options) { o.Cookie.Domain = strings.Repeat("abc.", 70) + "example" }, "Cookie.Domain"},
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

// A browser keeps a cookie for 400 days at the most (RFC 6265bis, section 5.5), so no
// longer Max-Age is sent; the session's own life is what it is.
func TestMaxAgeIsOneThatBrowsersKeep(t *testing.T) {
	for life, want := range map[time.Duration]string{
		400 * 24 * time.Hour: "; Max-Age=34560000;", 401 * 24 * time.Hour: "; Max-Age=34560000;", 399 * 24 * time.Hour: "; Max-Age=34473600;",
	} {
		c := newClock()
		m := manager(t, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, life })
		res := do(m.Wrap(view(func(s *dewar.Session) { s.Set("a", 1) })))
		if got := res.Header.Get("Set-Cookie"); !strings.Contains(got, want) {
			t.Errorf("%v: %s", life, got)
		}
		c.at = c.at.Add(life)
		do(m.Wrap(view(func(s *dewar.Session) {
			if s.IsNew() {
				t.Errorf("%v: over at its end", life)
			}
		})), cookieOf(res))
	}
}

// What deletes a cookie has the attributes that it was set with, without which a
// browser takes it for another, and a date long past.
func TestDeletionIsOfTheSameCookie(t *testing.T) {
	for name, c := range map[string]dewar.Cookie{
		"zero": {}, "path": {Path: "/app"}, "domain": {Domain: "example.com"}, "partitioned": {Partitioned: true, SameSite: http.SameSiteNoneMode},
		"insecure": {Insecure: true, Readable: true}, "strict": {SameSite: http.SameSiteStrictMode}, "until closed": {UntilClosed: true},
	} {
		m := manager(t, func(o *dewar.Options) { o.Cookie = c })
		var lines [2]*http.Cookie
		cookie := ""
		for i, f := range []func(*dewar.Session){func(s *dewar.Session) { s.Set("a", 1) }, func(s *dewar.Session) { s.Destroy() }} {
			res := do(m.Wrap(view(f)), cookie)
			var err error
			if lines[i], err = http.ParseSetCookie(res.Header.Get("Set-Cookie")); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			cookie = cookieOf(res)
		}
		set, gone := lines[0], lines[1]
		if c.UntilClosed && (set.MaxAge != 0 || !set.Expires.IsZero()) {
			t.Errorf("%s: lives on: %s", name, set.Raw)
		}
		if gone.Value != "" || gone.MaxAge != -1 || gone.Expires.Unix() != 0 {
			t.Errorf("%s: no deletion: %s", name, gone.Raw)
		}
		attributes := func(c *http.Cookie) string {
			return fmt.Sprint(c.Name, c.Domain, c.Path, c.Secure, c.HttpOnly, c.SameSite, c.Partitioned)
		}
		if attributes(set) != attributes(gone) {
			t.Errorf("%s: %s is deleted by %s", name, set.Raw, gone.Raw)
		}
	}
}

// A date is written as HTTP writes it, with four digits of a year, in GMT.
func TestDatesAreHTTPs(t *testing.T) {
	for at, want := range map[time.Time]string{
		time.Date(2026, 1, 2, 3, 4, 5, 999, time.FixedZone("", 3600)): "; Expires=Fri, 02 Jan 2026 03:04:05 GMT;",
		time.Date(9899, 12, 31, 23, 59, 59, 0, time.UTC):              "; Expires=Mon, 01 Jan 9900 00:59:59 GMT;",
	} {
		m := manager(t, func(o *dewar.Options) {
			o.Rules, o.Life.Idle, o.Now = dewar.Flask, time.Hour, func() time.Time { return at }
		})
		res := do(m.Wrap(view(func(s *dewar.Session) { s.Permanent(true) })))
		if got := res.Header.Get("Set-Cookie"); !strings.Contains(got, want) {
			t.Errorf("%v: %s", at, got)
		}
	}
}

// Whatever name, host and path New accepts, and whatever the session holds, a response
// has one line with one cookie and no attribute but its own.
func FuzzCookieLine(f *testing.F) {
	f.Add("__Host-s", "", "", "x")
	f.Add("s", "example.com", "/a b;c", "\r\nSet-Cookie: a=b")
	f.Add("s", "bücher.example", "/\x00\"\\,", "; HttpOnly")
	f.Add("s\n", "a\r\nb", "/; Domain=evil.example", "\xff")
	keys, err := dewar.NewRing(dewar.Keys{Current: secret})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, domain, path, text string) {
		o := dewar.Cookies(keys)
		o.Observer, o.Cookie = quiet, dewar.Cookie{Name: name, Domain: domain, Path: path, MaxBytes: -1}
		m, err := dewar.New(o)
		if err != nil {
			return
		}
		lines := do(m.Wrap(view(func(s *dewar.Session) { s.Set("a", 1); s.Set("text", strings.ToValidUTF8(text, "")) }))).Header["Set-Cookie"]
		if len(lines) != 1 || strings.ContainsFunc(lines[0], func(r rune) bool { return r < ' ' || r >= 0x7f }) {
			t.Fatalf("%q", lines)
		}
		var names []string
		for _, part := range strings.Split(lines[0], "; ") {
			attr, value, _ := strings.Cut(part, "=")
			if strings.ContainsAny(value, " \"\\;") || names == nil && strings.Contains(value, ",") {
				t.Errorf("%q", lines[0])
			}
			names = append(names, attr)
		}
		want := []string{m.Options().Cookie.Name, "Domain", "Max-Age", "Secure", "HttpOnly", "Path", "SameSite"}
		if domain == "" {
			want = slices.Delete(want, 1, 2)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%q has %q, want %q", lines[0], names, want)
		}
	})
}
