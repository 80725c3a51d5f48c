package dewar_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
)

type (
	netConn    = net.Conn
	readWriter = bufio.ReadWriter
)

// A session of Load can be committed again and again.
func TestCommitAgain(t *testing.T) {
	ctx := context.Background()
	for name, m := range map[string]*dewar.Manager{"cookie": manager(t, nil), "store": first(stored(t, nil))} {
		s, err := m.Load(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		s.Set("a", 1)
		one, err := m.Commit(ctx, s)
		if err != nil || one.Value == "" {
			t.Fatalf("%s: %+v %v", name, one, err)
		}
		if again, err := m.Commit(ctx, s); err != nil || again.Value != "" {
			t.Errorf("%s: saved again without a change: %v", name, err)
		}
		s.Set("b", 2)
		two, err := m.Commit(ctx, s)
		if err != nil || two.Value == "" || s.Err() != nil {
			t.Errorf("%s: %+v %v, Err %v", name, two, err, s.Err())
		}
		if s, _ = m.Load(ctx, two.Value); s.Len() != 2 {
			t.Errorf("%s: %d values", name, s.Len())
		}
		s.Destroy()
		gone, err := m.Commit(ctx, s)
		if err != nil || !gone.Forget || gone.Value != "" || len(gone.SetCookie) != 1 {
			t.Errorf("%s: Destroy: %+v %v", name, gone, err)
		}
		s.Set("c", 3)
		if after, err := m.Commit(ctx, s); err != nil || after.Value == "" || !strings.Contains(after.SetCookie[0], after.Value) {
			t.Errorf("%s: after Destroy: %+v %v", name, after, err)
		}
		s, _ = m.Load(ctx, "expired.or.bad")
		s.Destroy()
		if a, err := m.Commit(ctx, s); err != nil || !a.Forget {
			t.Errorf("%s: Destroy of a bad value: %+v %v", name, a, err)
		}
	}
}

// A session that Load began and Commit saved is ended like any other.
func TestDestroyAfterCommit(t *testing.T) {
	ctx := context.Background()
	m, st := stored(t, nil)
	s, err := m.Load(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	s.Set("a", 1)
	if _, err := m.Commit(ctx, s); err != nil || sessions(st) != 1 {
		t.Fatalf("%d sessions, %v", sessions(st), err)
	}
	s.Destroy()
	if a, err := m.Commit(ctx, s); err != nil || !a.Forget || sessions(st) != 0 {
		t.Errorf("Destroy: %+v %v, %d sessions", a, err, sessions(st))
	}
}

func first[A, B any](a A, _ B) A { return a }

// A session that isn't the manager's isn't saved in silence.
func TestCommitOfAnothers(t *testing.T) {
	m := manager(t, nil)
	if _, err := m.Commit(context.Background(), dewar.NewSession(map[string]any{"a": 1})); !errors.Is(err, dewar.ErrNoWrap) {
		t.Errorf("%v", err)
	}
	if s := dewar.NewSession(nil); m.From(dewar.NewContext(context.Background(), s)) != s {
		t.Error("Manager.From doesn't find a test's session")
	}
}

// A short life is extended by use as well.
func TestShortLife(t *testing.T) {
	c := newClock()
	m := manager(t, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, 75*time.Second })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	for use := range 5 {
		c.at = c.at.Add(50 * time.Second)
		has := false
		if next := cookieOf(do(m.Wrap(view(func(s *dewar.Session) { has = s.Has("a") })), cookie)); next != "" {
			cookie = next
		}
		if !has {
			t.Fatalf("gone at use %d", use)
		}
	}
	if got := do(m.Wrap(view(func(s *dewar.Session) { s.SetLife(500 * time.Millisecond) })), cookie).Header.Get("Set-Cookie"); !strings.Contains(got, "Max-Age=1;") {
		t.Errorf("half a second: %s", got)
	}
}

// What New completed can be changed and used again; a pointer is as good as
// the backend itself.
func TestOptionsAgain(t *testing.T) {
	m := manager(t, func(o *dewar.Options) { o.Cookie.Domain, o.Cookie.Name = "example.com", "x" })
	o := m.Options()
	o.Cookie.Domain = ""
	backend := o.Backend.(dewar.InCookie)
	o.Backend = &backend
	again, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if got := do(again.Wrap(view(func(s *dewar.Session) { s.Set("a", 1) }))).Header.Get("Set-Cookie"); got == "" || strings.Contains(got, "Domain") {
		t.Error(got)
	}
}

// Under Flask's rules a refresh saves along what was changed in place.
func TestRefreshSavesInPlace(t *testing.T) {
	o := flask.Cookies(ring(t, secret))
	o.Observer = quiet
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	cookie := signedIn(t, m, map[string]any{"_permanent": true, "cart": map[string]any{"n": 1}})
	cookie = cookieOf(do(m.Wrap(view(func(s *dewar.Session) { s.Get("cart").(map[string]any)["n"] = 2 })), cookie))
	do(m.Wrap(view(func(s *dewar.Session) {
		if got := s.Get("cart").(map[string]any)["n"]; got != int64(2) {
			t.Errorf("n = %v", got)
		}
	})), cookie)
}

// Flashes whose category isn't text don't wait for ever.
func TestOddFlashes(t *testing.T) {
	s := dewar.NewSession(map[string]any{"_flashes": []any{dewar.Tuple{nil, "x"}, dewar.Tuple{5, "y"}, "junk"}})
	if got := s.Flashes(); len(got) != 2 || got[1].Message != "y" || s.Has("_flashes") {
		t.Errorf("%v, left %v", got, s.Get("_flashes"))
	}
}
