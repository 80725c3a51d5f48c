package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// A browser visits the program with a cookie jar, as a person would. The jar
// outlives the program: start again, and it is a restart.
type browser struct {
	t      *testing.T
	client http.Client
	url    string
}

func newBrowser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, client: http.Client{Jar: jar}}
}

// start starts the program as the environment has it.
func (b *browser) start() {
	b.t.Helper()
	k, err := choose()
	if err != nil {
		b.t.Fatal(err)
	}
	site, err := newSite(k)
	if err != nil {
		b.t.Fatal(err)
	}
	srv := httptest.NewServer(site)
	b.t.Cleanup(srv.Close)
	b.url = srv.URL
}

// get returns the page at path.
func (b *browser) get(path string) string {
	b.t.Helper()
	resp, err := b.client.Get(b.url + path)
	return b.read(resp, err)
}

// post sends a form and returns the page that it leads to.
func (b *browser) post(path string, fields ...string) string {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	resp, err := b.client.PostForm(b.url+path, form)
	return b.read(resp, err)
}

func (b *browser) read(resp *http.Response, err error) string {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %v\n%s", resp.Status, err, body)
	}
	return string(body)
}

// cookies are the ones that the browser would send.
func (b *browser) cookies() []*http.Cookie {
	b.t.Helper()
	u, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.client.Jar.Cookies(u)
}

// nativeRules makes the environment one without a SECRET_KEY and gives the
// path of the key file.
func nativeRules(t *testing.T) string {
	t.Setenv("SECRET_KEY", "")
	path := filepath.Join(t.TempDir(), "dewar-hello", "key")
	t.Setenv("HELLO_KEY_FILE", path)
	return path
}

func mustShow(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("the page doesn't show %q:\n%s", want, page)
		}
	}
}

func mustHide(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(page, text) {
			t.Errorf("the page shows %q:\n%s", text, page)
		}
	}
}
