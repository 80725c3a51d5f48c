package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// told gives the events of f, which gets a manager of sessions in a store and a
// cookie that leads to one; those of making it are left out.
func told(t *testing.T, change func(*dewar.Options), f func(m *dewar.Manager, cookie string, c *clock)) string {
	t.Helper()
	seen, c := &recorder{everything: true}, newClock()
	m, _ := stored(t, func(o *dewar.Options) {
		o.Now, o.Observer = c.now, dewar.Patient(seen)
		if change != nil {
			change(o)
		}
	})
	cookie := signedIn(t, m, map[string]any{"a": 1})
	seen.mu.Lock()
	seen.events = nil
	seen.mu.Unlock()
	f(m, cookie, c)
	checkPrinted(t, seen.events)
	return seen.kinds()
}

// What happens to a session is told once, with its reason. Every kind and every
// reason that there is, is here.
func TestEveryEvent(t *testing.T) {
	inCookie := func(o *dewar.Options) { o.Backend = dewar.Cookies(ring(t, secret)).Backend }
	read := func(s *dewar.Session) { _ = s.Get("a") }
	set := func(s *dewar.Session) { s.Set("a", 2) }
	late := func(f func(s *dewar.Session)) func(*dewar.Manager, string, *clock) {
		return func(m *dewar.Manager, cookie string, _ *clock) {
			do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, "body")
				f(dewar.From(r.Context()))
			})), cookie)
			if do(m.Wrap(view(set)), cookie).StatusCode != 200 { // the session is as it was
				t.Error("lost")
			}
		}
	}
	breaks := func(verb string) func(o *dewar.Options) {
		return func(o *dewar.Options) {
			o.Backend = &dewar.InStore{Store: failing{memstore.New(memstore.Options{Now: o.Now}), verb}}
		}
	}
	one := func(f func(s *dewar.Session)) func(*dewar.Manager, string, *clock) {
		return func(m *dewar.Manager, cookie string, _ *clock) { visit(m, cookie, f) }
	}
	sends := func(value string) func(*dewar.Manager, string, *clock) {
		return func(m *dewar.Manager, _ string, _ *clock) { visit(m, "__Host-session="+value, read) }
	}
	after := func(d time.Duration, f func(s *dewar.Session)) func(*dewar.Manager, string, *clock) {
		return func(m *dewar.Manager, cookie string, c *clock) {
			c.at = c.at.Add(d)
			visit(m, cookie, f)
		}
	}
	meanwhile := func(theirs, mine func(s *dewar.Session)) func(*dewar.Manager, string, *clock) {
		return func(m *dewar.Manager, cookie string, _ *clock) {
			visit(m, cookie, func(s *dewar.Session) {
				visit(m, cookie, theirs)
				mine(s)
			})
		}
	}
	var withFlask dewar.Store
	var all strings.Builder
	for _, row := range []struct {
		what   string
		change func(*dewar.Options)
		f      func(m *dewar.Manager, cookie string, c *clock)
		want   string
	}{
		{"nothing asked", nil, func(m *dewar.Manager, _ string, _ *clock) { visit(m, "", read) }, ""},
		{"a first value", nil, func(m *dewar.Manager, _ string, _ *clock) { visit(m, "", set) }, "created:"},
		{"the same in a cookie", inCookie, func(m *dewar.Manager, _ string, _ *clock) { visit(m, "", set) }, "created:"},
		{"a reader", nil, one(read), "loaded:"},
		{"a writer", nil, one(set), "loaded: saved:"},
		{"a reader after hours", nil, after(20*time.Hour, read), "loaded: extended:"},
		{"Renew", nil, one((*dewar.Session).Renew), "loaded: renewed:"},
		{"Renew in a cookie, which has no id", inCookie, one((*dewar.Session).Renew), "loaded: saved:"},
		{"Renew by two", nil, meanwhile((*dewar.Session).Renew, (*dewar.Session).Renew), "loaded: loaded: renewed: saved:"},
		{"Renew with the previous id", nil, func(m *dewar.Manager, cookie string, _ *clock) {
			visit(m, cookie, (*dewar.Session).Renew)
			visit(m, cookie, (*dewar.Session).Renew)
		}, "loaded: renewed: loaded: saved:"},
		{"Destroy", nil, one((*dewar.Session).Destroy), "loaded: ended:destroyed"},
		{"Destroy in a cookie", inCookie, one((*dewar.Session).Destroy), "loaded: ended:destroyed"},
		{"Destroy, then a flash", nil, one(func(s *dewar.Session) { s.Destroy(); s.Flash("bye", "") }), "loaded: ended:destroyed created:"},
		{"Destroy of nothing", nil, func(m *dewar.Manager, _ string, _ *clock) { visit(m, "__Host-session=x", (*dewar.Session).Destroy) }, "refused:unknown"},
		{"emptied under Flask's rules", func(o *dewar.Options) { o.Rules, o.Cookie.Name = dewar.Flask, "__Host-session"; inCookie(o) }, one((*dewar.Session).Clear), "loaded: ended:emptied"},

		{"signed too long ago", inCookie, after(25*time.Hour, read), "expired:"},
		{"the absolute life is over", func(o *dewar.Options) { o.Life = dewar.Life{Idle: time.Hour, Absolute: 30 * time.Minute} }, after(31*time.Minute, read), "expired:"},
		{"forgotten by the store", nil, after(25*time.Hour, read), "refused:unknown"},
		{"nobody's id", nil, sends("nobody"), "refused:unknown"},
		{"no id", nil, sends("no id"), "refused:malformed"},
		{"a bad signature", inCookie, sends("eyJhIjoxfQ.ZVPxAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA"), "refused:signature"},
		{"from the future", inCookie, after(-time.Hour, read), "refused:future"},
		{"rightly signed nonsense", inCookie, func(m *dewar.Manager, _ string, c *clock) {
			visit(m, "__Host-session="+string(m.Options().Backend.(dewar.InCookie).Sealer.Seal(nil, []byte("["), c.at)), read)
		}, "refused:payload"},
		{"too large", inCookie, sends(strings.Repeat("a", 1<<18) + ".ZVPxAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA"), "refused:too-large"},
		{"a record that was cut", func(o *dewar.Options) {
			o.Backend = &dewar.InStore{Store: cutting{memstore.New(memstore.Options{Now: o.Now})}}
		}, one(read), "refused:undecodable"},
		{"a replay", nil, func(m *dewar.Manager, cookie string, c *clock) {
			visit(m, cookieOf(visit(m, cookie, (*dewar.Session).Renew)), set)
			c.at = c.at.Add(time.Minute)
			visit(m, cookie, read)
			visit(m, cookie, read)
		}, "loaded: renewed: loaded: saved: replayed: ended:replay refused:replay refused:unknown"},
		{"revived by a Flask", func(o *dewar.Options) {
			withFlask = memstore.New(memstore.Options{Now: o.Now})
			o.Backend = &dewar.InStore{Store: withFlask, Layout: dewar.FlaskLayout, Tombstones: true}
		}, func(m *dewar.Manager, cookie string, _ *clock) {
			write := written(t, withFlask, cookie)
			visit(m, cookie, (*dewar.Session).Destroy)
			write()
			visit(m, cookie, read)
		}, "loaded: ended:destroyed refused:revived"},

		{"a previous id where use extends nothing", nil, func(m *dewar.Manager, cookie string, _ *clock) {
			visit(m, cookie, (*dewar.Session).Renew)
			visit(m.With(dewar.Route{NoKeepAlive: true}), cookie, read)
		}, "loaded: renewed: loaded:"},

		{"two Sets of one key", nil, meanwhile(func(s *dewar.Session) { s.Set("a", 3) }, set), "loaded: loaded: saved: conflict: saved:"},
		{"Strict", func(o *dewar.Options) { o.Strict = true }, meanwhile(func(s *dewar.Session) { s.Set("a", 3) }, set), "loaded: loaded: saved: failed:conflict"},
		{"Take by two", nil, meanwhile(take, take), "loaded: loaded: saved: failed:conflict"},
		{"a writer beside a sign-out", nil, meanwhile((*dewar.Session).Destroy, set), "loaded: loaded: ended:destroyed failed:gone"},
		{"what can't be encoded", nil, one(func(s *dewar.Session) { s.Set("f", func() {}) }), "loaded: failed:value"},
		{"what can't be read", func(o *dewar.Options) { o.Backend = unreadable{} }, sends("x"), "loaded: failed:value"},
		{"SetLife under Flask's rules", func(o *dewar.Options) { o.Rules, o.Cookie.Name = dewar.Flask, "__Host-session"; inCookie(o) }, one(func(s *dewar.Session) { s.SetLife(time.Hour) }), "loaded: failed:rules"},
		{"a cookie over the limit", inCookie, one(func(s *dewar.Session) { s.Set("big", random(9000)) }), "loaded: failed:too-large"},
		{"a new one over the limit", inCookie, func(m *dewar.Manager, _ string, _ *clock) {
			visit(m, "", func(s *dewar.Session) { s.Set("big", random(9000)) })
		}, "failed:too-large"},
		{"an outage: load", breaks("load"), one(read), "failed:open"},
		{"an outage: anonymous", breaks("load"), func(m *dewar.Manager, cookie string, _ *clock) {
			visit(m.With(dewar.Route{Outage: dewar.Anonymous}), cookie, set)
		}, "failed:open failed:read-only"},
		{"an outage: Load", breaks("load"), func(m *dewar.Manager, _ string, _ *clock) {
			if _, err := m.Load(context.Background(), "someid"); err == nil {
				t.Error("loaded")
			}
		}, "failed:open"},
		{"an outage: save", breaks("update"), one(set), "loaded: failed:save"},
		{"an outage: extend", breaks("touch"), after(20*time.Hour, read), "loaded: failed:extend"},
		{"an outage: end", breaks("remove"), one((*dewar.Session).Destroy), "loaded: failed:end"},
		{"an outage: Commit", breaks("update"), func(m *dewar.Manager, cookie string, _ *clock) {
			s, _ := m.Load(context.Background(), strings.TrimPrefix(cookie, "__Host-session="))
			s.Set("a", 2)
			if _, err := m.Commit(context.Background(), s); err == nil {
				t.Error("committed")
			}
		}, "loaded: failed:save"},
		{"the client went away", nil, func(m *dewar.Manager, cookie string, _ *clock) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			r := httptest.NewRequestWithContext(ctx, "GET", "http://localhost/", nil)
			r.Header.Set("Cookie", cookie)
			m.Wrap(view(read)).ServeHTTP(httptest.NewRecorder(), r)
		}, "failed:canceled"},

		{"set too late", nil, late(set), "loaded: pending:save loaded: saved:"},
		{"renewed too late", nil, late((*dewar.Session).Renew), "loaded: pending:renew loaded: saved:"},
		{"signed in too late", nil, late(func(s *dewar.Session) { s.Login("7") }), "loaded: pending:renew loaded: saved:"},
		{"ended too late", nil, late((*dewar.Session).Destroy), "loaded: pending:end loaded: saved:"},
		{"renewed in time, set too late", nil, func(m *dewar.Manager, cookie string, _ *clock) {
			do(m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				s := dewar.From(r.Context())
				s.Renew()
				w.WriteHeader(200)
				s.Set("late", 1)
			})), cookie)
		}, "loaded: renewed: pending:save"},
		{"taken over by the handler", nil, func(m *dewar.Manager, cookie string, _ *clock) {
			r := httptest.NewRequest("GET", "http://localhost/", nil)
			r.Header.Set("Cookie", cookie)
			m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				dewar.From(r.Context()).Renew()
				_, _, _ = w.(http.Hijacker).Hijack()
			})).ServeHTTP(hijackable{httptest.NewRecorder()}, r)
			visit(m, cookie, set)
		}, "loaded: pending:renew loaded: saved:"},
	} {
		got := told(t, row.change, row.f)
		if got != row.want {
			t.Errorf("%s: events %q, want %q", row.what, got, row.want)
		}
		all.WriteString(got + " ")
	}
	for k := dewar.Refused; k.String() != "unknown"; k++ {
		for _, reason := range append(k.Reasons(), "") {
			if (reason != "") == (k.Reasons() != nil) && k != dewar.Warned && !strings.Contains(all.String(), k.String()+":"+reason+" ") {
				t.Errorf("no row has %v: %s", k, reason)
			}
		}
	}
}

func take(s *dewar.Session) { dewar.Key[int]("a").Take(s) }

// failing is a store one of whose verbs fails.
type failing struct {
	*memstore.Store
	verb string
}

func (f failing) fails(verb string) error {
	if f.verb == verb {
		return errDown
	}
	return nil
}

func (f failing) Load(ctx context.Context, key string) (dewar.Item, error) {
	if err := f.fails("load"); err != nil {
		return dewar.Item{}, err
	}
	return f.Store.Load(ctx, key)
}

func (f failing) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if err := f.fails("update"); err != nil {
		return dewar.Item{}, err
	}
	return f.Store.Update(ctx, key, old, data, life)
}

func (f failing) Touch(ctx context.Context, key string, life time.Duration) error {
	if err := f.fails("touch"); err != nil {
		return err
	}
	return f.Store.Touch(ctx, key, life)
}

func (f failing) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := f.fails("remove"); err != nil {
		return err
	}
	return f.Store.Remove(ctx, key, old)
}

// cutting loses the half of each record.
type cutting struct{ *memstore.Store }

func (c cutting) Load(ctx context.Context, key string) (dewar.Item, error) {
	item, err := c.Store.Load(ctx, key)
	item.Data = item.Data[:len(item.Data)/2]
	return item, err
}

// unreadable has sessions with a value that can't be decoded, and saves none.
type unreadable struct{ dewar.Unavailable }

func (unreadable) Open(context.Context, string) (dewar.Record, error) {
	return dewar.Record{ID: "x", Entries: []dewar.Entry{{Key: "a", Raw: []byte("{")}}}, nil
}

func (unreadable) Save(_ context.Context, r dewar.Record, _ time.Duration) (string, dewar.Record, error) {
	return "x", r, nil
}

// Who asks for an id that leads nowhere, or no more, is seen with the handle that the
// session had.
func TestRefusedAndExpiredHaveTheHandle(t *testing.T) {
	for what, f := range map[string]func(m *dewar.Manager, cookie string, c *clock){
		"ended":   func(m *dewar.Manager, cookie string, _ *clock) { visit(m, cookie, (*dewar.Session).Destroy) },
		"expired": func(_ *dewar.Manager, _ string, c *clock) { c.at = c.at.Add(2 * time.Hour) },
	} {
		var seen recorder
		seen.everything = true
		c := newClock()
		m, _ := stored(t, func(o *dewar.Options) {
			o.Now, o.Observer, o.Life = c.now, dewar.Patient(&seen), dewar.Life{Idle: 24 * time.Hour, Absolute: time.Hour}
		})
		cookie := signedIn(t, m, map[string]any{"a": 1})
		f(m, cookie, c)
		visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") })
		if last := seen.events[len(seen.events)-1]; last.Handle() == "" || last.Handle() != seen.events[0].Handle() {
			t.Errorf("%s: %v with handle %q", what, last, last.Handle())
		}
	}
}

// Of many renewals at once one is told.
func TestOneRenewalIsTold(t *testing.T) {
	got := told(t, nil, func(m *dewar.Manager, cookie string, _ *clock) {
		parallel(m, cookie, 20, func(_ int, s *dewar.Session) { s.Renew() })
	})
	if n := strings.Count(got, "renewed:"); n != 1 {
		t.Errorf("%d renewals: %s", n, got)
	}
}

// A session that moves to another home gets a new id, and that is told as such.
func TestMovesAreTold(t *testing.T) {
	for name, f := range map[string]func(s *dewar.Session){"save": func(s *dewar.Session) { s.Set("a", 2) }, "extend": func(s *dewar.Session) { _ = s.Get("a") }} {
		c := newClock()
		old := memstore.New(memstore.Options{Now: c.now})
		from := managing(t, &dewar.InStore{Store: old}, func(o *dewar.Options) { o.Now = c.now })
		cookie := signedIn(t, from, map[string]any{"a": 1})
		seen := &recorder{everything: true}
		m := managing(t, dewar.Fallback{New: &dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now})}, Old: &dewar.InStore{Store: old}}, func(o *dewar.Options) {
			o.Now, o.Observer = c.now, dewar.Patient(seen)
		})
		c.at = c.at.Add(20 * time.Hour)
		visit(m, cookie, f)
		if got := seen.kinds(); got != "loaded: renewed:" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What Old signed too long ago has expired, though New can make nothing of it.
func TestAnOldHomesCookieExpires(t *testing.T) {
	c, seen := newClock(), &recorder{everything: true}
	old := dewar.Cookies(ring(t, secret)).Backend
	cookie := signedIn(t, manager(t, func(o *dewar.Options) { o.Now = c.now }), map[string]any{"a": 1})
	m := managing(t, dewar.Fallback{New: &dewar.InStore{Store: memstore.New(memstore.Options{})}, Old: old}, func(o *dewar.Options) {
		o.Now, o.Observer = c.now, dewar.Patient(seen)
	})
	c.at = c.at.Add(25 * time.Hour)
	visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") })
	if got := seen.kinds(); got != "expired:" {
		t.Errorf("events: %s", got)
	}
}

// An event carries the error, so that a program can tell more than the reason.
func TestFailuresHaveTheirError(t *testing.T) {
	var seen recorder
	m := manager(t, func(o *dewar.Options) { o.Backend, o.Observer = down{}, dewar.Patient(&seen) })
	visit(m, "__Host-session=x", nil)
	if len(seen.events) != 1 || !errors.Is(seen.events[0].Err, errDown) {
		t.Errorf("%v", seen.events)
	}
}

// docs/observing.md has a row for every kind, with all its reasons.
func TestEveryEventIsDocumented(t *testing.T) {
	page, err := os.ReadFile("docs/observing.md")
	if err != nil {
		t.Fatal(err)
	}
	for k := dewar.Refused; k.String() != "unknown"; k++ {
		lines := strings.Split(string(page), "\n")
		i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "| `"+k.String()+"` |") })
		if i < 0 {
			t.Errorf("no row for %v", k)
			continue
		}
		for _, reason := range k.Reasons() {
			if !slices.ContainsFunc(lines[i:], func(l string) bool {
				return strings.HasPrefix(l, "| `"+k.String()+"` |") && strings.Contains(l, "`"+reason+"`")
			}) {
				t.Errorf("no row for %v: %s", k, reason)
			}
		}
	}
}
