// Package visits is a story for the tests of observers.
package visits

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// Events are what an observer is told by Story: kind and reason, how often.
var Events = map[[2]string]int64{
	{"created", ""}: 3, {"loaded", ""}: 9, {"saved", ""}: 4, {"extended", ""}: 1, {"renewed", ""}: 1, {"conflict", ""}: 1,
	{"replayed", ""}: 1, {"ended", "replay"}: 1, {"refused", "replay"}: 1, {"refused", "unknown"}: 1, {"refused", "malformed"}: 1,
	{"ended", "destroyed"}: 1, {"failed", "value"}: 1, {"pending", "save"}: 1, {"expired", ""}: 1, {"failed", "open"}: 1, {"warned", ""}: 1,
}

// What the visitors' sessions hold.
const (
	user, key, value = "ada@example.com", "the-key", "the-value"
)

// Leaks are what no metric may hold: Secrets, which nothing may hold, and Handles.
type Leaks struct{ Secrets, Handles []string }

// Story has an observer told nearly everything that can happen. It runs in a bubble of
// testing/synctest, where a day is soon over and no quick observer is ever late.
// outside, if there is one, is a handler around the manager's.
func Story(o dewar.Observer, outside func(http.Handler) http.Handler) (Leaks, error) {
	leaks := Leaks{Secrets: []string{user, key, value}}
	st := &failing{Store: memstore.New(memstore.Options{})}
	opts := dewar.Stored(st)
	opts.Observer, opts.Life.Absolute = o, 30*time.Hour
	m, err := dewar.New(opts)
	if err != nil {
		return leaks, err
	}
	visit := func(cookie string, f func(w http.ResponseWriter, s *dewar.Session)) string {
		h := m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s := dewar.From(r.Context())
			f(w, s)
			if handle := s.Handle(); handle != "" {
				leaks.Handles = append(leaks.Handles, handle)
			}
		}))
		if outside != nil {
			h = outside(h)
		}
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		line, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
		if _, id, _ := strings.Cut(line, "="); id != "" {
			leaks.Secrets = append(leaks.Secrets, id)
		}
		return line
	}
	read := func(_ http.ResponseWriter, s *dewar.Session) { _ = s.Get(key) }
	write := func(v string) func(http.ResponseWriter, *dewar.Session) {
		return func(_ http.ResponseWriter, s *dewar.Session) { s.Set(key, v) }
	}
	renew := func(_ http.ResponseWriter, s *dewar.Session) { s.Login(user) }

	first := visit("", write(value))
	visit(first, write(value+"2"))
	visit(first, func(w http.ResponseWriter, s *dewar.Session) {
		visit(first, write(value+"3"))
		s.Set(key, value)
	})
	time.Sleep(20 * time.Hour)
	visit(first, read)
	visit(visit(first, renew), write(value+"4"))
	time.Sleep(time.Minute)
	visit(first, read)
	visit(first, read)
	visit("__Host-session="+value+"\r\n", read)

	second := visit("", write(value))
	visit(second, func(_ http.ResponseWriter, s *dewar.Session) { s.Destroy() })

	third := visit("", func(_ http.ResponseWriter, s *dewar.Session) { s.Set(key, value); s.SetLife(40 * time.Hour) })
	visit(third, func(_ http.ResponseWriter, s *dewar.Session) { s.Set(key, func() {}) })
	visit(third, func(w http.ResponseWriter, s *dewar.Session) {
		w.WriteHeader(http.StatusOK)
		s.Set(key, value+"5")
	})
	time.Sleep(31 * time.Hour)
	visit(third, read)
	st.down.Store(true)
	visit(third, read)

	_, err = dewar.New(dewar.Options{Backend: dewar.Unavailable{}, Observer: o})
	return leaks, err
}

// failing is a store that can be down, and then quotes what it shouldn't.
type failing struct {
	dewar.Store
	down atomic.Bool
}

func (f *failing) Load(ctx context.Context, k string) (dewar.Item, error) {
	if f.down.Load() {
		return dewar.Item{}, errors.New("no such key: " + key + "\r\n" + value)
	}
	return f.Store.Load(ctx, k)
}
