package dewar

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestVary(t *testing.T) {
	for _, row := range []struct {
		name         string
		lines        []string
		native, flsk []string
	}{
		{"none", nil, []string{"Cookie"}, []string{"Cookie"}},
		{"another", []string{"Accept"}, []string{"Accept, Cookie"}, []string{"Accept, Cookie"}},
		{"already, in lower case", []string{"accept, cookie"}, []string{"accept, cookie"}, []string{"accept, cookie"}},
		{"several lines", []string{"Accept", "Origin, X"}, []string{"Accept, Origin, X, Cookie"}, []string{"Accept, Origin, X, Cookie"}},
		{"already, on the second line", []string{"Accept", "Cookie"}, []string{"Accept, Cookie"}, []string{"Accept, Cookie"}},
		{"not a name within another", []string{"X-Cookie"}, []string{"X-Cookie, Cookie"}, []string{"X-Cookie, Cookie"}},
		{"blanks and repetitions", []string{" , Accept,,Origin ", "origin"}, []string{"Accept, Origin, Cookie"}, []string{"Accept, Origin, Cookie"}},
		{"an empty one", []string{""}, []string{"Cookie"}, []string{"Cookie"}},
		{"everything", []string{"*"}, []string{"*"}, []string{"*, Cookie"}},
	} {
		for rules, want := range map[Rules][]string{Native: row.native, Flask: row.flsk} {
			h := http.Header{}
			if row.lines != nil {
				h["Vary"] = slices.Clone(row.lines)
			}
			varyOnCookie(h, rules, nil)
			if got := h["Vary"]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s, rules %d: got %q, want %q", row.name, rules, got, want)
			}
		}
	}
}

func TestKeepPrivate(t *testing.T) {
	for _, row := range []struct{ lines, want []string }{
		{nil, []string{"private"}},
		{[]string{"no-cache"}, []string{"no-cache, private"}},
		{[]string{"Public, max-age=60", "s-maxage=600"}, []string{"max-age=60, private"}},
		{[]string{"max-age=0, Private"}, []string{"max-age=0, Private"}},
		{[]string{"x", "No-Store"}, []string{"x", "No-Store"}},
	} {
		h := http.Header{"Cache-Control": row.lines}
		keepPrivate(h, nil)
		if got := h["Cache-Control"]; !reflect.DeepEqual(got, row.want) {
			t.Errorf("%q: got %q, want %q", row.lines, got, row.want)
		}
	}
}

// What CDNs and proxies obey before Cache-Control is gone, whatever else was said.
func TestKeepPrivateFromCDNs(t *testing.T) {
	for _, said := range []string{"", "private", "no-store", "public, max-age=60"} {
		h := http.Header{"Pragma": {"x"}}
		for _, name := range []string{"CDN-Cache-Control", "Cloudflare-CDN-Cache-Control", "Vercel-CDN-Cache-Control", "Surrogate-Control", "X-Accel-Expires"} {
			h.Set(name, "max-age=600")
		}
		if said != "" {
			h.Set("Cache-Control", said)
		}
		keepPrivate(h, nil)
		if got := h.Get("Cache-Control"); len(h) != 2 || !strings.Contains(got, "private") && got != "no-store" {
			t.Errorf("%q: %v", said, h)
		}
	}
}

func TestCookieValues(t *testing.T) {
	for _, row := range []struct {
		lines []string
		want  string
	}{
		{nil, ""},
		{[]string{"s=a"}, "a"},
		{[]string{"x=1; s=a;y=2"}, "a"},
		{[]string{" s = a ; s=b", "s=c"}, "a b c"},
		{[]string{"S=a; ss=b; s"}, ""},
		{[]string{"s=; s=a"}, "a"},
		{[]string{"=s; ;;; s=a=b"}, "a=b"},
		{[]string{`s="a\"b\\c\054\999"`}, `a"b\c,999`},
		{[]string{`s="a; s=b"`}, `"a b"`},
		{[]string{"s=\xff\x01"}, "\xff\x01"},
		{[]string{strings.Repeat("s=x;", 1000)}, strings.TrimSpace(strings.Repeat("x ", maxCandidates))},
	} {
		var got []string
		cookieValues(row.lines, "s", func(v string) bool { got = append(got, v); return true })
		if strings.Join(got, " ") != row.want {
			t.Errorf("%q: got %q, want %q", row.lines, got, row.want)
		}
	}
}

// A cookie header of any bytes is read without a panic, and yields no more
// values than are looked at.
func FuzzCookieHeader(f *testing.F) {
	f.Add("s=a; s=\"b\\054\"", "x; s = c")
	f.Fuzz(func(t *testing.T, a, b string) {
		n := 0
		cookieValues([]string{a, b}, "s", func(v string) bool {
			if n++; v == "" || len(v) > max(len(a), len(b)) {
				t.Errorf("%q %q gave %q", a, b, v)
			}
			return true
		})
		if n > maxCandidates {
			t.Errorf("%d values", n)
		}
	})
}
