package dewar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// Of a short life a twentieth is no time: use extends it once a minute.
func TestUseExtendsOnceAMinute(t *testing.T) {
	c := newClock()
	m := manager(t, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, 10*time.Minute })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	c.at = c.at.Add(59 * time.Second)
	read := func(s *dewar.Session) { _ = s.Get("a") }
	if cookieOf(visit(m, cookie, read)) != "" {
		t.Error("extended within a minute")
	}
	c.at = c.at.Add(time.Second)
	if cookieOf(visit(m, cookie, read)) == "" {
		t.Error("not extended after a minute")
	}
}

// A fixed life counts from the last change, whatever the visitor looks at.
func TestFixedLife(t *testing.T) {
	c := newClock()
	m := manager(t, func(o *dewar.Options) { o.Now, o.Life.Fixed = c.now, true })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	c.at = c.at.Add(20 * time.Hour)
	if got := cookieOf(visit(m, cookie, func(s *dewar.Session) { _ = s.Get("a") })); got != "" {
		t.Error("extended by use")
	}
	if got := cookieOf(visit(m, cookie, func(s *dewar.Session) { s.Set("b", 2) })); got == "" {
		t.Error("not extended by a change")
	}
}

// A record isn't kept for longer than its session may live, whatever extends it.
func TestAbsoluteLifeInTheStore(t *testing.T) {
	for name, use := range map[string]func(*dewar.Session){
		"a touch":   func(s *dewar.Session) { _ = s.Get("a") },
		"a write":   func(s *dewar.Session) { s.Set("b", 2) },
		"a renewal": func(s *dewar.Session) { s.Renew() },
	} {
		c := newClock()
		m, st := stored(t, func(o *dewar.Options) {
			o.Now, o.Life = c.now, dewar.Life{Idle: 2 * time.Hour, Absolute: 3 * time.Hour}
		})
		cookie := signedIn(t, m, map[string]any{"a": 1})
		c.at = c.at.Add(90 * time.Minute)
		visit(m, cookie, use)
		c.at = c.at.Add(89 * time.Minute)
		if n := sessions(st); n != 1 {
			t.Errorf("%s: %d sessions before its end", name, n)
		}
		c.at = c.at.Add(time.Minute + time.Second)
		if n := sessions(st); n != 0 {
			t.Errorf("%s: %d sessions after its end", name, n)
		}
	}
}

// An absolute life holds though the idle life, which the store goes by, is longer.
func TestAbsoluteLifeIsTheShorterOne(t *testing.T) {
	c := newClock()
	m, _ := stored(t, func(o *dewar.Options) { o.Now, o.Life.Absolute = c.now, 3*time.Hour })
	cookie := signedIn(t, m, map[string]any{"a": 1})
	c.at = c.at.Add(3 * time.Hour)
	visit(m, cookie, func(s *dewar.Session) {
		if !s.IsNew() {
			t.Error("outlives its absolute life")
		}
	})
}

// A longer life than the one that a session was saved with is given to whoever still
// uses it.
func TestALifeMadeLonger(t *testing.T) {
	c := newClock()
	home := memstore.New(memstore.Options{Now: c.now})
	with := func(idle time.Duration) *dewar.Manager {
		return managing(t, &dewar.InStore{Store: home}, func(o *dewar.Options) { o.Now, o.Life.Idle = c.now, idle })
	}
	cookie := signedIn(t, with(time.Hour), map[string]any{"a": 1})
	later := with(24 * time.Hour)
	for range 5 {
		c.at = c.at.Add(50 * time.Minute)
		visit(later, cookie, func(s *dewar.Session) {
			if s.IsNew() {
				t.Fatal("the old life is over, though it was used")
			}
		})
	}
}

// What use can't give a session any more isn't written at each: neither near the
// end of its absolute life, nor while it still has more of an older, longer one.
func TestUseWritesNothingThatExtendsNothing(t *testing.T) {
	for name, lives := range map[string][2]dewar.Life{
		"near the end":    {{Idle: 2 * time.Hour, Absolute: 3 * time.Hour}, {Idle: 2 * time.Hour, Absolute: 3 * time.Hour}},
		"a shortened one": {{Idle: 24 * time.Hour}, {Idle: time.Hour}},
	} {
		c, seen := newClock(), &recorder{everything: true}
		home := memstore.New(memstore.Options{Now: c.now})
		with := func(life dewar.Life) *dewar.Manager {
			return managing(t, &dewar.InStore{Store: home}, func(o *dewar.Options) { o.Now, o.Life, o.Observer = c.now, life, dewar.Patient(seen) })
		}
		cookie := signedIn(t, with(lives[0]), map[string]any{"a": 1})
		m := with(lives[1])
		read := func(s *dewar.Session) { _ = s.Get("a") }
		c.at = c.at.Add(100 * time.Minute)
		visit(m, cookie, read)
		before := strings.Count(seen.kinds(), "extended")
		for range 70 {
			c.at = c.at.Add(time.Minute)
			visit(m, cookie, read)
		}
		if got := strings.Count(seen.kinds(), "extended") - before; got > 0 {
			t.Errorf("%s: extended %d times", name, got)
		}
		if got := strings.Count(seen.kinds(), "loaded"); got != 71 {
			t.Errorf("%s: loaded %d times, want 71", name, got)
		}
	}
}
