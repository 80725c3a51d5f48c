package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// The error page of a failed save has the headers that were there before the handler,
// be they many; of the handler's, and of what stands around it within Wrap, only Vary
// and what lets other origins read it.
func TestErrorPageHasNothingOfTheHandlers(t *testing.T) {
	handlers := http.Header{
		"Refresh": {"0;url=/paid"}, "Hx-Redirect": {"/paid"}, "Hx-Location": {"/paid"}, "X-Auth-Token": {"t"}, "Content-Location": {"/paid/7"},
		"Link": {"</paid>; rel=next"}, "Trailer": {"X-Sum"}, http.TrailerPrefix + "X-Sum": {"1"}, "x-lower-case": {"1"}, "etag": {`"1"`},
		"Cdn-Cache-Control": {"max-age=600"}, "Surrogate-Control": {"max-age=600"}, "Cache-Control": {"public"}, "Location": {"/paid"}, "Set-Cookie": {"a=b"},
		"Vary": {"Accept"}, "Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Credentials": {"true"},
	}
	want := []string{"Access-Control-Allow-Credentials", "Access-Control-Allow-Origin", "Content-Type", "Vary", "X-Content-Type-Options"}
	for _, row := range []struct {
		name   string
		before int // headers of those outside
		err    error
		status int
	}{
		{"nothing before", 0, errDown, 503},
		{"an id before", 1, fmt.Errorf("gone: %w", dewar.ErrSessionGone), 409},
		{"many before", 20, errDown, 503},
	} {
		m := manager(t, func(o *dewar.Options) { o.Backend = unsaved{err: row.err} })
		names := slices.Clone(want)
		if row.status == 503 {
			names = append(names, "Retry-After")
		}
		h := m.Wrap(m.With(dewar.Route{NoKeepAlive: true}).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			maps.Copy(w.Header(), handlers)
			dewar.From(r.Context()).Set("paid", true)
			fmt.Fprint(w, "paid")
		})))
		for i := range row.before {
			names = append(names, fmt.Sprintf("X-Outside-%d", i))
		}
		res := do(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for i := range row.before {
				w.Header().Set(fmt.Sprintf("X-Outside-%d", i), "1")
			}
			h.ServeHTTP(w, r)
		}))
		slices.Sort(names)
		got := slices.Sorted(maps.Keys(res.Header))
		if res.StatusCode != row.status || !slices.Equal(got, names) {
			t.Errorf("%s: %d\n got %s\nwant %s", row.name, res.StatusCode, strings.Join(got, " "), strings.Join(names, " "))
		}
		if vary := res.Header.Get("Vary"); vary != "Accept, Cookie" {
			t.Errorf("%s: Vary is %q", row.name, vary)
		}
	}
}

// What describes the handler's content isn't the error page's, whoever set it.
func TestErrorPageIsOfItsOwnContent(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Backend = unsaved{err: errors.New("down")} })
	h := m.Wrap(view(func(s *dewar.Session) { s.Set("a", 1) }))
	res := do(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Expires", "Fri, 01 Jan 2100 00:00:00 GMT")
		h.ServeHTTP(w, r)
	}))
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") || res.Header.Get("Expires") != "" || res.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%v", res.Header)
	}
}

// unsaved is a backend that can't save.
type unsaved struct {
	dewar.Unavailable
	err error
}

func (u unsaved) Save(context.Context, dewar.Record, time.Duration) (string, dewar.Record, error) {
	return "", dewar.Record{}, u.err
}
