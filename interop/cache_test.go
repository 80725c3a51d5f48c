package interop

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/memstore"
)

// Behind a shared cache that keeps cookies too, whose every page says that it may be
// kept, nobody gets another's cookie or page: not where a session was signed in to,
// read, or extended unread, nor from a page that was kept and is asked for anew.
func TestASharedCacheKeepsNobodysSession(t *testing.T) {
	ring, err := dewar.NewRing(dewar.Keys{Current: []byte("a key of more than sixteen bytes")})
	if err != nil {
		t.Fatal(err)
	}
	for kind, o := range map[string]dewar.Options{"signed": dewar.Cookies(ring), "stored": dewar.Stored(memstore.New(memstore.Options{}))} {
		t.Run(kind, func(t *testing.T) {
			var ahead atomic.Int64 // how much the clock is put forward
			o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			if kind == "stored" {
				o.Backend = &dewar.InStore{Store: memstore.New(memstore.Options{Now: o.Now})}
			}
			o.Cookie.Insecure = true
			m, err := dewar.New(o)
			if err != nil {
				t.Fatal(err)
			}
			mux := http.NewServeMux()
			keep := func(w http.ResponseWriter) { w.Header().Set("Cache-Control", "public, max-age=1") }
			mux.HandleFunc("/sign-in", func(w http.ResponseWriter, r *http.Request) {
				keep(w)
				dewar.From(r.Context()).Login(r.Header.Get("X-User"))
			})
			mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
				keep(w)
				fmt.Fprint(w, "user "+dewar.From(r.Context()).User())
			})
			mux.HandleFunc("/unread", func(w http.ResponseWriter, r *http.Request) {
				keep(w)
				w.Header().Set("Etag", `"1"`)
				http.ServeContent(w, r, "", time.Time{}, strings.NewReader("anybody's"))
			})
			outer := http.NewServeMux()
			outer.Handle("/", m.Wrap(mux))
			outer.HandleFunc("/careless", func(w http.ResponseWriter, r *http.Request) { // what happens to others
				keep(w)
				http.SetCookie(w, &http.Cookie{Name: "session", Value: r.Header.Get("X-User")})
			})
			app := httptest.NewServer(outer)
			defer app.Close()
			cache := realserver.Cache(t, strings.TrimPrefix(app.URL, "http://"))

			type reply struct{ cookie, body, cache string }
			get := func(path, user, cookie string) reply {
				t.Helper()
				r, _ := http.NewRequest("GET", "http://"+cache.Addr+path, nil)
				r.Header.Set("X-User", user)
				if cookie != "" {
					r.Header.Set("Cookie", cookie)
				}
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				body, _ := io.ReadAll(res.Body)
				set, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
				return reply{set, string(body), res.Header.Get("X-Cache")}
			}
			if get("/careless", "alice", ""); get("/careless", "bob", "").cookie != "session=alice" {
				t.Fatal("this cache keeps no cookies: nothing is tested")
			}

			alice := get("/sign-in", "alice", "").cookie
			bob := get("/sign-in", "bob", "").cookie
			if alice == "" || bob == "" || alice == bob {
				t.Fatal("a sign-in was answered with another's")
			}
			cookies := map[string]string{"alice": alice, "bob": bob, "": ""}
			pages := func() {
				t.Helper()
				for _, path := range []string{"/page", "/unread"} {
					for range 2 {
						for _, user := range []string{"alice", "", "bob"} {
							got := get(path, user, cookies[user])
							if path == "/page" && got.body != "user "+user || path == "/unread" && got.body != "anybody's" {
								t.Errorf("%s of %q: %+v", path, user, got)
							}
							if got.cookie == "" {
								continue
							}
							if mine := get("/page", user, got.cookie); user == "" || mine.body != "user "+user {
								t.Errorf("%s gave %q the cookie of %q", path, user, mine.body)
							}
							cookies[user] = got.cookie
						}
					}
				}
			}
			pages()
			for tries := 1; get("/page", "alice", cookies["alice"]).cache != "HIT"; tries++ { // which it is for a second
				if tries == 20 {
					t.Fatal("alice's own page is kept for nobody, her either")
				}
			}
			ahead.Add(int64(2 * time.Hour)) // lives are to be extended
			pages()
			time.Sleep(1100 * time.Millisecond) // what is kept is to be asked for anew
			ahead.Add(int64(2 * time.Hour))
			pages()
		})
	}
}
