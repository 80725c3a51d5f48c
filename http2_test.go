package dewar_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dewar-go/dewar"
)

// Over HTTP/2, too, a response has the session's headers once, whichever way it
// begins, and a trailer none.
func TestHTTP2(t *testing.T) {
	m := manager(t, nil)
	ways := map[string]http.HandlerFunc{
		"/nothing": func(http.ResponseWriter, *http.Request) {},
		"/write":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") },
		"/flush":   func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); fmt.Fprint(w, "x") },
		"/hints":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusEarlyHints); fmt.Fprint(w, "x") },
		"/error":   func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) },
		"/trailer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			fmt.Fprint(w, "x")
			w.Header().Set("X-Sum", "1")
		},
	}
	srv := httptest.NewUnstartedServer(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dewar.From(r.Context()).Set("a", 1)
		ways[r.URL.Path](w, r)
	})))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	for path := range ways {
		res, err := srv.Client().Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil || res.ProtoMajor != 2 || len(res.Header["Set-Cookie"]) != 1 || res.Header.Get("Vary") != "Cookie" || res.Header.Get("Cache-Control") != "private" || res.Trailer["Set-Cookie"] != nil {
			t.Errorf("%s: %s %v, trailer %v, %v", path, res.Proto, res.Header, res.Trailer, err)
		}
	}
}
