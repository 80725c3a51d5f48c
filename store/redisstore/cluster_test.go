package redisstore_test

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/dewar-go/dewar/storetest"
	"github.com/redis/rueidis"
)

// One cluster for all that is asked of one; the failover comes last.
func TestCluster(t *testing.T) {
	t.Parallel()
	c := realserver.Cluster(t)
	url := "redis-cluster://" + c.Addrs()
	t.Run("contract", func(t *testing.T) {
		one, other := open(t, "redis-cluster://"+c.Nodes[0].Addr, redisstore.Options{}), open(t, "redis://"+c.Nodes[5].Addr, redisstore.Options{})
		storetest.Run(t, storetest.Harness{
			New:   func(*testing.T) dewar.Store { return one },
			Twins: func(*testing.T) (a, b dewar.Store) { return one, other },
		})
	})
	t.Run("all nodes", func(t *testing.T) { allNodes(t, c, url) })
	t.Run("a moving slot", func(t *testing.T) { movingSlot(t, c, open(t, url, redisstore.Options{})) })
	t.Run("unknown outcome", func(t *testing.T) { unknownOutcome(t, url, c.Owner(key)) })
	t.Run("rights", func(t *testing.T) { rights(t, c.Nodes, "redis-cluster://app:k4p2@"+c.Addrs(), "+cluster") })
	t.Run("failover", func(t *testing.T) { clusterFailover(t, c, open(t, url, redisstore.Options{})) })
}

// All verbs work on all of a cluster, and List gives every item once, asking no
// replica. A node that is asked alone for what another one has can't answer.
func allNodes(t *testing.T, c *realserver.RedisCluster, url string) {
	option, err := redisstore.ClientOption(url)
	if err != nil {
		t.Fatal(err)
	}
	client, err := rueidis.NewClient(option)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	st := redisstore.New(client, redisstore.Options{})
	for i := range 100 {
		k := "session:" + strconv.Itoa(i)
		item := create(t, st, k, "one")
		if _, err := st.Update(t.Context(), k, item, []byte("two"), time.Hour); err != nil {
			t.Fatal(err)
		}
		if err := st.Touch(t.Context(), k, 2*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	// A replica is named once a write has reached it.
	for late := time.Now().Add(time.Minute); len(client.Nodes()) < 6; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("the client knows no replicas")
		}
	}
	items := list(t, st, "session:")
	if len(items) != 100 {
		t.Errorf("%d items, want 100", len(items))
	}
	primaries := c.Primaries()
	for _, node := range c.Nodes {
		stats, _ := do(t, raw(t, node), "INFO", "commandstats").ToString()
		primary := node == primaries[0] || node == primaries[1] || node == primaries[2]
		if asked := strings.Contains(stats, "cmdstat_scan:"); asked != primary {
			t.Errorf("a primary: %v, and it was asked for its keys: %v", primary, asked)
		}
	}
	moved := 0
	alone := redisstore.New(raw(t, primaries[0]), redisstore.Options{})
	for k := range items {
		if _, err := alone.Load(t.Context(), k); err != nil {
			if moved++; verb.Answered(err) || !strings.Contains(err.Error(), "MOVED") {
				t.Errorf("alone: %v, want MOVED", err)
			}
		}
	}
	if moved == 0 || moved == 100 {
		t.Errorf("%d of 100 keys are on other nodes", moved)
	}
}

// While a slot moves from one node to another, its keys are found wherever they
// are (ASK), and afterwards too (MOVED).
func movingSlot(t *testing.T, c *realserver.RedisCluster, st *redisstore.Store) {
	from := c.Owner("{k}")
	var to *realserver.Server
	for _, node := range c.Primaries() {
		if node != from {
			to = node
		}
	}
	source, target := raw(t, from), raw(t, to)
	id := func(s *realserver.Server) string {
		id, _ := do(t, raw(t, s), "CLUSTER", "MYID").ToString()
		return id
	}
	n, _ := do(t, source, "CLUSTER", "KEYSLOT", "{k}").AsInt64()
	slot := strconv.FormatInt(n, 10)
	one := create(t, st, "{k}:one", secret)
	do(t, target, "CLUSTER", "SETSLOT", slot, "IMPORTING", id(from))
	do(t, source, "CLUSTER", "SETSLOT", slot, "MIGRATING", id(to))
	two := create(t, st, "{k}:two", secret) // on the target already
	host, port, _ := net.SplitHostPort(to.Addr)
	do(t, source, "MIGRATE", host, port, "{k}:one", "0", "5000")
	works := func(when string) {
		t.Helper()
		for k, item := range map[string]*dewar.Item{"{k}:one": &one, "{k}:two": &two} {
			next, err := st.Update(t.Context(), k, *item, append(item.Data, '+'), time.Hour)
			if err != nil {
				t.Fatalf("%s: Update: %v", when, err)
			}
			*item = next
			if got, err := st.Load(t.Context(), k); err != nil || string(got.Data) != string(next.Data) {
				t.Errorf("%s: Load: %v", when, err)
			}
			if _, err := st.Create(t.Context(), k, nil, time.Hour); err != dewar.ErrExists {
				t.Errorf("%s: Create: %v, want ErrExists", when, err)
			}
			if err := st.Touch(t.Context(), k, 2*time.Hour); err != nil {
				t.Errorf("%s: Touch: %v", when, err)
			}
		}
		if items := list(t, st, "{k}:"); len(items) != 2 {
			t.Errorf("%s: %d items, want 2", when, len(items))
		}
	}
	works("while it moves")
	do(t, target, "CLUSTER", "SETSLOT", slot, "NODE", id(to))
	do(t, source, "CLUSTER", "SETSLOT", slot, "NODE", id(to))
	works("after it moved")
}

// A URL that says cluster leads to nothing else.
func TestNoCluster(t *testing.T) {
	server := realserver.Redis(t)
	if _, _, err := redisstore.Open("redis-cluster://"+server.Addr, redisstore.Options{}); err == nil || !strings.Contains(err.Error(), "is none") {
		t.Errorf("a single server: %v", err)
	}
	if _, _, err := redisstore.Open("redis-cluster://"+server.Addr+","+server.Addr, redisstore.Options{}); err == nil {
		t.Error("a single server by two addresses was opened")
	}
}

// A cluster over TLS, whose nodes' certificates are checked.
func TestClusterTLS(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, bus, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	s := realserver.RedisTLS(t, "--cluster-enabled", "yes", "--cluster-port", bus, "--tls-cluster", "yes")
	do(t, raw(t, s), "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	st := open(t, "rediss-cluster://"+s.Addr+"?ssl_ca_certs="+s.CAFile, redisstore.Options{})
	back(t, st, key)
	works(t, st)
	if _, _, err := redisstore.Open("rediss-cluster://"+s.Addr, redisstore.Options{}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without its authority: %v", err)
	}
}
