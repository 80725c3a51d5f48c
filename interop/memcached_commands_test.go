package interop

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// What a request sends to a memcached, exactly. A touch is two: one asks what is
// left of the life, so as never to shorten it.
func TestCommandsOfARequestToMemcached(t *testing.T) {
	var sent realserver.Sent
	addr := realserver.Memcached(t).Addr
	st := noted(t, addr, &sent)
	native, shared := dewar.Stored(st), flask.Stored(st)
	for i, o := range []dewar.Options{native, shared} {
		name := []string{"native", "flask"}[i]
		sessions, err := dewar.New(o)
		if err != nil {
			t.Fatal(err)
		}
		visit := func(cookie string, f func(*dewar.Session)) (string, string) {
			r := httptest.NewRequest("GET", "https://localhost/", nil)
			r.Header.Set("Cookie", cookie)
			w := httptest.NewRecorder()
			sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(dewar.From(r.Context())) })).ServeHTTP(w, r)
			set, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
			return set, sent.Commands()
		}
		read := func(s *dewar.Session) { _ = s.Get("a") }
		write := func(s *dewar.Session) { s.Set("b", time.Now().UnixNano()) }
		cookie, _ := visit("", func(s *dewar.Session) { s.Set("a", 1) })
		// aged leaves a session an hour of its life.
		aged := func(cookie string) {
			_, id, _ := strings.Cut(cookie, "=")
			k, err := o.Backend.(*dewar.InStore).Find(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			answer := make([]byte, 9)
			if _, err := fmt.Fprintf(conn, "touch %s 3600\r\n", k); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "TOUCHED\r\n" {
				t.Fatalf("touch: %q, %v", answer, err)
			}
			sent.Commands()
		}
		renewed, _ := visit("", write)
		renewed, _ = visit(renewed, func(s *dewar.Session) { s.Renew() })
		visit(renewed, read) // the first use of an id that a renewal gave out is written down
		for _, row := range []struct {
			what   string
			cookie string
			does   func(*dewar.Session)
			want   [2]string // native, flask
		}{
			{"no cookie", "", read, [2]string{"", ""}},
			{"first value", "", func(s *dewar.Session) { s.Set("a", 1) }, [2]string{"add", "add"}},
			{"read", cookie, read, [2]string{"mg", ""}},
			{"read of an old one", cookie, read, [2]string{"mg mg touch", "mg mg touch"}}, // Flask extends the life at each
			{"write", cookie, write, [2]string{"mg cas", "mg cas"}},
			{"write of an old one", cookie, write, [2]string{"mg cas", "mg cas"}},
			{"an update", cookie, func(s *dewar.Session) { s.Update("n", func(any) any { return time.Now().UnixNano() }) }, [2]string{"mg cas", "mg cas"}},
			{"sign-out", cookie, func(s *dewar.Session) { s.Destroy() }, [2]string{"mg md", "mg md"}},
			{"renewed, sign-out", renewed, func(s *dewar.Session) { s.Destroy() }, [2]string{"mg md", "mg md"}},
			{"with an unknown id", cookie, read, [2]string{"mg mg", "mg mg"}},
			{"an id of no shape", "__Host-session=../x; session=../x", read, [2]string{"", ""}},
		} {
			if strings.HasSuffix(row.what, " old one") {
				aged(row.cookie)
			} else if row.what == "read" && o.Rules != dewar.Native {
				continue // whether a second has passed is the server's clock to say
			}
			if _, got := visit(row.cookie, row.does); got != row.want[i] {
				t.Errorf("%s, %s: sent %q, want %q", name, row.what, got, row.want[i])
			}
		}
	}
}

// A session that is read every second for an hour of its day sends one command a
// request, and two more each time a twentieth of its life has passed.
func TestATouchOfMemcachedIsAmortised(t *testing.T) {
	var sent realserver.Sent
	st := noted(t, realserver.Memcached(t).Addr, &sent)
	o := dewar.Stored(withoutLeft{st})
	now := time.Now()
	o.Now = func() time.Time { return now }
	sessions, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	serve := sessions.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := dewar.From(r.Context()); s.Get("a") == nil {
			s.Set("a", 1)
		}
	}))
	cookie := ""
	for range 3600 {
		r := httptest.NewRequest("GET", "https://localhost/", nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		serve.ServeHTTP(w, r)
		if set, _, ok := strings.Cut(w.Header().Get("Set-Cookie"), ";"); ok {
			cookie = set
		}
		now = now.Add(2 * time.Second)
	}
	all := strings.Fields(sent.Commands())
	count := map[string]int{}
	for _, name := range all {
		count[name]++
	}
	if count["add"] != 1 || count["mg"] < 3599 || count["mg"] > 3599+2 || count["touch"] > 2 || len(all) > 3605 {
		t.Errorf("sent %v", count)
	}
}

// noted is a store whose commands are noted.
func noted(t *testing.T, addr string, sent *realserver.Sent) *memcachestore.Store {
	t.Helper()
	st, err := memcachestore.New([]string{addr}, memcachestore.Options{
		Dial: func(ctx context.Context, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			if err != nil {
				return nil, err
			}
			return sent.Conn(conn), nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// withoutLeft hides what is left of lives, which here the real clock counts and
// not the test's.
type withoutLeft struct{ dewar.Store }

func (s withoutLeft) Load(ctx context.Context, key string) (dewar.Item, error) {
	item, err := s.Store.Load(ctx, key)
	item.Left = 0
	return item, err
}
