package interop

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
)

// What the labs of the races have on: the lives of native sessions and a breaker,
// and tombstones beside Flask's. The grace period is longer than a race.
var (
	allLives   = []string{"DEWAR_INSECURE=true", "DEWAR_GRACE=60", "DEWAR_IDLE=3600", "DEWAR_ABSOLUTE=7200", "DEWAR_RENEWAL=1800", "DEWAR_BREAKER=true"}
	native     = slices.Concat([]string{"DEWAR_RULES=native"}, allLives)
	tombstones = "DEWAR_TOMBSTONES=true"
)

// Two Dewar processes on one Redis, under native rules and under Flask-Session's,
// there with tombstones and without.
func TestRedisTwoProcesses(t *testing.T) {
	url := "redis://" + realserver.Redis(t).Addr
	twoProcesses(t, 1, url, native...)
	twoProcesses(t, 1, url)
	twoProcesses(t, 1, url, tombstones)
}

// The same on one memcached and on three.
func TestMemcachedTwoProcesses(t *testing.T) {
	for _, servers := range []int{1, 3} {
		env := onMemcached(servers)(t)
		t.Run(fmt.Sprint(servers), func(t *testing.T) {
			raceBoth(t, 1, slices.Concat(native, env), append(env, tombstones))
		})
	}
}

// The same on a cluster and behind sentinels, with either client; a tenth as
// often, unless DEWAR_RACES is full.
func TestManyNodesTwoProcesses(t *testing.T) {
	share := 10
	if os.Getenv("DEWAR_RACES") == "full" {
		share = 1
	}
	c, s := realserver.Cluster(t), realserver.Sentinel(t)
	for name, url := range map[string]string{
		"cluster":  "redis-cluster://" + c.Addrs(),
		"sentinel": "redis-sentinel://" + s.Addrs() + "/" + realserver.MasterName,
	} {
		t.Run(name, func(t *testing.T) { twoProcesses(t, share, url, native...) })
		t.Run(name+", go-redis", func(t *testing.T) {
			twoProcesses(t, share, url, slices.Concat(native, []string{"DEWAR_CLIENT=go-redis"})...)
		})
	}
	t.Run("cluster, Flask-Session's rules", func(t *testing.T) { twoProcesses(t, share, "redis-cluster://"+c.Addrs(), tombstones) })
}

func twoProcesses(t *testing.T, share int, url string, rules ...string) {
	env := append([]string{key, "SESSION_TYPE=redis", "SESSION_REDIS=" + url}, rules...)
	probes(t, !slices.Contains(rules, native[0]), share, twin.Dewar(t, env...), twin.Dewar(t, env...))
}

// raceBoth races two labs under the native rules, and two under Flask-Session's.
func raceBoth(t *testing.T, share int, native, shared []string) {
	t.Run("native", func(t *testing.T) { probes(t, false, share, twin.Dewar(t, native...), twin.Dewar(t, native...)) })
	t.Run("Flask-Session's rules", func(t *testing.T) { probes(t, true, share, twin.Dewar(t, shared...), twin.Dewar(t, shared...)) })
}

// Two Dewar processes on one folder, in both layouts.
func TestFilesTwoProcesses(t *testing.T) {
	raceBoth(t, 1, slices.Concat(allLives, []string{key, "DEWAR_STORE=file://" + t.TempDir() + "/sessions"}), append(inFiles("filesystem")(t), tombstones))
}

// One process on the memory store.
func TestMemoryOneProcess(t *testing.T) {
	lab := twin.Dewar(t, slices.Concat(native, []string{key, "SESSION_TYPE=memory"})...)
	probes(t, false, 1, lab, lab)
}

// probes race many requests for one session through two labs, which may be one;
// a share of 10 is a tenth of the rounds.
func probes(t *testing.T, permanent bool, share int, labs ...*twin.Lab) {
	extra := 0 // "_permanent"
	if permanent {
		extra = 1
	}
	fill := func() string {
		t.Helper()
		_, cookie, err := ask(labs[0], "", `[["set","n",0]]`)
		if err != nil {
			t.Fatal(err)
		}
		return cookie
	}
	together := func(n int, cookie, ops string) {
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				if _, _, err := ask(labs[i%2], cookie, strings.ReplaceAll(ops, "$i", fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	t.Run("50 writers of 50 keys keep 50", func(t *testing.T) {
		for round := range 20 / share {
			cookie := fill()
			together(50, cookie, `[["sleep",5],["set","k$i",$i]]`)
			if line, _, err := ask(labs[1], cookie, `[["len"]]`); err != nil || !strings.HasPrefix(line, fmt.Sprintf(`{"results":[%d]`, 51+extra)) {
				t.Fatalf("round %d: %.60s %v", round, line, err)
			}
		}
	})
	t.Run("1,000 increments are 1,000", func(t *testing.T) {
		cookie := fill()
		for range 20 / share {
			together(50, cookie, `[["incr","n",1]]`)
		}
		if line, _, err := ask(labs[0], cookie, `[["get","n"]]`); err != nil || !strings.HasPrefix(line, fmt.Sprintf(`{"results":[%d]`, 1000/share)) {
			t.Errorf("%s %v", line, err)
		}
	})
	t.Run("a slow reader never erases a write", func(t *testing.T) {
		cookie := fill()
		var wg sync.WaitGroup
		wg.Go(func() { _, _, _ = ask(labs[0], cookie, `[["get","n"],["sleep",100]]`) })
		_, _, err := ask(labs[1], cookie, `[["sleep",30],["set","w",1]]`)
		wg.Wait()
		if line, _, err2 := ask(labs[0], cookie, `[["get","w"]]`); err != nil || err2 != nil || !strings.HasPrefix(line, `{"results":[1]`) {
			t.Errorf("%s %v %v", line, err, err2)
		}
	})
	t.Run("no logout is undone", func(t *testing.T) {
		revived := 0
		for range 200 / share {
			cookie := fill()
			cookies := make([]string, 4)
			var wg sync.WaitGroup
			for i, ops := range []string{`[["get","n"],["sleep",3],["set","w",1]]`, `[["get","n"],["sleep",3]]`, `[["get","n"],["sleep",3],["renew"]]`, `[["sleep",2],["logout"]]`} {
				wg.Go(func() {
					_, set, _ := ask(labs[i%2], cookie, ops) // a writer whose session is gone gets a 409
					cookies[i] = set
				})
			}
			wg.Wait()
			for _, c := range append(cookies, cookie) {
				if c == "" || strings.HasSuffix(c, "=") {
					continue
				}
				if line, _, err := ask(labs[0], c, `[["has","n"]]`); err != nil || !strings.HasPrefix(line, `{"results":[false]`) {
					revived++
				}
			}
		}
		if revived > 0 {
			t.Errorf("%d came back", revived)
		}
	})
	t.Run("100 renewals have one winner", func(t *testing.T) {
		cookie := fill()
		var mu sync.Mutex
		ids := map[string]bool{}
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				_, set, err := ask(labs[i%2], cookie, fmt.Sprintf(`[["sleep",20],["set","k%d",1],["renew"]]`, i))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if set != "" && set != cookie {
					ids[set] = true
				}
			})
		}
		wg.Wait()
		if len(ids) != 1 {
			t.Errorf("%d new ids", len(ids))
		}
		for id := range ids {
			if line, _, err := ask(labs[0], id, `[["len"]]`); err != nil || !strings.HasPrefix(line, fmt.Sprintf(`{"results":[%d]`, 101+extra)) {
				t.Errorf("%.60s %v", line, err)
			}
		}
	})
}

// The same by a store URL.
func TestStoreURL(t *testing.T) {
	url := "DEWAR_STORE=redis://" + realserver.Redis(t).Addr + "?prefix=app:"
	lab := twin.Dewar(t, key, url, "DEWAR_INSECURE=true", "DEWAR_IDLE=3600")
	_, cookie, err := ask(lab, "", `[["set","a",{" t":[1]}]]`)
	if err != nil || cookie == "" {
		t.Fatal(err)
	}
	if line, _, err := ask(lab, cookie, `[]`); err != nil || line != `{"results":[],"session":{"a":{" t":[1]}}}` {
		t.Errorf("%s %v", line, err)
	}
	if err := twin.Refuses(t, key, "DEWAR_STORE=redis://127.0.0.1:1/?nonsense=1"); err != nil {
		t.Error(err)
	}
}
