package chaos

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	client "github.com/redis/go-redis/v9"
)

// tell has a Redis do something.
func tell(t *testing.T, server *realserver.Server, words ...any) {
	t.Helper()
	c := client.NewClient(&client.Options{Addr: server.Addr})
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Do(ctx, words...).Err(); err != nil {
		t.Fatalf("%v: %v", words, err)
	}
}

func redis(t *testing.T) (string, []fault) {
	server := realserver.Redis(t, "--appendonly", "yes", "--appendfsync", "always")
	addr, faults := through(t, server)
	during := func(name string, begin, end []any) fault {
		return fault{name: name, begin: func() { tell(t, server, begin...) }, end: func() { tell(t, server, end...) }}
	}
	faults = append(faults, hangs(server),
		during("READONLY", []any{"REPLICAOF", "127.0.0.1", "1"}, []any{"REPLICAOF", "NO", "ONE"}),
		during("out of memory", []any{"CONFIG", "SET", "maxmemory", "1"}, []any{"CONFIG", "SET", "maxmemory", "0"}),
		killed(server))
	faults[len(faults)-1].name = "kill -9, started again; appendfsync always"
	return "redis://" + addr, shortly(faults, "hangs (SIGSTOP)", "READONLY", faults[len(faults)-1].name)
}

// forgetful is a Redis that keeps nothing through a restart.
func forgetful(t *testing.T) (string, []fault) {
	server := realserver.Redis(t)
	kill := killed(server)
	kill.keeps = nothing
	return "redis://" + server.Addr, []fault{kill}
}

func cluster(t *testing.T) (string, []fault) {
	c := realserver.Cluster(t)
	var old, next *realserver.Server
	whole := func() bool { return len(c.Primaries()) == 3 }
	byHand := func() {
		next = c.Nodes[slices.IndexFunc(c.Nodes, func(node *realserver.Server) bool { return !slices.Contains(c.Primaries(), node) })]
		tell(t, next, "CLUSTER", "FAILOVER") // it has its primary wait for it
	}
	return "redis-cluster://" + c.Addrs(), []fault{
		{name: "a primary is killed", short: true, keeps: unreplicated, heals: whole, begin: func() { old = c.Primaries()[0]; old.Stop() }, rest: func() { old.Start(); c.Settle() }},
		{name: "CLUSTER FAILOVER", short: true, keeps: unreplicated, quiet: true, heals: func() bool { return slices.Contains(c.Primaries(), next) }, begin: byHand, rest: c.Settle},
		{name: "a primary hangs (SIGSTOP)", keeps: unreplicated, heals: whole, begin: func() { old = c.Primaries()[0]; old.Pause() }, rest: func() { old.Resume(); c.Settle() }},
	}
}

func sentinel(t *testing.T) (string, []fault) {
	s := realserver.Sentinel(t)
	var old *realserver.Server
	moved := func() bool { now := s.Primary(); return now != nil && now != old }
	byHand := func() {
		old = s.Primary()
		tell(t, s.Sentinels[0], "SENTINEL", "FAILOVER", realserver.MasterName)
	}
	replicas := func(least string) {
		for _, node := range s.Nodes {
			tell(t, node, "CONFIG", "SET", "min-replicas-to-write", least)
		}
	}
	return "redis-sentinel://" + s.Addrs() + "/" + realserver.MasterName, []fault{
		{name: "the primary is killed", short: true, keeps: unreplicated, heals: moved, begin: func() { old = s.Primary(); old.Stop() }, rest: func() { old.Start(); s.Settle() }},
		{name: "SENTINEL FAILOVER", keeps: unreplicated, quiet: true, heals: moved, begin: byHand, rest: s.Settle},
		{
			name: "SENTINEL FAILOVER, min-replicas-to-write 1", keeps: unreplicated, quiet: true, heals: moved,
			begin: func() { replicas("1"); byHand() }, rest: func() { replicas("0"); s.Settle() },
		},
	}
}
