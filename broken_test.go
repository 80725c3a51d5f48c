package dewar_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A function given to Update that panics when it is run again, and a middleware within
// that keeps the panic to itself: nothing was saved, and nothing else is said.
func TestAPanicInTheCommit(t *testing.T) {
	for what, after := range map[string]func(w http.ResponseWriter){
		"nothing more is written": func(http.ResponseWriter) {},
		"a page is":               func(w http.ResponseWriter) { fmt.Fprint(w, "done") },
		"a status is":             func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
	} {
		seen := &recorder{}
		m := managing(t, &dewar.InStore{Store: memstore.New(memstore.Options{})}, func(o *dewar.Options) { o.Observer = dewar.Patient(seen) })
		cookie := signedIn(t, m, map[string]any{"n": "x"})
		res := do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			func() {
				defer func() { _ = recover() }()
				dewar.From(r.Context()).Update("n", func(v any) any { return v.(string) + "y" })
				visit(m, cookie, func(s *dewar.Session) { s.Set("n", 1) }) // of another type
				fmt.Fprint(w, "saved")
			}()
			after(w)
		})), cookie)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusInternalServerError || string(body) != "The session could not be saved.\n" || len(res.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s: status %d, %q", what, res.StatusCode, body)
		}
		if got := seen.kinds(); strings.Count(got, "failed:save") != 1 {
			t.Errorf("%s: events %q", what, got)
		}
		visit(m, cookie, func(s *dewar.Session) {
			if s.Get("n") != int64(1) {
				t.Errorf("%s: what another wrote isn't there", what)
			}
		})
	}
}

// A panic that nobody keeps goes its way.
func TestAPanicInTheCommitGoesOn(t *testing.T) {
	m := managing(t, &dewar.InStore{Store: memstore.New(memstore.Options{})}, nil)
	cookie := signedIn(t, m, map[string]any{"n": "x"})
	defer func() {
		if recover() == nil {
			t.Error("the panic is gone")
		}
	}()
	visit(m, cookie, func(s *dewar.Session) {
		s.Update("n", func(v any) any { return v.(string) + "y" })
		visit(m, cookie, func(s *dewar.Session) { s.Set("n", 1) })
	})
}

// An OnError that gives hints alone hasn't answered.
func TestHintsAreNoAnswer(t *testing.T) {
	m := manager(t, func(o *dewar.Options) {
		o.Backend = down{}
		o.OnError = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusEarlyHints) }
	})
	srv := httptest.NewServer(m.Wrap(view(reads)))
	defer srv.Close()
	r, err := http.NewRequest("GET", srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "__Host-session=x")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", res.StatusCode)
	}
}
