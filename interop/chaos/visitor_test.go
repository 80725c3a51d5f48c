package chaos

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// A visitor has one session at a time and sends one request after another, as a
// browser does that believes what it is told.
type visitor struct {
	c        *crowd
	r        *rand.Rand
	number   int
	sessions int  // that it had
	stays    bool // signed in, by the cookie of the beginning

	name        string   // which the session holds, and no other one
	cookie      string   // empty: signed out
	cookies     []string // all that the session has had
	least, most int      // what the counter must be between: increments that were confirmed, and that were sent
	mayEnd      bool     // a sign-out was sent, and not confirmed

	// guarded by the crowd's lock
	refused bool      // the last answer was a refusal, so this isn't the moment to sign out
	served  time.Time // the first write that was confirmed since the mark, with no failure after it
}

func (v *visitor) run() {
	for {
		select {
		case <-v.c.stop:
			return
		case <-time.After(time.Duration(2+v.r.IntN(8)) * time.Millisecond):
			v.step()
		}
	}
}

func (v *visitor) step() {
	switch n := v.r.IntN(100); {
	case v.cookie == "":
		v.signIn()
	case n < 35:
		v.read()
	case n < 45:
		v.readAnonymously()
	case n < 87 || v.stays:
		v.count()
	case n < 95 || v.refused:
		v.renew()
	default:
		v.signOut()
	}
}

func (v *visitor) signIn() {
	v.sessions++
	v.name = fmt.Sprintf("visitor %d's session %d", v.number, v.sessions)
	v.least, v.most, v.mayEnd, v.cookies = 0, 0, false, nil
	if a := v.ask(true, `[["set","name","%s"],["set","n",0]]`, v.name); a.status == 200 {
		if v.take(a); v.cookie == "" {
			v.c.wrong("a new session without a cookie")
		}
	}
}

// read looks at the session, and whether all that was confirmed is there.
func (v *visitor) read() {
	a := v.ask(false, `[["get","name"],["get","n"]]`)
	if a.status != 200 {
		return
	}
	if !v.own(a) {
		if a.set != "" {
			v.c.touched("for who has no session")
		}
		v.absent()
		return
	}
	v.take(a)
	var n int
	if err := json.Unmarshal(a.results[1], &n); err != nil || n > v.most {
		v.c.wrong("%s counts %s, and %d was asked for", v.name, a.results[1], v.most)
		return
	}
	if n < v.least {
		v.c.note(func(t *tally) { t.lost += v.least - n })
	}
	v.least = n
}

// readAnonymously looks at it where an outage is no error.
func (v *visitor) readAnonymously() {
	a := v.c.ask(v.c.anonymous, v.cookie, `[["get","name"]]`)
	switch {
	case a.status != 200:
		v.c.wrong("an anonymous read was answered %d", a.status)
	case v.own(a):
		v.take(a)
	case a.set != "":
		v.c.touched("for who is anonymous in an outage")
	}
}

// count counts up, now and then in two tabs at once.
func (v *visitor) count() {
	answers := make([]answer, 1+v.r.IntN(3)/2)
	v.most += len(answers)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = v.ask(true, `[["get","name"],["incr","n",1]]`) })
	}
	all.Wait()
	for _, a := range answers {
		switch {
		case a.status != 200:
		case v.own(a):
			v.least++
			v.c.note(func(t *tally) { t.confirmed++ })
			v.take(a)
		default:
			v.absent()
			return
		}
	}
}

func (v *visitor) renew() {
	a := v.ask(true, `[["get","name"],["renew"]]`)
	switch {
	case a.status != 200:
	case v.own(a):
		v.take(a)
	default:
		v.absent()
	}
}

func (v *visitor) signOut() {
	a := v.ask(true, `[["get","name"],["logout"]]`)
	switch {
	case a.status != 200:
		v.mayEnd = true
	case !v.own(a):
		v.absent()
	default:
		if !a.forget {
			v.c.wrong("a sign-out left the cookie")
		}
		v.c.note(func(t *tally) { t.signedOut++ })
		v.over()
	}
}

// absent is for a session that isn't there.
func (v *visitor) absent() {
	v.c.note(func(t *tally) {
		if !v.mayEnd {
			t.gone++
		}
		if v.stays {
			t.stayed++
		}
	})
	v.over()
}

// over is for a session that mustn't be there any more.
func (v *visitor) over() {
	v.c.end(v.cookies)
	v.cookie = ""
}

// own reports whether an answer shows the visitor's session: the first result is
// its name.
func (v *visitor) own(a answer) bool {
	var name *string
	if err := json.Unmarshal(a.results[0], &name); err != nil || name != nil && *name != v.name {
		v.c.wrong("%s was shown %s", v.name, a.results[0])
	}
	return name != nil
}

// take takes the cookie of an answer.
func (v *visitor) take(a answer) {
	if a.forget {
		v.c.touched("deleted, without a sign-out")
	}
	if a.set != "" && a.set != v.cookie {
		if v.stays && v.cookie != "" {
			v.c.touched("another one, without a renewal")
		}
		v.cookie = a.set
		v.cookies = append(v.cookies, a.set)
	}
}

// ask sends operations to the lab that fails with its store, and notes how it
// went.
func (v *visitor) ask(write bool, ops string, args ...any) answer {
	a := v.c.ask(v.c.failing, v.cookie, fmt.Sprintf(ops, args...))
	v.c.mu.Lock()
	defer v.c.mu.Unlock()
	v.refused = a.status != 200
	v.c.answers = append(v.c.answers, a.sample)
	switch {
	case a.status != 200:
		v.served = time.Time{}
	case write && v.served.IsZero() && a.begun.After(v.c.mark):
		v.served = a.begun.Add(a.took)
	}
	return a
}
