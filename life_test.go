package dewar_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar"
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
