package memcachestore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// interpreter is the Python that has the clients.
func interpreter(t *testing.T) string {
	t.Helper()
	name := os.Getenv("DEWAR_PYTHON")
	if name == "" {
		name = "python3"
	}
	if out, err := exec.Command(name, "-c", "import pymemcache, memcache, pylibmc").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no Python clients: %v %s", err, out)
		}
		t.Skip("no Python clients: `make setup` installs them and sets DEWAR_PYTHON")
	}
	return name
}

// python sets every key to its own name, and prints what it reads of those that
// Dewar wrote.
const python = `
import json, sys
kind, servers, theirs, ours = json.load(sys.stdin)
if kind.startswith("pymemcache"):
    from pymemcache.client.hash import HashClient
    client = HashClient(servers, no_delay=True)
elif kind == "pylibmc":
    import pylibmc
    client = pylibmc.Client(servers)
elif kind == "pylibmc, crc":
    import pylibmc
    client = pylibmc.Client(servers, behaviors={"hash": "crc"})
else:
    import memcache
    client = memcache.Client([(s, servers.count(s)) for s in dict.fromkeys(servers)] if "weights" in kind else servers)
for key in theirs:
    assert client.set(key, key.encode()), key
print(json.dumps([key for key in ours if client.get(key) != key.encode()]))
`

// hashOfNothing are keys whose 15 bits of crc32 are 0.
var hashOfNothing = []string{"session:215e44e6f5bc3c2c47a818a16c97c72c", "session:77613a22510685c994b44fde03b18d93"}

// Of 1,000 random keys on three servers each that a Python client wrote is found
// by the selector of its name, and each that Dewar wrote by the client.
func TestSelectorsAgreeWithPython(t *testing.T) {
	name := interpreter(t)
	servers, list := realserver.Memcacheds(t, 3)
	addrs := strings.Split(list, ",")
	r := seeded.Rand(t)
	for _, row := range []struct {
		client   string
		servers  []string
		selector memcachestore.Selector
	}{
		{"pymemcache", addrs, memcachestore.Pymemcache},
		{"pymemcache, another order", []string{addrs[2], addrs[0], addrs[1]}, memcachestore.Selector{}},
		{"python-memcached", addrs, memcachestore.PythonMemcached},
		{"python-memcached, weights", []string{addrs[0], addrs[1], addrs[1], addrs[1], addrs[2]}, memcachestore.PythonMemcached},
		{"pylibmc", addrs, memcachestore.Pylibmc},
		{"pylibmc, crc", addrs, memcachestore.PythonMemcached},
	} {
		t.Run(row.client, func(t *testing.T) {
			for _, s := range servers {
				say(t, s.Addr, "flush_all")
			}
			st := open(t, memcachestore.Options{Selector: row.selector}, row.servers...)
			var theirs, ours []string
			for i := range 2000 {
				k := randomKey(r)
				if i < len(hashOfNothing) {
					k = hashOfNothing[i]
				}
				if i%2 == 0 {
					theirs = append(theirs, k)
					continue
				}
				ours = append(ours, k)
				if _, err := st.Create(t.Context(), k, []byte(k), time.Hour); err != nil {
					t.Fatal(err)
				}
			}
			input, _ := json.Marshal([]any{row.client, row.servers, theirs, ours})
			cmd := exec.Command(name, "-c", python)
			cmd.Stdin = bytes.NewReader(input)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil || strings.TrimSpace(string(out)) != "[]" {
				t.Errorf("not found by the client: %.200s (%v %s)", out, err, stderr.String())
			}
			missed := 0
			for _, k := range theirs {
				if item, err := st.Load(t.Context(), k); err != nil || string(item.Data) != k {
					t.Logf("%q: %v", k, err)
					missed++
				}
			}
			if missed > 0 {
				t.Errorf("%d of %d keys that the client wrote weren't found", missed, len(theirs))
			}
			for i, s := range servers {
				if got := say(t, s.Addr, "stats items"); got == "END" {
					t.Errorf("server %d has no key at all", i)
				}
			}
		})
	}
}

// randomKey is one of a session, or of any printable bytes.
func randomKey(r *rand.Rand) string {
	k := make([]byte, 1+r.IntN(60))
	for i := range k {
		k[i] = byte('!' + r.IntN('~'-'!'+1))
	}
	if r.IntN(2) == 0 {
		return fmt.Sprintf("session:%032x%s", r.Uint64(), k)
	}
	return fmt.Sprintf("%s%d", k, r.Uint64())
}

func TestSelectorByName(t *testing.T) {
	for _, name := range []string{"pymemcache", "python-memcached", "pylibmc"} {
		if s, err := memcachestore.SelectorByName(name); err != nil || s.String() != name {
			t.Errorf("%s: got %v, %v", name, s, err)
		}
	}
	if _, err := memcachestore.SelectorByName("ketama"); err == nil || !strings.Contains(err.Error(), "pymemcache, python-memcached and pylibmc") {
		t.Errorf("got %v", err)
	}
}

// While one server of three is dead its keys can't be answered for, and never
// move: when it is back no session that ended there is in another's place.
func TestADeadServerKeepsItsKeys(t *testing.T) {
	for _, selector := range []memcachestore.Selector{memcachestore.Pymemcache, memcachestore.PythonMemcached, memcachestore.Pylibmc} {
		servers, list := realserver.Memcacheds(t, 3)
		st := open(t, memcachestore.Options{Selector: selector}, strings.Split(list, ",")...)
		at := map[string]bool{} // the dead one's
		for i := range 60 {
			k := fmt.Sprint("key", i)
			create(t, st, k, k)
			at[k] = say(t, servers[1].Addr, "mg "+k+" v") != "EN"
		}
		servers[1].Stop()
		dead := 0
		for k, its := range at {
			item, err := st.Load(t.Context(), k)
			if its {
				dead++
				if verb.Answered(err) {
					t.Errorf("%s: load of a dead server's key: %v", selector, err)
				}
				if _, err := st.Create(t.Context(), k, nil, time.Hour); verb.Answered(err) {
					t.Errorf("%s: create on a dead server: %v", selector, err)
				}
			} else if err != nil || string(item.Data) != k {
				t.Errorf("%s: a live server's key: %v", selector, err)
			}
		}
		if dead < 5 {
			t.Errorf("%s: the dead server had %d keys", selector, dead)
		}
		for _, live := range []int{0, 2} {
			for k, its := range at {
				if its && say(t, servers[live].Addr, "mg "+k+" v") != "EN" {
					t.Errorf("%s: a dead server's key lies on another", selector)
				}
			}
		}
		servers[1].Start()
		for k, its := range at {
			if _, err := st.Load(t.Context(), k); its && err != dewar.ErrNotFound {
				t.Errorf("%s: back, and empty: %v", selector, err)
			}
		}
	}
}
