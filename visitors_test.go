package dewar_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// heard is a store that remembers what it was asked.
type heard struct {
	dewar.Store
	mu    sync.Mutex
	verbs []string
	keys  []string
}

func (h *heard) hear(verb, key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.verbs, h.keys = append(h.verbs, verb), append(h.keys, key)
}

func (h *heard) Load(ctx context.Context, key string) (dewar.Item, error) {
	h.hear("load", key)
	return h.Store.Load(ctx, key)
}

func (h *heard) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	h.hear("create", key)
	return h.Store.Create(ctx, key, data, life)
}

func (h *heard) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	h.hear("update", key)
	return h.Store.Update(ctx, key, old, data, life)
}

func (h *heard) Touch(ctx context.Context, key string, life time.Duration) error {
	h.hear("touch", key)
	return h.Store.Touch(ctx, key, life)
}

func (h *heard) Remove(ctx context.Context, key string, old dewar.Item) error {
	h.hear("remove", key)
	return h.Store.Remove(ctx, key, old)
}

func (h *heard) Delete(ctx context.Context, key string) error {
	h.hear("delete", key)
	return h.Store.Delete(ctx, key)
}

// An id that nobody gave out, and one whose session is over, is looked for and no
// more: nothing is written, nothing deleted, whatever but a value the handler leaves,
// and one event says so. What is begun in its place has an id of its own.
func TestAnUnknownIDChangesNothing(t *testing.T) {
	for _, layout := range []dewar.Layout{dewar.NativeLayout, dewar.FlaskLayout} {
		for name, f := range map[string]func(*dewar.Session){
			"untouched": func(*dewar.Session) {}, "read": func(s *dewar.Session) { _ = s.Get("a") }, "renewed": func(s *dewar.Session) { s.Renew() },
			"signed out": func(s *dewar.Session) { s.Destroy() }, "emptied": func(s *dewar.Session) { s.Set("a", 1); s.Clear() },
		} {
			var seen recorder
			c := newClock()
			st := &heard{Store: memstore.New(memstore.Options{Now: c.now})}
			m := managing(t, &dewar.InStore{Store: st, Layout: layout}, func(o *dewar.Options) { o.Observer, o.Now = &seen, c.now })
			over := signedIn(t, m, map[string]any{"a": 1})
			c.at = c.at.Add(24*time.Hour + time.Second)
			for _, cookie := range []string{"__Host-session=" + strings.Repeat("k", 43), over} {
				st.verbs, seen.events = nil, nil
				if res := visit(m, cookie, f); res.StatusCode != 200 {
					t.Errorf("%s: %d", name, res.StatusCode)
				}
				if slices.ContainsFunc(st.verbs, func(verb string) bool { return verb != "load" }) || len(st.verbs) == 0 {
					t.Errorf("%v, %s: the store was asked to %v", layout, name, st.verbs)
				}
				if got := seen.kinds(); got != "refused:unknown" {
					t.Errorf("%v, %s: events %q", layout, name, got)
				}
				next := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Login("7") }))
				if next == "" || next == cookie {
					t.Errorf("%v, %s: signed in under %q", layout, name, next)
				}
			}
		}
	}
}

// However many visitors come without a cookie, or with a bad one, and read, the store
// grows by nothing.
func TestVisitorsWhoWriteNothingCostNothing(t *testing.T) {
	visitors := 100_000
	if testing.Short() {
		visitors = 1000
	}
	m, st := stored(t, nil)
	h := m.Wrap(view(func(s *dewar.Session) { _, _, _ = s.Get("a"), s.User(), s.Flashes() }))
	for i := range visitors {
		for _, cookie := range []string{"", fmt.Sprint("__Host-session=visitor", i)} {
			r, w := httptest.NewRequest("GET", "http://localhost/", nil), httptest.NewRecorder()
			if cookie != "" {
				r.Header.Set("Cookie", cookie)
			}
			if h.ServeHTTP(w, r); w.Header()["Set-Cookie"] != nil {
				t.Fatal(w.Header())
			}
		}
	}
	if st.Len() != 0 {
		t.Errorf("%d items", st.Len())
	}
}

// An id counts in the session's cookie alone: neither in a URL, a form or another
// header, nor in a cookie whose name only looks the same. Blanks and tabs around a name
// are cut, as browsers cut them before they hold a prefix to its rules; nothing else is.
func TestAnIDCountsInItsCookieAlone(t *testing.T) {
	for kind, m := range map[string]*dewar.Manager{"signed": manager(t, nil), "stored": first(stored(t, nil))} {
		cookie := signedIn(t, m, map[string]any{"a": 1})
		name, value, _ := strings.Cut(cookie, "=")
		for _, row := range []struct {
			where, header, sent string
			found               bool
		}{
			{"its cookie", "Cookie", cookie, true},
			{"blanks around it", "Cookie", "x=1;  \t" + name + " \t= " + value, true},
			{"a nameless cookie", "Cookie", "=" + cookie, false},
			{"no name at all", "Cookie", value, false},
			{"another case", "Cookie", strings.ToLower(name) + "=" + value, false},
			{"no prefix", "Cookie", "session=" + value, false},
			{"a longer name", "Cookie", name + "2=" + value, false},
			{"a quoted name", "Cookie", `"` + name + `"=` + value, false},
			{"another cookie's value", "Cookie", "x=" + cookie, false},
			{"a vertical tab", "Cookie", "\v" + cookie, false},
			{"a line's end", "Cookie", "\r\n" + cookie, false},
			{"NUL", "Cookie", "\x00" + cookie, false},
			{"a no-break space in Latin-1", "Cookie", "\xa0" + cookie, false},
			{"a no-break space", "Cookie", "\u00a0" + cookie, false},
			{"an en quad", "Cookie", "\u2000" + cookie, false},
			{"a comma", "Cookie", "x=1, " + cookie, false},
			{"$Version", "Cookie", "$Version=1, " + cookie, false},
			{"Cookie2", "Cookie2", cookie, false},
			{"Authorization", "Authorization", "Bearer " + value, false},
			{"a header of its name", name, value, false},
			{"X-Session-Id", "X-Session-Id", value, false},
			{"the query", "", "/?" + cookie, false},
			{"the path", "", "/;" + cookie, false},
		} {
			target := "http://localhost/"
			if row.header == "" {
				target += strings.TrimPrefix(row.sent, "/")
			}
			r := httptest.NewRequest("POST", target, strings.NewReader(cookie))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if row.header != "" {
				r.Header.Set(row.header, row.sent)
			}
			m.Wrap(view(func(s *dewar.Session) {
				if s.Has("a") != row.found {
					t.Errorf("%s, %s: found %v", kind, row.where, !row.found)
				}
			})).ServeHTTP(httptest.NewRecorder(), r)
		}
	}
}
