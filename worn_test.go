package dewar_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

func counts(s *dewar.Session) { dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 }) }

// A session that each of its requests changes gets new ids too, with a life that use
// doesn't extend as with one that it does.
func TestAWornWriterIsRenewed(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		c := newClock()
		m, _ := stored(t, func(o *dewar.Options) {
			o.Now, o.Life = c.now, dewar.Life{Idle: time.Hour, Renewal: 30 * time.Minute, Fixed: fixed}
		})
		cookie := signedIn(t, m, map[string]any{"n": 0})
		ids := map[string]bool{cookie: true}
		for range 10 {
			c.at = c.at.Add(20 * time.Minute)
			if sent := cookieOf(visit(m, cookie, counts)); sent != "" {
				cookie = sent
				ids[cookie] = true
			}
		}
		if len(ids) != 6 {
			t.Errorf("fixed %v: %d ids in 200 minutes, want one after 40 each", fixed, len(ids))
		}
		visit(m, cookie, func(s *dewar.Session) {
			if n := dewar.Key[int]("n").Get(s); n != 10 {
				t.Errorf("fixed %v: %d of 10 changes", fixed, n)
			}
		})
	}
}

// deaf is a store that takes nothing in while on.
type deaf struct {
	dewar.Store
	on bool
}

func (d *deaf) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if d.on {
		return dewar.Item{}, errDead
	}
	return d.Store.Create(ctx, key, data, life)
}

func (d *deaf) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if d.on {
		return dewar.Item{}, errDead
	}
	return d.Store.Update(ctx, key, old, data, life)
}

// Who only reads is served, also where its id would be renewed and can't be; who
// writes isn't.
func TestAWornReaderIsServed(t *testing.T) {
	for how, row := range map[string]struct {
		do   func(*dewar.Session)
		out  bool // signed out meanwhile; else the store takes nothing in
		want int
		seen string
	}{
		"reads, signed out":    {reads, true, 200, ""},
		"reads, deaf store":    {reads, false, 200, "failed:save"},
		"writes, signed out":   {counts, true, 409, "failed:gone"},
		"writes, deaf store":   {counts, false, 503, "failed:save"},
		"renews, signed out":   {renews, true, 409, "failed:gone"},
		"renews, deaf store":   {renews, false, 503, "failed:save"},
		"in place, deaf one":   {func(s *dewar.Session) { s.Get("m").(map[string]any)["x"] = 1 }, false, 503, "failed:save"},
		"in place, signed out": {func(s *dewar.Session) { s.Get("m").(map[string]any)["x"] = 1 }, true, 409, "failed:gone"},
	} {
		c, seen := newClock(), &recorder{}
		st := &deaf{Store: memstore.New(memstore.Options{Now: c.now})}
		m := managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) {
			o.Now, o.Life, o.Observer = c.now, dewar.Life{Idle: time.Hour, Renewal: 30 * time.Minute}, dewar.Patient(seen)
		})
		out := managing(t, &dewar.InStore{Store: st}, func(o *dewar.Options) { o.Now = c.now })
		cookie := signedIn(t, m, map[string]any{"a": 1, "m": map[string]any{}})
		c.at = c.at.Add(31 * time.Minute)
		before := seen.kinds()
		res := visit(m, cookie, func(s *dewar.Session) {
			row.do(s)
			if row.out {
				visit(out, cookie, func(s *dewar.Session) { s.Destroy() })
			} else {
				st.on = true
			}
		})
		if res.StatusCode != row.want || len(res.Header["Set-Cookie"]) > 0 {
			t.Errorf("%s: status %d and %d cookies, want %d and none", how, res.StatusCode, len(res.Header["Set-Cookie"]), row.want)
		}
		if got := seen.kinds()[len(before):]; !strings.Contains(got, row.seen) || (row.seen == "") != (got == "") {
			t.Errorf("%s: events %q, want %q", how, got, row.seen)
		}
	}
}
