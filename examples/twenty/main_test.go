package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestCount(t *testing.T) {
	keys, err := dewar.NewRing(dewar.Keys{Current: []byte("sixteen bytes, or more")})
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := dewar.New(dewar.Cookies(keys))
	if err != nil {
		t.Fatal(err)
	}
	handler := sessions.Wrap(http.HandlerFunc(count))
	cookie := ""
	for _, want := range []string{"visit 1\n", "visit 2\n", "visit 3\n"} {
		r, w := httptest.NewRequest("GET", "http://127.0.0.1:8080/", nil), httptest.NewRecorder()
		r.Header.Set("Cookie", cookie)
		handler.ServeHTTP(w, r)
		if got := w.Body.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		cookie, _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	}
}

// The program that the README begins with is this one.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	block := "<!-- examples/twenty/main.go -->\n```go\n" + string(program) + "```\n"
	if !strings.Contains(string(readme), block) {
		t.Errorf("README.md doesn't hold this block as it stands:\n%s", block)
	}
}
