package dewar_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/signing"
	"github.com/dewar-go/dewar/store/memstore"
)

// Two applications on one store share no session unless their prefixes are the same,
// whatever their cookies are called; two that sign with one key share none unless their
// salts are the same.
func TestApplicationsAreApart(t *testing.T) {
	st, keys := memstore.New(memstore.Options{}), ring(t, secret)
	inStore := func(layout dewar.Layout, prefix string) dewar.Backend {
		return &dewar.InStore{Store: st, Layout: layout, Prefix: prefix}
	}
	salted := func(salt string) dewar.Backend {
		return dewar.InCookie{Sealer: signing.NewURLSafe(keys, signing.Options{Salt: salt})}
	}
	for name, row := range map[string]struct {
		a, b   dewar.Backend
		shared bool
	}{
		"prefixes":               {inStore(dewar.NativeLayout, "a:"), inStore(dewar.NativeLayout, "b:"), false},
		"prefixes, Flask's":      {inStore(dewar.FlaskLayout, "a:"), inStore(dewar.FlaskLayout, "b:"), false},
		"a prefix and none":      {inStore(dewar.FlaskLayout, ""), inStore(dewar.FlaskLayout, "b:"), false},
		"one begins the other":   {inStore(dewar.FlaskLayout, "a:"), inStore(dewar.FlaskLayout, "a:b"), false},
		"layouts":                {inStore(dewar.NativeLayout, "a:"), inStore(dewar.FlaskLayout, "a:"), false},
		"the same prefix":        {inStore(dewar.NativeLayout, "a:"), inStore(dewar.NativeLayout, "a:"), true},
		"salts":                  {salted("a"), salted("b"), false},
		"the same salt":          {salted("a"), salted("a"), true},
		"purposes of encryption": {dewar.InCookie{Sealer: signing.NewEncrypted(keys, "a")}, dewar.InCookie{Sealer: signing.NewEncrypted(keys, "b")}, false},
	} {
		named := func(b dewar.Backend, name string) *dewar.Manager {
			return managing(t, b, func(o *dewar.Options) { o.Cookie.Name = name })
		}
		a, b := named(row.a, "a"), named(row.b, "b")
		_, value, _ := strings.Cut(cookieOf(visit(a, "", func(s *dewar.Session) { s.Login("7") })), "=")
		visit(b, "b="+value, func(s *dewar.Session) {
			if shared := s.User() == "7"; shared != row.shared {
				t.Errorf("%s: shared %v", name, shared)
			}
		})
		visit(b, "b="+value, func(s *dewar.Session) { s.Destroy() })
		visit(a, "a="+value, func(s *dewar.Session) {
			if gone := s.IsNew(); gone != (row.shared && name == "the same prefix") {
				t.Errorf("%s: signed out by the other: %v", name, gone)
			}
		})
	}
}

// A record belongs to its id: copied to where another id leads, it is no session. So is
// the link of a renewed one.
func TestARecordBelongsToItsID(t *testing.T) {
	ctx := context.Background()
	m, st := stored(t, nil)
	keysOf := func(user string) (cookie string, record dewar.Item, at string) {
		cookie = cookieOf(visit(m, "", func(s *dewar.Session) { s.Login(user) }))
		backend := m.Options().Backend.(*dewar.InStore)
		at, err := backend.Find(ctx, strings.TrimPrefix(cookie, "__Host-session="))
		if err != nil {
			t.Fatal(err)
		}
		if record, err = st.Load(ctx, at); err != nil {
			t.Fatal(err)
		}
		return cookie, record, at
	}
	_, admins, _ := keysOf("admin")
	cookie, mine, at := keysOf("mallory")
	if _, err := st.Update(ctx, at, mine, admins.Data, time.Hour); err != nil {
		t.Fatal(err)
	}
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() || s.User() != "" {
			t.Errorf("mallory is %q", s.User())
		}
	})
	// The links: mallory's leads where the admin's does.
	links := map[string][]byte{}
	previous := map[string]string{}
	for _, user := range []string{"admin", "mallory"} {
		cookie, _, _ := keysOf(user)
		visit(m, cookie, func(s *dewar.Session) { s.Renew() })
		for item := range st.List(ctx, "dewar-link.") {
			if _, known := links[item.Key]; !known {
				link, _ := st.Load(ctx, item.Key)
				links[item.Key], previous[user] = link.Data, item.Key
			}
		}
		if user == "admin" {
			continue
		}
		link, _ := st.Load(ctx, previous[user])
		if _, err := st.Update(ctx, previous[user], link, links[previous["admin"]], time.Hour); err != nil {
			t.Fatal(err)
		}
		visit(m, cookie, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("mallory is led to %q", s.User())
			}
		})
	}
}

// Managers hold nothing of a request: those of different names, keys, prefixes and
// lives serve at once, one within the other, and each does as it was told.
func TestManagersSideBySide(t *testing.T) {
	st := memstore.New(memstore.Options{})
	var ms [4]*dewar.Manager
	for i := range ms {
		var b dewar.Backend = &dewar.InStore{Store: st, Prefix: fmt.Sprint("app", i, ":")}
		if i%2 == 1 {
			b = dewar.Cookies(ring(t, fmt.Appendf(nil, "key %d, long enough for one", i))).Backend
		}
		ms[i] = managing(t, b, func(o *dewar.Options) {
			o.Cookie.Name, o.Life.Idle = fmt.Sprint("c", i), time.Duration(i+1)*time.Hour
		})
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			cookies := make([]string, len(ms))
			for round := range 100 {
				i := (worker + round) % len(ms)
				m, other := ms[i], ms[(i+1)%len(ms)]
				res := visit(m, strings.Join(cookies, "; "), func(s *dewar.Session) {
					if n, _ := s.Get("n").(int64); s.User() != fmt.Sprint(worker) && round >= len(ms) || n != int64(round/len(ms)) {
						t.Errorf("worker %d, round %d: user %q, n %d", worker, round, s.User(), n)
					}
					visit(other, strings.Join(cookies, "; "), func(s *dewar.Session) { _ = s.User() })
					if s.User() == "" {
						s.Login(fmt.Sprint(worker))
					}
					dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 })
				})
				line := res.Header.Get("Set-Cookie")
				if set := cookieOf(res); set != "" {
					cookies[i] = set
				}
				if line != "" && (!strings.HasPrefix(line, fmt.Sprint("c", i, "=")) || !strings.Contains(line, fmt.Sprint("; Max-Age=", 3600*(i+1), ";"))) {
					t.Errorf("manager %d sent %s", i, line)
				}
			}
		})
	}
	wg.Wait()
}
