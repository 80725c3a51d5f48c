package dewar_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// The files that a parsed form left in the temporary folder are gone when the response
// is, as without us: net/http removes those of its own request, and handlers have a copy.
func TestUploadsAreRemoved(t *testing.T) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "upload.bin")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(part, strings.Repeat("x", 1000))
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	parse := func(t *testing.T, r *http.Request) {
		if err := r.ParseMultipartForm(1); err != nil {
			t.Error(err)
		}
		if entries, _ := os.ReadDir(os.TempDir()); len(entries) != 1 {
			t.Errorf("%d files while the handler runs", len(entries))
		}
	}
	m := manager(t, nil)
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"none":   func(h http.Handler) http.Handler { return h },
		"Wrap":   m.Wrap,
		"nested": func(h http.Handler) http.Handler { return m.Wrap(m.With(dewar.Route{Lazy: true}).Wrap(h)) },
		"two":    func(h http.Handler) http.Handler { return m.Wrap(manager(t, nil).Wrap(h)) },
		"a form of the outside": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				parse(t, r)
				m.Wrap(h).ServeHTTP(w, r)
			})
		},
		"a panic, recovered": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() { _ = recover() }()
				m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r); panic("x") })).ServeHTTP(w, r)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			srv := httptest.NewServer(wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { parse(t, r) })))
			res, err := http.Post(srv.URL, form.FormDataContentType(), bytes.NewReader(body.Bytes()))
			if err != nil || res.StatusCode != 200 {
				t.Fatalf("%v %v", res, err)
			}
			res.Body.Close()
			srv.Close() // waits until the server is done with the request
			if entries, _ := os.ReadDir(os.TempDir()); len(entries) != 0 {
				t.Errorf("%d files are left", len(entries))
			}
		})
	}
}
