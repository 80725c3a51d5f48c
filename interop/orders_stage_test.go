package interop

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/interop/step"
	"github.com/dewar-go/dewar/open"
)

// A stage is a server with two programs before it, each behind a proxy of its
// own, and others that make the sessions and look at what came of them.
type stage struct {
	proxies  [2]*step.Proxy
	programs [2]*dewar.Manager
	makes    *dewar.Manager // sessions that are due for a touch
	looks    *dewar.Manager
	start    string // "": both requests come with a new session's cookie; "renewed": once renewed; "previous": with the one before that
	ticks    bool   // what a request asks for may change as a second passes
	strayed  int    // plays that couldn't be repeated, because it had
	sessions int
	needs    map[string]int // commands of a request by itself; nil: unknown
}

func newStage(t *testing.T, addr, url string, layout dewar.Layout, protocol step.Protocol) *stage {
	s := &stage{}
	for i := range s.proxies {
		p, err := step.New(addr, protocol)
		if err != nil {
			t.Fatal(err)
		}
		s.proxies[i], s.programs[i] = p, program(t, fmt.Sprintf(url, p.Addr), layout, 0)
		t.Cleanup(p.Close) // before the store's connection, whose command it may hold
		p.Hold(true)
	}
	s.makes, s.looks = program(t, fmt.Sprintf(url, addr), layout, 20*time.Hour), program(t, fmt.Sprintf(url, addr), layout, 0)
	return s
}

// program makes a Manager with a connection of its own to a server, whose items
// live less long than they are given, by so much.
func program(t *testing.T, url string, layout dewar.Layout, less time.Duration) *dewar.Manager {
	t.Helper()
	query := "?layout="
	if strings.Contains(url, "?") {
		query = "&layout="
	}
	o, err := open.Open(t.Context(), url+query+map[dewar.Layout]string{dewar.NativeLayout: "native", dewar.FlaskLayout: "flask"}[layout])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	warm(t, o.Store)
	options := dewar.Options{Backend: o.InStore()}
	if layout == dewar.FlaskLayout {
		options = flask.Stored(o.Store)
	}
	options.Life = dewar.Life{Idle: 24 * time.Hour, Grace: 10 * time.Minute}
	options.Observer = silent
	b := options.Backend.(*dewar.InStore)
	b.Store, b.Timeout = shortened{o.Store, less}, -1 // a command is held for as long as it takes
	m, err := dewar.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// warm has everything done once that a connection does only once: scripts are
// loaded, statements prepared.
func warm(t *testing.T, st dewar.Store) {
	t.Helper()
	key := "orders-" + rand.Text()
	ctx, life := t.Context(), time.Hour
	err0 := st.Delete(ctx, key)
	item, err1 := st.Create(ctx, key, []byte("a"), life)
	item, err2 := st.Update(ctx, key, item, []byte("b"), life)
	_, err3 := st.Load(ctx, key)
	for _, err := range []error{err0, err1, err2, err3, st.Touch(ctx, key, life), st.Remove(ctx, key, item)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// shortened is a store whose items live less long than they are given.
type shortened struct {
	dewar.Store
	by time.Duration
}

func (s shortened) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	return s.Store.Create(ctx, key, data, max(life-s.by, time.Minute))
}

func (s shortened) Touch(ctx context.Context, key string, life time.Duration) error {
	return s.Store.Touch(ctx, key, life-s.by)
}

// session makes one that holds a mark, and gives its cookie's value, and the
// previous one if there is one.
func (s *stage) session(t *testing.T, mark int) (cookie, previous string) {
	t.Helper()
	for range 2 {
		session, err := s.makes.Load(t.Context(), cookie)
		if err != nil {
			t.Fatal(err)
		}
		if cookie == "" {
			whose.Set(session, mark)
			count.Set(session, 0)
		} else {
			session.Renew()
		}
		a, err := s.makes.Commit(t.Context(), session)
		if err != nil {
			t.Fatal(err)
		}
		if previous, cookie = cookie, a.Value; s.start == "" {
			break
		}
	}
	if s.start == "previous" {
		return previous, cookie
	}
	return cookie, previous
}

// mark is that of the session that a cookie's value leads to; 0: it leads nowhere.
func (s *stage) mark(t *testing.T, cookie string) int {
	t.Helper()
	session, err := s.looks.Load(t.Context(), cookie)
	if err != nil {
		t.Fatal(err)
	}
	return whose.Get(session)
}
