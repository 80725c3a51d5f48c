package redisstore_test

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/redis/rueidis"
)

// cluster starts two nodes that serve half of the slots each.
func cluster(t *testing.T) (a, b *realserver.Server) {
	t.Helper()
	busA, busB := freePort(t), freePort(t)
	a = realserver.Redis(t, "--cluster-enabled", "yes", "--cluster-port", busA)
	b = realserver.Redis(t, "--cluster-enabled", "yes", "--cluster-port", busB)
	toA, toB := raw(t, a), raw(t, b)
	do(t, toA, "CLUSTER", "ADDSLOTSRANGE", "0", "8191")
	do(t, toB, "CLUSTER", "ADDSLOTSRANGE", "8192", "16383")
	host, port, _ := net.SplitHostPort(b.Addr)
	do(t, toA, "CLUSTER", "MEET", host, port, busB)
	for _, node := range []rueidis.Client{toA, toB} {
		for deadline := time.Now().Add(20 * time.Second); ; {
			info, _ := do(t, node, "CLUSTER", "INFO").ToString()
			if strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_slots_ok:16384") {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the nodes don't find each other")
			}
		}
	}
	return a, b
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// A cluster is found by any of its nodes, and all verbs work on all of it. A
// node that is asked alone for what another one has can't answer.
func TestCluster(t *testing.T) {
	a, b := cluster(t)
	st := open(t, "redis://"+a.Addr, redisstore.Options{})
	works(t, st)
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
	items := list(t, st, "session:")
	if len(items) != 100 {
		t.Errorf("%d items, want 100", len(items))
	}
	moved := 0
	alone := redisstore.New(raw(t, b), redisstore.Options{})
	for k := range items {
		if _, err := alone.Load(t.Context(), k); err != nil {
			if moved++; outcome(err) || !strings.Contains(err.Error(), "MOVED") {
				t.Errorf("alone: %v, want MOVED", err)
			}
		}
	}
	if moved == 0 || moved == 100 {
		t.Errorf("%d of 100 keys are on the other node", moved)
	}
	do(t, raw(t, a), "CLUSTER", "DELSLOTSRANGE", "0", "8191")
	down := redisstore.New(raw(t, a), redisstore.Options{})
	if _, err := down.Load(t.Context(), key); outcome(err) || !strings.Contains(err.Error(), "CLUSTERDOWN") {
		t.Errorf("without slots: %v, want CLUSTERDOWN", err)
	}
}
