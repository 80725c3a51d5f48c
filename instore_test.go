package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// stored makes a manager over a store of its own, with the manager's clock.
func stored(t testing.TB, change func(*dewar.Options)) (*dewar.Manager, *memstore.Store) {
	t.Helper()
	o := dewar.Options{Now: time.Now, Observer: quiet}
	st := memstore.New(memstore.Options{Now: func() time.Time { return o.Now() }})
	o.Backend = dewar.Stored(st).Backend
	if change != nil {
		change(&o)
	}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m, st
}

// sessions counts what a store holds, less the links of ids that ended.
func sessions(st *memstore.Store) (n int) {
	for item := range st.List(context.Background(), "") {
		if !strings.Contains(item.Key, "dewar-link.") {
			n++
		}
	}
	return n
}

// visit runs one view with a cookie and gives the response.
func visit(m *dewar.Manager, cookie string, f func(*dewar.Session)) *http.Response {
	return do(m.Wrap(view(f)), cookie)
}

// parallel runs n views with one cookie, all of which have loaded the session
// before the first of them goes on.
func parallel(m *dewar.Manager, cookie string, n int, f func(i int, s *dewar.Session)) []*http.Response {
	var loaded, done sync.WaitGroup
	loaded.Add(n)
	out := make([]*http.Response, n)
	for i := range n {
		done.Go(func() {
			out[i] = visit(m, cookie, func(s *dewar.Session) {
				loaded.Done()
				loaded.Wait()
				f(i, s)
			})
		})
	}
	done.Wait()
	return out
}

func TestStoredSessionsHaveTheirRoad(t *testing.T) {
	m, st := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"a": 1, "t": dewar.Tuple{1.5}})
	visit(m, cookie, func(s *dewar.Session) {
		if s.IsNew() || s.Get("a") != int64(1) || len(s.Get("t").(dewar.Tuple)) != 1 {
			t.Error("not what was saved")
		}
	})
	if st.Len() != 1 {
		t.Errorf("%d items", st.Len())
	}
	res := visit(m, cookie, func(s *dewar.Session) { s.Destroy() })
	if sessions(st) != 0 || !strings.Contains(res.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d sessions after a sign-out, %v", sessions(st), res.Header)
	}
	// An unknown id is never adopted.
	again := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Set("a", 2) }))
	if again == cookie || again == "" {
		t.Error("an ended session's id was taken up")
	}
}

// 50 writers of 50 keys keep 50, in 20 rounds; and no event says otherwise.
func TestNoUpdateIsLost(t *testing.T) {
	var seen recorder
	m, _ := stored(t, func(o *dewar.Options) { o.Observer = dewar.Patient(&seen) })
	for round := range 20 {
		cookie := signedIn(t, m, map[string]any{"round": round})
		parallel(m, cookie, 50, func(i int, s *dewar.Session) { s.Set(fmt.Sprint("k", i), i) })
		visit(m, cookie, func(s *dewar.Session) {
			if s.Len() != 51 {
				t.Errorf("round %d: %d keys", round, s.Len())
			}
		})
	}
	if got := seen.kinds(); got != "" {
		t.Errorf("events: %s", got)
	}
}

func TestUpdateIsExact(t *testing.T) {
	m, _ := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"n": 0})
	for range 20 {
		parallel(m, cookie, 50, func(_ int, s *dewar.Session) {
			dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 })
		})
	}
	visit(m, cookie, func(s *dewar.Session) {
		if n := s.Get("n"); n != int64(1000) {
			t.Errorf("n = %v", n)
		}
	})
}

// What a client can put into the cookie never reaches the store unless it has
// the shape of an id.
func TestHostileIDs(t *testing.T) {
	var asked atomic.Int64
	o := dewar.Stored(asking{memstore.New(memstore.Options{}), &asked})
	o.Observer = quiet
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"../../etc/passwd", "a\x00b", "a\nb", strings.Repeat("a", 300), "admin:k1", "a b", "é", "*", "a.b", "a/b"} {
		res := visit(m, "__Host-session="+id, func(s *dewar.Session) {
			if !s.IsNew() {
				t.Errorf("%q was taken", id)
			}
		})
		if res.StatusCode != 200 || len(res.Header["Set-Cookie"]) != 0 {
			t.Errorf("%q: %d", id, res.StatusCode)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the store was asked %d times", n)
	}
}

// asking counts the loads.
type asking struct {
	dewar.Store
	n *atomic.Int64
}

func (a asking) Load(ctx context.Context, key string) (dewar.Item, error) {
	a.n.Add(1)
	return a.Store.Load(ctx, key)
}

// Lives of less than nothing are a mistake that New tells.
func TestNegativeLives(t *testing.T) {
	for field, life := range map[string]dewar.Life{"Life.Absolute": {Absolute: -1}, "Life.Renewal": {Renewal: -1}, "Life.Grace": {Grace: -1}} {
		_, err := dewar.New(dewar.Options{Backend: &dewar.InStore{Store: memstore.New(memstore.Options{})}, Life: life})
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Absolute lives can't be extended; worn ids are renewed by themselves.
func TestStoredLives(t *testing.T) {
	c := newClock()
	st := memstore.New(memstore.Options{Now: c.now})
	o := dewar.Stored(st)
	o.Now, o.Observer, o.Life = c.now, quiet, dewar.Life{Idle: time.Hour, Absolute: 3 * time.Hour, Renewal: 30 * time.Minute}
	m, err := dewar.New(o)
	if err != nil {
		t.Fatal(err)
	}
	cookie := signedIn(t, m, map[string]any{"a": 1})
	for n := range 5 {
		c.at = c.at.Add(35 * time.Minute)
		next := cookieOf(visit(m, cookie, func(s *dewar.Session) {
			if s.IsNew() {
				t.Errorf("over after %d visits", n)
			}
		}))
		if next == "" || next == cookie {
			t.Errorf("visit %d: the id wasn't renewed", n)
		}
		cookie = next
	}
	c.at = c.at.Add(6 * time.Minute) // 3 hours and a minute
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("outlives its absolute life")
		}
	})
	if _, err := dewar.New(dewar.Options{Backend: &dewar.InStore{Store: st, Layout: dewar.FlaskLayout}, Life: dewar.Life{Absolute: time.Hour}}); err == nil {
		t.Error("an absolute life in Flask's layout")
	}
}

// A record that isn't one is left where it is, and means no session.
func TestUndecodableRecordsAreLeftAlone(t *testing.T) {
	var seen recorder
	m, st := stored(t, func(o *dewar.Options) {
		o.Backend = &dewar.InStore{Store: o.Backend.(*dewar.InStore).Store, Layout: dewar.FlaskLayout, Prefix: "session:"}
		o.Observer = dewar.Patient(&seen)
	})
	ctx := context.Background()
	if _, err := st.Create(ctx, "session:corrupt", []byte("\x80\x04broken"), time.Hour); err != nil {
		t.Fatal(err)
	}
	res := visit(m, "__Host-session=corrupt", func(s *dewar.Session) { s.Set("a", 1) })
	if res.StatusCode != 200 || cookieOf(res) == "" || strings.Contains(cookieOf(res), "corrupt") {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	item, err := st.Load(ctx, "session:corrupt")
	if err != nil || string(item.Data) != "\x80\x04broken" {
		t.Errorf("the record is %q, %v", item.Data, err)
	}
	if got := seen.kinds(); got != "refused:undecodable" {
		t.Errorf("events: %s", got)
	}
}

// broken is a store that can't answer.
type broken struct{ dewar.Store }

func (broken) Load(context.Context, string) (dewar.Item, error) {
	return dewar.Item{}, errors.New("down")
}

func (broken) Create(context.Context, string, []byte, time.Duration) (dewar.Item, error) {
	return dewar.Item{}, errors.New("down")
}

// While a store is down no response touches the cookie, and requests without
// one never notice.
func TestStoreDown(t *testing.T) {
	m, _ := stored(t, func(o *dewar.Options) { o.Backend = &dewar.InStore{Store: broken{}} })
	if res := visit(m, "__Host-session=abc", func(*dewar.Session) { t.Error("called") }); res.StatusCode != 503 || res.Header.Get("Set-Cookie") != "" {
		t.Errorf("load: %d %v", res.StatusCode, res.Header)
	}
	if res := visit(m, "", func(s *dewar.Session) { s.Set("a", 1) }); res.StatusCode != 503 || res.Header.Get("Set-Cookie") != "" {
		t.Errorf("save: %d %v", res.StatusCode, res.Header)
	}
	if res := visit(m, "", func(s *dewar.Session) { _ = s.Get("a") }); res.StatusCode != 200 {
		t.Errorf("nothing to do: %d", res.StatusCode)
	}
}

// What is good once is good once, also for two requests at the same time.
func TestTakeIsOnce(t *testing.T) {
	m, _ := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"state": "x"})
	statuses := map[int]int{}
	for _, res := range parallel(m, cookie, 8, func(_ int, s *dewar.Session) { dewar.Key[string]("state").Take(s) }) {
		statuses[res.StatusCode]++
	}
	if statuses[200] != 1 || statuses[409] != 7 {
		t.Errorf("statuses %v", statuses)
	}
}

// It is good once also where another value is there by the time the later one is
// saved: the first may have been taken before.
func TestWhatWasReplacedIsNotTakenAgain(t *testing.T) {
	m, _ := stored(t, nil)
	cookie := signedIn(t, m, map[string]any{"state": "x"})
	state := dewar.Key[string]("state")
	_, value, _ := strings.Cut(cookie, "=")
	late, err := m.Load(t.Context(), value)
	if v, ok := state.Take(late); err != nil || v != "x" || !ok {
		t.Fatal(v, ok, err)
	}
	visit(m, cookie, func(s *dewar.Session) { state.Take(s) })
	visit(m, cookie, func(s *dewar.Session) { state.Set(s, "y") })
	if _, err := m.Commit(t.Context(), late); !errors.Is(err, dewar.ErrConflict) {
		t.Errorf("taken twice: %v", err)
	}
	visit(m, cookie, func(s *dewar.Session) {
		if v := state.Get(s); v != "y" {
			t.Errorf("what is new is %q", v)
		}
	})
}
