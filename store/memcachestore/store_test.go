package memcachestore_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/memcachestore"
)

var _ dewar.Store = (*memcachestore.Store)(nil)

// through is a Dial whose connections pass through wrap.
func through(wrap func(net.Conn) net.Conn) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return wrap(conn), nil
	}
}

// What is kept is a value with flags 0, as Flask-Session's; or 1 where cachelib's
// client would have pickled it.
func TestLayout(t *testing.T) {
	addr := realserver.Memcached(t).Addr
	for flags, o := range []memcachestore.Options{{}, {Pickled: true}} {
		st := open(t, o, addr)
		k := fmt.Sprint(key, flags)
		create(t, st, k, secret)
		if got, want := say(t, addr, "mg "+k+" f s v"), fmt.Sprintf("VA %d f%d s%d %s", len(secret), flags, len(secret), secret); got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
		if _, err := st.Update(t.Context(), k, load(t, st, k), []byte("other"), time.Hour); err != nil {
			t.Fatal(err)
		}
		if got, want := say(t, addr, "mg "+k+" f v"), fmt.Sprintf("VA 5 f%d other", flags); got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
	}
}

// A server without cas would remove what another wrote, and take every update
// for a conflict. It is refused by a name, at the first verb or, where a proxy
// hides its settings, at the first item.
func TestNoCAS(t *testing.T) {
	addr := realserver.Memcached(t, "-C").Addr
	say(t, addr, "set "+key+" 0 0 9\r\n"+secret)
	told, untold := open(t, memcachestore.Options{}, addr), open(t, memcachestore.Options{Dial: through(withoutSettings)}, addr)
	for _, v := range verbs(dewar.Item{Data: []byte(secret)}) {
		for _, st := range []*memcachestore.Store{told, untold} {
			err := v.Call(t.Context(), st)
			if st == untold && (v.Name == "Create" || v.Name == "Touch" || v.Name == "Delete") {
				continue // they need none
			}
			if verb.Answered(err) || !strings.Contains(err.Error(), "without -C") {
				t.Errorf("%s: got %v", v.Name, err)
			}
		}
		say(t, addr, "set "+key+" 0 0 9\r\n"+secret)
	}
}

// What each verb sends: nothing that it could do without.
func TestCommands(t *testing.T) {
	addr := realserver.Memcached(t).Addr
	var sent realserver.Sent
	st := open(t, memcachestore.Options{Dial: through(sent.Conn)}, addr)
	for _, row := range []struct {
		verb         string
		there        string
		absent       string
		withoutATag  string // the item was made by this process, or loaded by a connection that is gone
		tooLongALife string
	}{
		{verb: "Load", there: "mg", absent: "mg"},
		{verb: "Create", there: "add", absent: "add"},
		{verb: "Update", there: "cas", absent: "cas", withoutATag: "mg cas"},
		{verb: "Touch", there: "mg touch", absent: "mg"},
		{verb: "Remove", there: "md", absent: "md", withoutATag: "mg md"},
		{verb: "Delete", there: "delete", absent: "delete"},
	} {
		for _, there := range []bool{true, false} {
			for _, tagged := range []bool{true, false} {
				say(t, addr, "delete "+key)
				item := create(t, st, key, secret)
				if tagged {
					item = load(t, st, key)
				}
				want := row.there
				if !there {
					say(t, addr, "delete "+key)
					want = row.absent
				}
				if !tagged && row.withoutATag != "" {
					want = row.withoutATag
					if !there {
						want = "mg"
					}
				}
				sent.Commands()
				for _, v := range verbs(item) {
					if v.Name != row.verb {
						continue
					}
					if err := v.Call(t.Context(), st); !verb.Answered(err) {
						t.Fatal(v.Name, err)
					}
				}
				if got := sent.Commands(); got != want {
					t.Errorf("%s (there %v, tagged %v) sends %q, want %q", row.verb, there, tagged, got, want)
				}
			}
		}
	}
	say(t, addr, "delete "+key)
	create(t, st, key, secret)
	sent.Commands()
	if err := st.Touch(t.Context(), key, time.Minute); err != nil || sent.Commands() != "mg" {
		t.Errorf("a touch that would shorten sends more than mg (%v)", err)
	}
}

// An item that somebody made without an end keeps none when touched, and gets
// one when updated.
func TestItemWithoutAnEnd(t *testing.T) {
	addr := realserver.Memcached(t).Addr
	st := open(t, memcachestore.Options{}, addr)
	say(t, addr, "set "+key+" 0 0 3\r\nabc")
	if err := st.Touch(t.Context(), key, time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := say(t, addr, "mg "+key+" t"); got != "HD t-1" {
		t.Errorf("after Touch: %q, want HD t-1", got)
	}
	item := load(t, st, key)
	if item.Left != 0 {
		t.Errorf("Left is %v, want 0", item.Left)
	}
	if _, err := st.Update(t.Context(), key, item, nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := say(t, addr, "mg "+key+" t"); got != "HD t3601" && got != "HD t3600" {
		t.Errorf("after Update: %q, want an hour", got)
	}
}

// Keys that the protocol would read otherwise, and lives that are none, reach no
// server.
func TestRefusedArguments(t *testing.T) {
	server := realserver.Memcached(t)
	st := open(t, memcachestore.Options{}, server.Addr)
	server.Stop()
	call := func(key string, life time.Duration) []error {
		_, load := st.Load(t.Context(), key)
		_, create := st.Create(t.Context(), key, nil, life)
		_, update := st.Update(t.Context(), key, dewar.Item{}, nil, life)
		return []error{create, update, st.Touch(t.Context(), key, life), load, st.Remove(t.Context(), key, dewar.Item{}), st.Delete(t.Context(), key)}
	}
	for _, bad := range []string{"", strings.Repeat("k", 251), "a b", "a\r\nflush_all", "a\x00", "a\x7f", "é", " a", "a\n"} {
		for _, err := range call(bad, time.Hour) {
			if err == nil || err.Error() != "memcachestore: a key is 1 to 250 bytes of printable ASCII without blanks" {
				t.Errorf("a key of %d bytes: %v", len(bad), err)
			}
		}
	}
	for _, life := range []time.Duration{0, -time.Second} {
		for _, err := range call(key, life)[:3] {
			if !errors.Is(err, memcachestore.ErrLife) {
				t.Errorf("a life of %v: %v", life, err)
			}
		}
	}
}

func TestRefusedServers(t *testing.T) {
	for _, bad := range [][]string{nil, {""}, {":11211"}, {"a:1", "b c"}, {"u:p@host:1"}, {"host:"}, {"a:1,b:2"}} {
		if st, err := memcachestore.New(bad, memcachestore.Options{}); st != nil || err == nil {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	for _, good := range []string{"localhost", "127.0.0.1:1", "[::1]:11211", "::1", "/run/m.sock"} {
		if _, err := memcachestore.New([]string{good}, memcachestore.Options{}); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// A unix socket serves as well.
func TestUnixSocket(t *testing.T) {
	server := realserver.MemcachedSocket(t)
	st := open(t, memcachestore.Options{}, server.Socket)
	create(t, st, key, secret)
	if got := load(t, st, key); string(got.Data) != secret {
		t.Errorf("got %q", got.Data)
	}
}

// Of 64 goroutines of two stores that update one item, one wins a round.
func TestOneWinner(t *testing.T) {
	addr := realserver.Memcached(t).Addr
	stores := [...]*memcachestore.Store{open(t, memcachestore.Options{}, addr), open(t, memcachestore.Options{}, addr)}
	create(t, stores[0], key, "start")
	for round := range 30 {
		items := [...]dewar.Item{load(t, stores[0], key), load(t, stores[1], key)}
		var won, lost atomic.Int32
		var wrote atomic.Pointer[string]
		var all sync.WaitGroup
		for i := range 64 {
			all.Go(func() {
				data := strconv.Itoa(round) + "/" + strconv.Itoa(i)
				_, err := stores[i%2].Update(context.Background(), key, items[i%2], []byte(data), time.Hour)
				switch {
				case err == nil:
					won.Add(1)
					wrote.Store(&data)
				case errors.Is(err, dewar.ErrConflict):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != 63 {
			t.Fatalf("round %d: %d winners and %d conflicts of 64", round, won.Load(), lost.Load())
		}
		if now := load(t, stores[0], key); string(now.Data) != *wrote.Load() {
			t.Fatalf("round %d: the winner wrote %s and %s is there", round, *wrote.Load(), now.Data)
		}
	}
}

// A server that was started anew counts its cas from 1 again: an item that was
// loaded before is no leave to change another that has its number now.
func TestCASOfAnEarlierServer(t *testing.T) {
	server := realserver.Memcached(t)
	st := open(t, memcachestore.Options{}, server.Addr)
	create(t, st, key, "before")
	old := load(t, st, key)
	server.Stop()
	server.Start()
	say(t, server.Addr, "set "+key+" 0 100 5\r\nafter")
	if got := say(t, server.Addr, "mg "+key+" c"); got != "HD c1" && got != "HD c2" {
		t.Fatalf("the new one's cas: %q", got)
	}
	if _, err := st.Update(t.Context(), key, old, []byte("lost"), time.Hour); !errors.Is(err, dewar.ErrConflict) {
		t.Errorf("Update: %v, want ErrConflict", err)
	}
	if err := st.Remove(t.Context(), key, old); !errors.Is(err, dewar.ErrConflict) {
		t.Errorf("Remove: %v, want ErrConflict", err)
	}
}
