package dewar_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// Of two readers whose session is renewed the one that loses sends no cookie: its
// answer may come in last, and the browser would be back with the previous id. So
// does a writer that meets the renewal.
func TestWhoMeetsARenewalSendsNoCookie(t *testing.T) {
	for how, do := range map[string]func(*dewar.Session){"reads": reads, "renews": renews, "writes": func(s *dewar.Session) { s.Set("b", 1) }} {
		for kind, move := range map[string]bool{"renewed": false, "moved": true} {
			c := newClock()
			life := func(o *dewar.Options) { o.Now, o.Life = c.now, dewar.Life{Renewal: 30 * time.Minute} }
			from := &between{Store: memstore.New(memstore.Options{Now: c.now})}
			var b dewar.Backend = &dewar.InStore{Store: from}
			if move {
				b = dewar.Fallback{New: &dewar.InStore{Store: memstore.New(memstore.Options{Now: c.now})}, Old: &dewar.InStore{Store: from}}
			}
			m := managing(t, b, life)
			old := signedIn(t, managing(t, &dewar.InStore{Store: from}, life), map[string]any{"a": 1})
			if how == "reads" { // its id is worn, so that it renews
				c.at = c.at.Add(31 * time.Minute)
			}
			var second *http.Response
			from.removal = func() { second = visit(m, old, do) } // the page's second request
			jar := cookieOf(visit(m, old, renews))
			visit(m, jar, reads) // the page's script asks for more
			if sent := cookieOf(second); sent != "" {
				t.Errorf("%s, %s beside it: it sends the previous id: %v", kind, how, sent == old)
				jar = sent
			}
			c.at = c.at.Add(time.Minute)
			visit(m, jar, func(s *dewar.Session) {
				if s.IsNew() {
					t.Errorf("%s, %s beside it: the visitor is logged out, as a thief", kind, how)
				}
			})
		}
	}
}

// The mark that a dead renewer left keeps nobody from being sent the cookie once it
// can't be at it any more: the cookie has a life of its own.
func TestWritersAfterADeadRenewer(t *testing.T) {
	c := newClock()
	st := &dying{Store: memstore.New(memstore.Options{Now: c.now})}
	m := on(t, st, c)
	cookie := signedIn(t, m, map[string]any{"n": 0})
	st.dead = true
	visit(m, cookie, renews)
	st.dead = false
	for after, want := range map[time.Duration]string{0: "", 11 * time.Second: cookie} {
		c.at = time.Unix(1_700_000_000, 0).Add(after)
		if got := cookieOf(visit(m, cookie, counts)); got != want {
			t.Errorf("%v after the renewer died: a cookie: %v, want one: %v", after, got != "", want != "")
		}
	}
}
