package redisstore_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/underload"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/dewar-go/dewar/storetest"
)

// counting begins to count under 24 keys, once every replica has them.
func counting(t *testing.T, st dewar.Store, prefix string, primaries ...*realserver.Server) *underload.Load {
	t.Helper()
	var keys []string
	for i := range 24 {
		keys = append(keys, fmt.Sprintf("%s%d", prefix, i))
	}
	load, err := underload.Start(t.Context(), st, keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, primary := range primaries {
		if n, _ := do(t, raw(t, primary), "WAIT", "1", "10000").AsInt64(); n != 1 {
			t.Fatal("a replica doesn't follow")
		}
	}
	more(t, load, 500)
	return load
}

// more waits until so many more writes were confirmed.
func more(t *testing.T, load *underload.Load, n int) {
	t.Helper()
	n += load.Saved()
	for late := time.Now().Add(time.Minute); load.Saved() < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("the store doesn't come back")
		}
	}
}

// back waits until the store answers for key, after the outage that it must
// have met.
func back(t *testing.T, st dewar.Store, key string) {
	t.Helper()
	for late := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := st.Load(ctx, key)
		cancel()
		if verb.Answered(err) {
			return
		}
		if time.Now().After(late) {
			t.Fatal(err)
		}
	}
}

// judge checks what became of a load: nothing that a replica had is gone, no
// error was taken for an outcome, and what is there is what was written.
func judge(t *testing.T, what string, r underload.Report) {
	t.Helper()
	if r.Wrong != nil || r.NotFound > 0 || r.Late > 3*soon {
		t.Errorf("%s: %v; %d times nothing was found; a verb went on for %v after its context", what, r.Wrong, r.NotFound, r.Late)
	}
	t.Logf("%s: %d writes confirmed, %d of them lost, %d questions without an answer, %v of silence at most", what, r.Saved, r.Lost, r.Unknown, r.Silence.Round(10*time.Millisecond))
}

// A primary that is killed under load is replaced by its replica, and the same
// store goes on; one that is replaced by hand loses nothing; one that hangs is
// replaced as well, and meanwhile contexts are obeyed.
func clusterFailover(t *testing.T, c *realserver.RedisCluster, st *redisstore.Store) {
	load := counting(t, st, "a:", c.Primaries()...)
	old := c.Owner(key)
	old.Stop()
	back(t, st, key)
	more(t, load, 500)
	for _, v := range verbs() { // the new primary doesn't know the scripts
		if err := v.Call(t.Context(), st); !verb.Answered(err) {
			t.Errorf("%s on the new primary: %v", v.Name, err)
		}
	}
	if n := len(list(t, st, "a:")); n != 24 {
		t.Errorf("%d items, want 24", n)
	}
	silent(t, load.Stop(), "a killed primary")

	old.Start()
	c.Settle()
	load = counting(t, st, "b:", c.Primaries()...)
	do(t, raw(t, old), "CLUSTER", "FAILOVER") // it asks its primary to wait for it
	for !slices.Contains(c.Primaries(), old) {
		more(t, load, 1)
	}
	more(t, load, 500)
	r := load.Stop()
	if judge(t, "a failover by hand", r); r.Lost > 0 {
		t.Errorf("a failover by hand: %d writes lost", r.Lost)
	}

	load = counting(t, st, "c:", c.Primaries()...)
	other := "another" // of a pair that hasn't changed places: the next time takes it longer
	for i := 0; c.Owner(other) == old; i++ {
		other = fmt.Sprint("another", i)
	}
	hung := c.Owner(other)
	hung.Pause() // its connections stay open, and it is asked until another one is known
	crowd(t, st, other)
	back(t, st, other)
	more(t, load, 500)
	silent(t, load.Stop(), "a primary that hangs")
	hung.Resume()
}

// silent judges a load that must have met an outage.
func silent(t *testing.T, r underload.Report, what string) {
	t.Helper()
	if judge(t, what, r); r.Unknown == 0 {
		t.Errorf("%s: nobody noticed", what)
	}
}

// The primary that sentinels watch is killed under load, and one of them with
// it. When it comes back, empty and for some seconds sure that it is the
// primary, nobody asks it.
func TestSentinel(t *testing.T) {
	t.Parallel()
	s := realserver.Sentinel(t)
	url := "redis-sentinel://" + s.Addrs() + "/" + realserver.MasterName
	t.Run("contract", func(t *testing.T) {
		one, two := open(t, url+"/1", redisstore.Options{}), open(t, url+"/2", redisstore.Options{})
		storetest.Run(t, storetest.Harness{
			New:   func(*testing.T) dewar.Store { return one },
			Apart: func(*testing.T) (a, b dewar.Store) { return one, two },
		})
	})
	old := s.Primary()
	t.Run("unknown outcome", func(t *testing.T) { unknownOutcome(t, url, old) })
	t.Run("rights", func(t *testing.T) {
		rights(t, s.Nodes, "redis-sentinel://app:k4p2@"+s.Addrs()+"/"+realserver.MasterName, "+role")
	})
	st := open(t, url, redisstore.Options{})
	load := counting(t, st, "a:", old)
	s.Sentinels[0].Stop()
	old.Stop()
	back(t, st, key)
	more(t, load, 500)
	for _, v := range verbs() {
		if err := v.Call(t.Context(), st); !verb.Answered(err) {
			t.Errorf("%s on the new primary: %v", v.Name, err)
		}
	}
	old.Start()
	more(t, load, 500)
	for what, st := range map[string]*redisstore.Store{"the same store": st, "a new one": open(t, url, redisstore.Options{})} {
		if n := len(list(t, st, "a:")); n != 24 {
			t.Errorf("%s: %d items, want 24", what, n)
		}
	}
	silent(t, load.Stop(), "a killed primary behind sentinels")
}
