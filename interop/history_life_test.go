package interop

import (
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"
	"github.com/dewar-go/dewar"
)

// The values of the sessions in histories.
const (
	counter = dewar.Key[int]("n")
	common  = dewar.Key[string]("common") // set by all
	token   = dewar.Key[string]("token")  // good once
)

// own is a value that one client alone sets.
func own(client int) dewar.Key[string] { return dewar.Key[string](fmt.Sprint("own", client)) }

const tabs = 4 // of one browser: the clients of a session

// contents are all values of a session; the zero of each is none.
type contents struct {
	n                   int
	common, token, user string
	own                 [tabs]string
	others              int // values that nobody set
}

// contentsOf reads them.
func contentsOf(s *dewar.Session) contents {
	c := contents{n: counter.Get(s), common: common.Get(s), token: token.Get(s), user: s.User(), others: s.Len()}
	if c.n != 0 {
		c.others--
	}
	for i := range c.own {
		c.own[i] = own(i).Get(s)
	}
	for _, text := range append(c.own[:], c.common, c.token, c.user) {
		if text != "" {
			c.others--
		}
	}
	return c
}

// A deed is what a request does with its session: nothing but load it, destroy it,
// or the changes that are not zero, in their order here.
type deed struct {
	load            bool
	ending, destroy bool // it begins to be destroyed, and is
	client          int
	clear, add      bool
	own, common     string
	forget          bool // what is common
	offer, took     string
	user            string
	renew           bool // changes nothing that can be read
	manager, id     int  // for those who read a listing
}

// on gives what the changes make of c; not ok is that what was taken isn't there
// any more.
func (d deed) on(c contents) (_ contents, ok bool) {
	if d.took != "" && d.took != c.token {
		return c, false
	}
	if d.clear {
		c = contents{}
	}
	if d.add {
		c.n++
	}
	if d.own != "" {
		c.own[d.client] = d.own
	}
	if d.common != "" || d.forget {
		c.common = d.common
	}
	if d.offer != "" || d.took != "" {
		c.token = d.offer
	}
	if d.user != "" {
		c.user = d.user
	}
	return c, true
}

// do does the changes to s; what comes to nothing is taken out of d.
func (d *deed) do(s *dewar.Session) {
	if d.clear = d.clear && s.Len() > 0; d.clear {
		s.Clear()
	}
	if d.add {
		counter.Update(s, func(n int) int { return n + 1 })
	}
	if d.own != "" {
		own(d.client).Set(s, d.own)
	}
	if d.common != "" {
		common.Set(s, d.common)
	}
	if d.forget = d.forget && s.Has(string(common)); d.forget {
		s.Delete(string(common))
	}
	if d.offer != "" {
		token.Set(s, d.offer)
	}
	if d.took != "" {
		d.took, _ = token.Take(s)
	}
	if d.user != "" {
		s.Login(d.user)
	}
	if d.renew {
		s.Renew()
	}
	if d.destroy {
		s.Destroy()
	}
}

// changes reports whether anything is left to be saved.
func (d deed) changes() bool {
	return d.destroy || d.clear || d.add || d.forget || d.renew || d.own+d.common+d.offer+d.took+d.user != ""
}

// A found is what a request was answered: what a load found, or what was saved.
type found struct {
	what string
	contents
}

// gone says that there is no session.
const gone = "gone"

// A life is a session's: it lives, somebody is ending it, or it is over.
type life struct {
	ending, over bool
	contents
}

// begun is how all sessions begin.
var begun = life{contents: contents{common: "begun"}}

// sessionModel is what a session promises, in the native layout: while it lives
// every change is made to what is there, once, all those of a request in one
// step; once a sign-out is confirmed, nothing finds it. In between a request can
// find the session, nothing, or what a renewal under way had made of it; and what
// it changes goes with the session.
var sessionModel = porcupine.Model{
	Init: func() any { return begun },
	Step: func(state, in, out any) (bool, any) {
		now, d, f := state.(life), in.(deed), out.(found)
		switch {
		case d.ending:
			return true, life{ending: true, over: now.over}
		case d.destroy:
			return true, life{over: true}
		case now.over:
			return f.what == gone || f.what == unknown, now
		case now.ending:
			return true, now
		case d.load:
			return f.what == done && f.contents == now.contents, now
		}
		next, ok := d.on(now.contents)
		switch {
		case f.what == unknown && ok:
			return true, life{contents: next}
		case f.what == unknown, f.what == conflict && !ok:
			return true, now
		}
		return f.what == done && ok && f.contents == next, life{contents: next}
	},
}

func (d deed) String() string {
	var words []string
	say := func(is bool, format string, args ...any) {
		if is {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	say(d.load, "load")
	say(d.clear, "clear")
	say(d.add, "add one")
	say(d.own != "", "own=%s", d.own)
	say(d.common != "", "common=%s", d.common)
	say(d.forget, "forget common")
	say(d.offer != "", "offer %s", d.offer)
	say(d.took != "", "take %s", d.took)
	say(d.user != "", "login %s", d.user)
	say(d.renew, "renew")
	say(d.ending, "destroy begins")
	say(d.destroy, "destroy")
	return fmt.Sprintf("%s (manager %d, cookie %d)", strings.Join(words, ", "), d.manager, d.id)
}

func (f found) String() string {
	if f.what != done {
		return f.what
	}
	return fmt.Sprintf("%+v", f.contents)
}
