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
			c.at = c.at.Add(31 * time.Minute)
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
