// Package chaos has stores fail under the load of visitors who talk to the lab
// over HTTP, and counts what becomes of what they were told.
package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/interop/twin"
)

// A fault is a way for a store to fail.
type fault struct {
	name  string
	short bool // it is had in the short run too
	begin func()
	end   func()      // nil: it heals by itself, which healed reports
	heals func() bool // whether it has
	rest  func()      // what makes the store ready for the next fault
	keeps keeps       // what of it is confirmed outlives the fault
	quiet bool        // nobody need notice
	note  func() string
}

type keeps uint8

const (
	everything   keeps = iota
	unreplicated       // what wasn't replicated is lost, and counted
	nothing            // every session is gone
)

// A backend is a store that a test starts: its URL, and how it can fail.
type backend struct {
	name  string
	start func(*testing.T) (url string, faults []fault)
}

// A scale is how much of it there is.
type scale struct {
	full                       bool
	visitors                   int
	before, fault, after, calm time.Duration
}

// What becomes of sessions while their store fails in the ways that docs/guarantees.md
// lists, and afterwards: nothing that was confirmed is lost but where the store
// itself loses it, who signed out stays so, nobody is shown another's session,
// and no cookie is touched. DEWAR_CHAOS=full has all faults, for longer and one
// after another, and prints the table of docs/guarantees.md.
func TestChaos(t *testing.T) {
	s := scale{visitors: 8, before: 400 * time.Millisecond, fault: 1200 * time.Millisecond, after: 300 * time.Millisecond, calm: 300 * time.Millisecond}
	if os.Getenv("DEWAR_CHAOS") == "full" {
		s = scale{full: true, visitors: 30, before: 1500 * time.Millisecond, fault: 6 * time.Second, after: 3 * time.Second, calm: time.Second}
	}
	seed := seeded.Seed(t)
	table := make([]strings.Builder, len(backends))
	t.Run("all", func(t *testing.T) {
		for i, b := range backends {
			t.Run(b.name, func(t *testing.T) {
				if !s.full {
					t.Parallel()
				}
				url, faults := b.start(t)
				for _, r := range suffer(t, b.name, url, faults, s, seed) {
					table[i].WriteString(r.markdown())
				}
			})
		}
	})
	fmt.Print("\n", head)
	for i := range table {
		fmt.Print(table[i].String())
	}
}

// suffer has a store go through its faults, one after another.
func suffer(t *testing.T, name, url string, faults []fault, s scale, seed uint64) (rows []row) {
	env := []string{"SECRET_KEY=a key that all labs were given", "DEWAR_STORE=" + url, "DEWAR_INSECURE=true", "DEWAR_TIMEOUT=1"}
	labs := [2]*twin.Lab{twin.Dewar(t, env...), twin.Dewar(t, append(env, "DEWAR_OUTAGE=anonymous")...)}
	for _, f := range faults {
		if !s.full && !f.short {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			r := run(t, labs, f, s, seed)
			r.backend = name
			for _, bad := range r.judge(f) {
				t.Error(bad)
			}
			t.Log(r)
			rows = append(rows, r)
		})
	}
	return rows
}

// run has one fault happen while visitors come and go.
func run(t *testing.T, labs [2]*twin.Lab, f fault, s scale, seed uint64) row {
	c := enter(t, labs, s.visitors, rand.New(rand.NewPCG(seed, 0)).Uint64())
	await(t, c, func() bool { return !c.served(0).IsZero() }, "for all to be served before the fault")
	time.Sleep(s.before)
	begun := time.Now()
	f.begin()
	if f.end != nil {
		time.Sleep(s.fault)
		if !f.quiet { // on a busy machine nobody need have come yet
			await(t, c, func() bool { return c.noticed(begun) }, "for one to notice")
		}
		f.end()
	}
	ended := time.Now()
	mark := ended
	if f.end == nil {
		mark = begun
	}
	c.since(mark)
	await(t, c, func() bool { return (f.heals == nil || f.heals()) && !c.served(s.calm).IsZero() }, "for all to be served after the fault")
	served := c.served(s.calm)
	if served.IsZero() {
		served = time.Now()
	}
	if f.end == nil {
		ended = served
	}
	time.Sleep(s.after)
	c.leave()
	in := within(c.answers, begun, ended)
	r := row{
		fault: f.name, lasted: ended.Sub(begun), recovery: served.Sub(mark), tally: c.tally,
		p99: percentile(in, 99), longest: percentile(in, 100), healsItself: f.end == nil,
		after:    percentile(within(c.answers, served, time.Now()), 99),
		stranger: percentile(within(c.strangers, begun, ended), 50),
	}
	for _, a := range in {
		if a.status == 200 {
			r.served++
		} else {
			r.refused++
		}
	}
	if f.note != nil {
		r.remark = f.note()
	}
	if f.rest != nil {
		f.rest()
	}
	return r
}

// await waits for something that a crowd sees.
func await(t *testing.T, c *crowd, done func() bool, when string) {
	t.Helper()
	for late := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			close(c.stop)
			c.all.Wait()
			t.Fatalf("waited in vain, %s: %q", when, some(c.tally.wrong))
		}
	}
}
