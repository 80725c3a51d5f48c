package interop

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/step"
)

// Two requests come with one cookie to two programs. No order in which their
// commands can reach the server loses a confirmed change, or revives a session
// that has ended.
//
// Orders that come to the same are played once. Of pairs with at most 50 orders all
// are played too, to check the count; not on memcached, where a touch depends on the
// second. DEWAR_ORDERS=full does so up to 2,000, and plays Flask's layout on every
// server.
func TestOrders(t *testing.T) {
	redis, memcached, postgres := realserver.Redis(t).Addr, realserver.Memcached(t, "-m", "512").Addr, realserver.PostgreSQL(t).Addr
	const postgresURL = "postgres://postgres@%s/postgres?sslmode=disable"
	migrate(t, fmt.Sprintf(postgresURL, postgres))
	for _, place := range []struct {
		name, addr, url string
		protocol        step.Protocol
		touch, renew    int // commands of such a request by itself
		starts          []string
	}{
		{"Redis", redis, "redis://%s", step.Redis, 2, 6, []string{"", "renewed", "previous"}},
		{"memcached", memcached, "memcached://%s", step.Memcached, 3, 8, []string{""}}, // a touch is two, and a renewal loads what it has made
		{"PostgreSQL", postgres, postgresURL, step.PostgreSQL, 2, 6, []string{""}},
	} {
		for layout, name := range []string{"native", "flask"} {
			for _, start := range place.starts {
				if layout == int(dewar.FlaskLayout) && (start == "renewed" || place.name != "Redis" && !full()) {
					continue // a renewed session is like any other in Flask's layout
				}
				t.Run(strings.TrimSuffix(place.name+", "+name+", "+start, ", "), func(t *testing.T) {
					t.Parallel()
					s := newStage(t, place.addr, place.url, dewar.Layout(layout), place.protocol)
					s.start, s.ticks = start, place.name == "memcached"
					if start == "" {
						s.needs = map[string]int{
							"read": 1, "touch": place.touch, "write": 2, "logout": 2,
							"renew": place.renew, "login ann": place.renew, "login ben": place.renew,
						}
					}
					s.allPairs(t)
				})
			}
		}
	}
}

// What a request does.
var doings = map[string]func(s *dewar.Session, who int){
	"read":      func(s *dewar.Session, _ int) { _ = s.Get("n") },
	"touch":     func(s *dewar.Session, _ int) { _ = s.Get("n") },
	"write":     write,
	"renew":     func(s *dewar.Session, _ int) { s.Renew() },
	"login ann": func(s *dewar.Session, who int) { s.Login("ann"); write(s, who) },
	"login ben": func(s *dewar.Session, who int) { s.Login("ben"); write(s, who) },
	"logout":    func(s *dewar.Session, _ int) { s.Destroy() },
}

func write(s *dewar.Session, who int) {
	s.Set(fmt.Sprint("by ", who), 1)
	count.Update(s, func(n int) int { return n + 1 })
}

const (
	count = dewar.Key[int]("n")
	whose = dewar.Key[int]("whose") // tells the session of one play from that of another
)

// allPairs plays all orders of each pair of requests.
func (s *stage) allPairs(t *testing.T) {
	names := make([]string, 0, len(doings))
	for name := range doings {
		names = append(names, name)
	}
	slices.Sort(names)
	played, all, began := 0, 0, time.Now()
	for i, a := range names {
		if p := s.play(t, []string{a}, &walk{}); s.needs != nil && len(p.moves) != s.needs[a] {
			t.Errorf("%s: %v, want %d commands", a, p.moves, s.needs[a])
		}
		for _, b := range names[i:] {
			if (a == "login ben" || b == "login ben") && a != "login ann" {
				continue // as with login ann
			}
			n, m := s.pair(t, a, b)
			played, all = played+n, all+m
		}
	}
	t.Logf("%d orders, of which %d were played, %d couldn't be played again, in %v", all, played, s.strayed, time.Since(began).Round(time.Second/10))
}

// pair plays the orders of two requests, and counts them.
func (s *stage) pair(t *testing.T, a, b string) (played, all int) {
	circles := s.walk(t, a, b, &walk{}, func(p *play) {
		played++
		all += orders(p.moves)
	})
	calm := func(name string) bool { return name == "read" || name == "touch" || name == "write" }
	if want := choose(s.needs[a]+s.needs[b], s.needs[a]); s.needs != nil && calm(a) && calm(b) && all != want {
		t.Errorf("%s, %s: %d orders, want %d", a, b, all, want)
	}
	limit := 50
	if full() {
		limit = 2000
	}
	if circles || all > limit || s.ticks || t.Failed() {
		return played, all
	}
	n := 0
	if s.walk(t, a, b, &walk{all: true}, func(*play) { n++ }); n != all {
		t.Errorf("%s, %s: there are %d orders, counted %d", a, b, n, all)
	}
	return n, all
}

func full() bool { return os.Getenv("DEWAR_ORDERS") == "full" }

// choose is the number of ways to choose k of n.
func choose(n, k int) int {
	ways := 1
	for i := range k {
		ways = ways * (n - i) / (i + 1)
	}
	return ways
}

// walk plays the orders of two requests, until one breaks a promise. It reports
// whether somebody asked in a circle.
func (s *stage) walk(t *testing.T, a, b string, w *walk, each func(*play)) (circles bool) {
	t.Helper()
	for more := true; more; more = w.next() {
		p := s.play(t, []string{a, b}, w)
		for tries := 0; p.err != nil && tries < 5; tries++ {
			w.at = 0
			p = s.play(t, []string{a, b}, w)
		}
		if p.err != nil {
			if s.strayed++; !s.ticks || s.strayed > 20 {
				t.Fatalf("%s, %s: %v\n%s", a, b, p.err, p)
			}
			w.path = w.path[:w.at] // it was another second: what comes after this fork isn't played
			continue
		}
		circles = circles || p.circles
		if bad := s.broken(t, p); len(bad) > 0 {
			t.Errorf("%s, %s: %s\n%s", a, b, strings.Join(bad, "; "), p)
			return circles
		}
		if !p.again {
			each(p)
		}
	}
	if waits := strings.HasPrefix(a, "login") || strings.HasPrefix(b, "login"); circles && !waits {
		t.Errorf("%s, %s: asks in a circle", a, b)
	}
	return circles
}

// A play is one order.
type play struct {
	turns           []*turn
	moves           []move
	mark            int
	cookie, another string            // what both came with, and what leads to the same; "": nothing does
	called          map[string]string // keys
	circles         bool              // somebody asked in a circle, until the other went on
	again           bool              // what comes to the same was played
	err             error             // it did not begin as the play before: a second of the clock by which a touch goes on memcached may have passed
}

// A turn is one request, and what came of it.
type turn struct {
	name         string
	who          int
	waits        *move
	done         chan struct{}
	began, ended int    // between moves
	since        []move // its own since the other's last

	opened bool
	status int
	cookie string // that was set
	forget bool
	leads  bool // a sign-out was confirmed, and then the cookie led to the session
}

func (p *play) String() string {
	var b strings.Builder
	for _, m := range p.moves {
		fmt.Fprintf(&b, "\t%s\n", m)
	}
	for _, v := range p.turns {
		fmt.Fprintf(&b, "\t%c %s: %d, found the session: %v\n", 'A'+v.who, v.name, v.status, v.opened)
	}
	return b.String()
}

// play has requests come at once, and their commands go as w says.
func (s *stage) play(t *testing.T, names []string, w *walk) *play {
	t.Helper()
	s.sessions++
	p := &play{mark: s.sessions, called: map[string]string{}}
	p.cookie, p.another = s.session(t, p.mark)
	for i, name := range names {
		v := &turn{name: name, who: i, done: make(chan struct{}), began: -1}
		p.turns = append(p.turns, v)
		go s.serve(v, p)
	}
	for _, v := range p.turns {
		s.await(t, p, v)
	}
	for {
		var waits [2]*move
		var back [2]bool
		who := -1
		for i, v := range p.turns {
			if waits[i] = v.waits; v.waits == nil {
				continue
			}
			if back[i] = v.circles(); who < 0 || !back[i] {
				who = i
			}
		}
		if who < 0 {
			return p
		}
		p.circles = p.circles || waits[0] != nil && waits[1] != nil && (back[0] || back[1])
		if !p.again {
			chosen, err := w.choose(waits, back)
			p.err = err
			if p.again = err != nil || chosen < 0; !p.again {
				who = chosen
			}
		}
		v := p.turns[who]
		if v.began < 0 {
			v.began = len(p.moves)
		}
		p.moves, v.since = append(p.moves, *v.waits), append(v.since, *v.waits)
		for _, other := range p.turns {
			if other != v {
				other.since = nil
			}
		}
		s.proxies[who].Go()
		s.await(t, p, v)
	}
}

// circles reports whether a turn is about to have done the same twice since the
// other's last command, and nothing but look, and try to create what is there: a
// sign-in waits so until another's renewal is done.
func (v *turn) circles() bool {
	did := append(slices.Clone(v.since), *v.waits)
	for i, m := range slices.Backward(did) {
		if !m.reads && m.name != "SET" && m.name != "ADD" && m.name != "INSERT" {
			did = did[i+1:]
			break
		}
	}
	for n := 3; 2*n <= len(did); n++ {
		if slices.Equal(did[len(did)-n:], did[len(did)-2*n:len(did)-n]) {
			return true
		}
	}
	return false
}

var keyShape = regexp.MustCompile(`(?:session|dewar):(dewar-link\.)?[\w-]+`)

// await waits until a turn's next command waits, or the turn is over.
func (s *stage) await(t *testing.T, p *play, v *turn) {
	t.Helper()
	select {
	case c := <-s.proxies[v.who].Waiting:
		m := move{who: v.who, name: c.Name, reads: c.Name == "GET" || c.Name == "MG" || c.Name == "SELECT"}
		if key := keyShape.FindSubmatch(c.Bytes); key != nil {
			m.key = string(key[0])
			if p.called[m.key] == "" {
				kind := map[bool]string{true: "link", false: "record"}[len(key[1]) > 0]
				p.called[m.key] = fmt.Sprintf("%s %d", kind, len(p.called)+1)
			}
			m.called = p.called[m.key]
		}
		v.waits = &m
	case <-v.done:
		v.waits, v.ended = nil, len(p.moves)
		if v.name == "logout" && v.status == http.StatusOK {
			v.leads = s.mark(t, p.cookie) == p.mark
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("%s neither asks for anything nor ends\n%s", v.name, p)
	}
}

// serve is one request to a program.
func (s *stage) serve(v *turn, p *play) {
	defer close(v.done)
	program := s.programs[v.who]
	if v.name == "read" {
		program = program.With(dewar.Route{NoKeepAlive: true})
	}
	r := httptest.NewRequest("GET", "https://localhost/", nil)
	r.AddCookie(&http.Cookie{Name: program.Options().Cookie.Name, Value: p.cookie})
	w := httptest.NewRecorder()
	program.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := dewar.From(r.Context())
		if v.opened = whose.Get(session) == p.mark; !v.opened && !strings.HasPrefix(v.name, "login") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		doings[v.name](session, v.who)
	})).ServeHTTP(w, r)
	v.status = w.Code
	for _, c := range w.Result().Cookies() {
		v.cookie, v.forget = c.Value, c.Value == ""
	}
}
