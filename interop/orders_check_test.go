package interop

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// broken lists the promises that an order broke.
func (s *stage) broken(t *testing.T, p *play) (bad []string) {
	t.Helper()
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	ends, over := false, -1 // whether anybody signs out; when the first sign-out was confirmed
	for _, v := range p.turns {
		if ends = ends || v.name == "logout"; v.name == "logout" && v.status == http.StatusOK && (over < 0 || v.ended < over) {
			over = v.ended
		}
	}
	if ends && over < 0 {
		say("no sign-out was confirmed")
	}
	cookies, users := map[string]bool{p.cookie: true}, map[string]bool{}
	if p.another != "" {
		cookies[p.another] = true
	}
	known := len(cookies)
	var writers []*turn
	for _, v := range p.turns {
		ok := v.status == http.StatusOK
		user, login := strings.CutPrefix(v.name, "login ")
		logout, writes := v.name == "logout", v.name == "write" || login
		switch {
		case ok:
		case v.status == http.StatusUnauthorized && ends && !v.opened:
		case v.status == http.StatusConflict && ends && !logout:
		default:
			say("%s was answered %d", v.name, v.status)
		}
		switch {
		case !v.opened && !ends:
			say("%s found no session", v.name)
		case v.opened && over >= 0 && v.began >= over:
			say("%s found a session that had ended", v.name)
		case v.opened && over >= 0 && ok && v.ended > over && (writes || v.name == "renew"):
			say("%s was confirmed after the session had ended", v.name)
		}
		if v.leads {
			say("after the sign-out the cookie leads to the session")
		}
		if v.forget != (logout && ok) {
			say("after %s the cookie is deleted: %v", v.name, v.forget)
		}
		if v.cookie != "" {
			cookies[v.cookie] = true
		}
		if ok && v.opened && writes {
			writers = append(writers, v)
		}
		if ok && v.opened && login {
			users[user] = true
		}
	}
	if least, most := s.ids(p); !ends && (len(cookies)-known < least || len(cookies)-known > most) {
		say("%d new ids, want %d to %d", len(cookies)-known, least, most)
	}
	handles := map[string]bool{}
	for cookie := range cookies {
		session, err := s.looks.Load(t.Context(), cookie)
		if err != nil {
			say("%v", err)
			continue
		}
		mark := whose.Get(session)
		switch {
		case mark != p.mark && mark != 0:
			say("a cookie leads to somebody else's session")
		case over >= 0 && mark == p.mark:
			say("the session lives on")
		case over < 0 && mark != p.mark:
			say("a cookie leads nowhere")
		}
		if over >= 0 || mark != p.mark {
			continue
		}
		handles[session.Handle()] = true
		for _, v := range writers {
			if !session.Has(fmt.Sprint("by ", v.who)) {
				say("%s was lost", v.name)
			}
		}
		if n := count.Get(session); n != len(writers) {
			say("n is %d after %d increments", n, len(writers))
		}
		if user := session.User(); user == "" != (len(users) == 0) || user != "" && !users[user] {
			say("the session is %q's", user)
		}
	}
	if over < 0 && len(handles) > 1 {
		say("the cookies lead to %d sessions", len(handles))
	}
	return bad
}

// ids gives the least and the most new ids that a pair gets where nobody signs
// out. Parallel renewals share one, and who comes with the previous one gets none.
// A sign-in takes one of its own, unless the session is that user's already.
func (s *stage) ids(p *play) (least, most int) {
	renews, logins := 0, map[string]bool{}
	for _, v := range p.turns {
		if strings.HasPrefix(v.name, "login") {
			logins[v.name] = true
		} else if v.name == "renew" && s.start != "previous" {
			renews = 1
		}
	}
	least, most = len(logins), len(logins)+renews
	if len(logins) == 0 {
		least = renews
	}
	return least, most
}
