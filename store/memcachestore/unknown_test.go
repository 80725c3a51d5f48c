package memcachestore_test

import (
	"net"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// A write whose answer is lost was done once, and says that nobody knows: sent
// again, a Create would meet its own item and an Update its own change. A read is
// sent again.
func TestUnknownOutcome(t *testing.T) {
	addr := realserver.Memcached(t).Addr
	var cut realserver.Cut
	var sent realserver.Sent
	st := open(t, memcachestore.Options{Dial: through(func(c net.Conn) net.Conn { return sent.Conn(cut.Conn(c)) })}, addr)
	for _, name := range []string{"Load", "Create", "Update", "Touch", "Remove", "Delete"} {
		say(t, addr, "delete "+key)
		item := create(t, st, key, secret)
		if name != "Create" {
			item = load(t, st, key)
		} else {
			say(t, addr, "delete "+key)
		}
		sent.Commands()
		word := map[string]string{"Load": "mg ", "Create": "add ", "Update": "cas ", "Touch": "touch ", "Remove": "md ", "Delete": "delete "}[name]
		cut.Next(word + key)
		for _, v := range verbs(item) {
			if v.Name != name {
				continue
			}
			err := v.Call(t.Context(), st)
			quotesNothing(t, name, err)
			got := strings.Count(sent.Commands()+" ", word)
			if name == "Load" {
				if err != nil || got != 2 {
					t.Errorf("Load: %v, sent %d times, want no error and twice", err, got)
				}
			} else if verb.Answered(err) || got != 1 {
				t.Errorf("%s: %v, sent %d times, want an unknown outcome and once", name, err, got)
			}
		}
		cut.Next("")
		want := map[string]string{"Update": secret + "2", "Remove": "", "Delete": ""}
		now, ok := want[name]
		if !ok {
			now = secret
		}
		if got := say(t, addr, "mg "+key+" v"); now == "" && got != "EN" || now != "" && !strings.HasSuffix(got, " "+now) {
			t.Errorf("%s wasn't done: %q", name, got)
		}
	}
}
