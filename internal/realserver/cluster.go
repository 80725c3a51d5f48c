//go:build unix

package realserver

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// A RedisCluster is three primaries, which serve a third of the slots each, and
// a replica of each one. Who is what may change: ask.
type RedisCluster struct {
	Nodes []*Server

	t testing.TB
}

// Cluster starts a Redis Cluster of six nodes and waits until all of it is up,
// some three seconds. A primary that is silent for two seconds is taken for
// dead. args are added to each node's command line, as with [Redis].
func Cluster(t testing.TB, args ...string) *RedisCluster {
	t.Helper()
	c := &RedisCluster{t: t}
	var buses []string
	for range 6 {
		bus := ""
		c.Nodes = append(c.Nodes, redis(t, tempDir(t), "--port", func() []string {
			bus = mustFreePort(t)
			return append([]string{
				"--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000",
				"--repl-diskless-sync-delay", "0",
			}, args...)
		}))
		buses = append(buses, bus)
	}
	for i, node := range c.Nodes {
		c.must(node, fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", i+1))
		if i < 3 {
			c.must(node, fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", i*16384/3, (i+1)*16384/3-1))
		}
		host, port, _ := net.SplitHostPort(node.Addr)
		c.must(c.Nodes[0], "CLUSTER MEET "+host+" "+port+" "+buses[i])
	}
	for i, replica := range c.Nodes[3:] {
		id := c.Nodes[i].say("CLUSTER MYID")
		await(t, "a replica doesn't find its primary", func() bool {
			return replica.say("CLUSTER REPLICATE "+id) == "+OK"
		})
	}
	c.Settle()
	return c
}

// Settle waits until every node that runs sees all slots served, every other
// node that runs as what it is, and every replica follows its primary. It takes
// seconds after a primary was stopped.
func (c *RedisCluster) Settle() {
	c.t.Helper()
	await(c.t, "the cluster doesn't come up", func() bool {
		running := slices.Clone(c.Nodes)
		running = slices.DeleteFunc(running, func(node *Server) bool { return !node.running() })
		return !slices.ContainsFunc(running, func(node *Server) bool {
			info, role := node.say("CLUSTER INFO"), node.say("INFO replication")
			nodes, replicas := sees(node)
			return !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_slots_ok:16384") ||
				nodes != len(running) || replicas != len(running)-3 ||
				strings.Contains(role, "role:slave") && !strings.Contains(role, "master_link_status:up")
		})
	})
}

// sees counts the nodes that one takes for sound, and the replicas among them.
func sees(node *Server) (nodes, replicas int) {
	for line := range strings.Lines(node.say("CLUSTER NODES")) {
		if words := strings.Fields(line); len(words) > 2 && !strings.Contains(words[2], "fail") && !strings.Contains(words[2], "handshake") {
			nodes++
			if strings.Contains(words[2], "slave") {
				replicas++
			}
		}
	}
	return nodes, replicas
}

// Primaries are the running nodes that serve slots, as they say themselves.
func (c *RedisCluster) Primaries() (primaries []*Server) {
	for _, node := range c.Nodes {
		for line := range strings.Lines(node.say("CLUSTER NODES")) {
			if strings.Contains(line, "myself,master") && len(strings.Fields(line)) > 8 {
				primaries = append(primaries, node)
			}
		}
	}
	return primaries
}

// Owner is the primary that serves a key.
func (c *RedisCluster) Owner(key string) *Server {
	c.t.Helper()
	for _, node := range c.Primaries() {
		if !strings.HasPrefix(node.say("EXISTS "+key), "-") {
			return node
		}
	}
	c.t.Fatal("no node serves the key")
	return nil
}

// Addrs are the addresses of all nodes, joined by commas.
func (c *RedisCluster) Addrs() string { return addrs(c.Nodes) }

func (c *RedisCluster) must(node *Server, line string) {
	c.t.Helper()
	if answer := node.say(line); answer != "+OK" {
		c.t.Fatalf("%s: %q", line, answer)
	}
}

func addrs(servers []*Server) string {
	var all []string
	for _, s := range servers {
		all = append(all, s.Addr)
	}
	return strings.Join(all, ",")
}

// await fails the test if something doesn't come about.
func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for late := time.Now().Add(3 * patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal(what)
		}
	}
}
