package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func TestGuards(t *testing.T) {
	nativeRules(t)
	k, err := choose()
	if err != nil {
		t.Fatal(err)
	}
	site, err := newSite(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, method, url, origin string
		status                    int
		cookie                    bool
	}{
		{"a visit", "GET", "http://127.0.0.1:8080/", "", 200, true},
		{"by name", "GET", "http://localhost:8080/", "", 200, true},
		{"by IPv6", "GET", "http://[::1]:8080/", "", 200, true},
		{"another host", "GET", "http://evil.example:8080/", "", http.StatusMisdirectedRequest, false},
		{"a form from another site", "POST", "http://127.0.0.1:8080/sign-in", "https://evil.example", http.StatusForbidden, false},
		{"a form from here", "POST", "http://127.0.0.1:8080/sign-out", "http://127.0.0.1:8080", http.StatusSeeOther, true},
		{"signing out by a link", "GET", "http://127.0.0.1:8080/sign-out", "", http.StatusMethodNotAllowed, false},
		{"no such page", "GET", "http://127.0.0.1:8080/nowhere", "", http.StatusNotFound, false},
		{"the style sheet needs no session", "GET", "http://127.0.0.1:8080/style.css", "", 200, false},
		{"the template stays inside", "GET", "http://127.0.0.1:8080/page.html", "", http.StatusNotFound, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.url, nil)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("got status %d, want %d", w.Code, c.status)
			}
			if got := w.Header().Get("Set-Cookie") != ""; got != c.cookie {
				t.Errorf("got a cookie: %v, want %v", got, c.cookie)
			}
		})
	}
}

func TestPageAndCookieArePrivate(t *testing.T) {
	nativeRules(t)
	b := newBrowser(t)
	b.start()
	resp, err := b.client.Get(b.url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, want := resp.Header.Get("Cache-Control"), "no-store"; got != want {
		t.Errorf("got Cache-Control %q, want %q", got, want)
	}
	if got, want := resp.Header.Get("Content-Security-Policy"), "default-src 'none'"; !strings.HasPrefix(got, want) {
		t.Errorf("got Content-Security-Policy %q, want it to begin with %q", got, want)
	}
	c := resp.Cookies()[0]
	if c.Name != "hello" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 30*24*60*60 {
		t.Errorf("got name %q, HttpOnly %v, SameSite %v, Max-Age %d", c.Name, c.HttpOnly, c.SameSite, c.MaxAge)
	}
}

func TestRun(t *testing.T) {
	path := nativeRules(t)
	t.Setenv("PORT", "0")
	ctx, stop := context.WithCancel(t.Context())
	stop() // it starts, says where, and ends
	var out strings.Builder
	if err := run(ctx, &out); err != nil {
		t.Fatal(err)
	}
	mustShow(t, out.String(), "http://127.0.0.1:", "Dewar's own rules", path)
	key, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mustHide(t, out.String(), string(key))
}

func TestTakenPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, err = listen(port)
	if want := "port " + port + " is taken: set PORT to another one, such as PORT=8081"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
