package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/interop/twin"
)

// A crowd keeps two labs on one store busy: one of them fails with the store,
// to the other a visitor is anonymous then.
type crowd struct {
	failing, anonymous *twin.Lab

	client *http.Client
	stop   chan struct{}
	all    sync.WaitGroup

	mu        sync.Mutex
	visitors  []*visitor
	mark      time.Time // since when it counts whether a visitor is served
	answers   []sample  // of the lab that fails
	strangers []sample  // of requests without a cookie
	over      []string  // cookies that must lead nowhere
	tally     tally
}

// A tally says what became of what the visitors were told.
type tally struct {
	confirmed int // increments
	lost      int // of these
	signedOut int
	revived   int // cookies that led somewhere after their session was over
	gone      int // sessions that were not there, and nobody had ended them
	stayed    int // of these, of visitors who were signed in all the time
	wrong     []string
}

// A sample is how long an answer took.
type sample struct {
	begun  time.Time
	took   time.Duration
	status int
}

// An answer is a lab's.
type answer struct {
	sample
	set     string // name=value of the cookie; empty: none
	forget  bool   // the cookie is to go
	results []json.RawMessage
}

// patience is how long any answer may take: a request asks its store eight
// times at the most, and each time for a second.
const patience = 10 * time.Second

// enter has n visitors come, and begin.
func enter(t *testing.T, labs [2]*twin.Lab, n int, seed uint64) *crowd {
	c := &crowd{
		failing: labs[0], anonymous: labs[1], stop: make(chan struct{}),
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * n}},
	}
	t.Cleanup(c.client.CloseIdleConnections)
	for i := range n {
		v := &visitor{c: c, number: i, stays: i%4 == 0, r: rand.New(rand.NewPCG(seed, uint64(i)))}
		c.visitors = append(c.visitors, v)
		c.all.Go(v.run)
	}
	c.all.Go(c.stranger)
	c.all.Go(func() { c.watch(rand.New(rand.NewPCG(seed, uint64(n)))) })
	return c
}

// leave ends the visits, and looks at every session once more.
func (c *crowd) leave() {
	close(c.stop)
	c.all.Wait()
	for _, v := range c.visitors {
		if v.cookie != "" {
			v.read()
		}
	}
	for _, cookie := range slices.Clone(c.over) {
		c.check(cookie)
	}
}

// stranger comes without a cookie, and asks for nothing that needs a store.
func (c *crowd) stranger() {
	for labs := []*twin.Lab{c.failing, c.anonymous}; ; labs[0], labs[1] = labs[1], labs[0] {
		select {
		case <-c.stop:
			return
		case <-time.After(20 * time.Millisecond):
		}
		a := c.ask(labs[0], "", `[["get","name"]]`)
		if a.status != 200 || string(a.results[0]) != "null" {
			c.wrong("who has no cookie was answered %d", a.status)
		}
		if a.set != "" {
			c.touched("for who has none")
		}
		c.mu.Lock()
		c.strangers = append(c.strangers, a.sample)
		c.mu.Unlock()
	}
}

// watch comes with cookies of sessions that are over.
func (c *crowd) watch(r *rand.Rand) {
	for {
		select {
		case <-c.stop:
			return
		case <-time.After(10 * time.Millisecond):
		}
		c.mu.Lock()
		cookie := ""
		if n := len(c.over); n > 0 {
			cookie = c.over[r.IntN(n)]
		}
		c.mu.Unlock()
		if cookie != "" {
			c.check(cookie)
		}
	}
}

// check counts a cookie that leads somewhere again, once.
func (c *crowd) check(cookie string) {
	a := c.ask(c.failing, cookie, `[["get","name"]]`)
	if a.status != 200 || string(a.results[0]) == "null" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.over, cookie); i >= 0 {
		c.over = slices.Delete(c.over, i, i+1)
		c.tally.revived++
	}
}

func (c *crowd) end(cookies []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = append(c.over, cookies...)
}

func (c *crowd) note(f func(*tally)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.tally)
}

// wrong notes what may never be, whatever fails.
func (c *crowd) wrong(format string, args ...any) {
	c.note(func(t *tally) { t.wrong = append(t.wrong, fmt.Sprintf(format, args...)) })
}

// touched notes a cookie that was set or deleted where it had to be left alone.
func (c *crowd) touched(when string) { c.wrong("a cookie was touched: %s", when) }

// since begins to count anew whether visitors are served.
func (c *crowd) since(mark time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mark = mark
	for _, v := range c.visitors {
		v.served = time.Time{}
	}
}

// served gives the moment from which on all visitors were served, the last one
// for as long as calm; zero: not yet.
func (c *crowd) served(calm time.Duration) (last time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, v := range c.visitors {
		if v.served.IsZero() || time.Since(v.served) < calm {
			return time.Time{}
		}
		if v.served.After(last) {
			last = v.served
		}
	}
	return last
}

// noticed reports whether one was refused since a moment.
func (c *crowd) noticed(since time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(within(c.answers, since, time.Now()), func(s sample) bool { return s.status != 200 })
}

// ask sends operations, and checks what holds of every answer.
func (c *crowd) ask(lab *twin.Lab, cookie, ops string) (a answer) {
	r, err := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader(ops))
	if err != nil {
		c.wrong("%v", err)
		return a
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	a.begun = time.Now()
	res, err := c.client.Do(r)
	if err != nil {
		c.wrong("no answer: %v", err)
		return a
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	a.took, a.status = time.Since(a.begun), res.StatusCode
	line, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	a.set, a.forget = line, strings.Contains(res.Header.Get("Set-Cookie"), "Max-Age=0")
	var said struct{ Results []json.RawMessage }
	if a.status == 200 {
		lines := bytes.Split(bytes.TrimSpace(body), []byte("\n"))
		if err2 := json.Unmarshal(lines[len(lines)-1], &said); err != nil || err2 != nil || len(said.Results) == 0 {
			c.wrong("an answer that can't be read: %v %v", err, err2)
			a.status = 0
		}
	}
	a.results = said.Results
	switch {
	case a.status != 200 && a.set != "" || len(res.Header["Set-Cookie"]) > 1:
		c.touched(res.Status)
	case a.status == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "":
		c.wrong("503 without Retry-After")
	case a.status != 200 && a.status != http.StatusServiceUnavailable && a.status != http.StatusConflict:
		c.wrong("answered %s", res.Status)
	case a.took > patience:
		c.wrong("an answer took %v", a.took)
	}
	return a
}
