//go:build unix

package realserver

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// MasterName is what the sentinels of [Sentinel] call the primary.
const MasterName = "dewar"

// A RedisSentinel is a primary and its replica, watched by three sentinels. Who
// is the primary may change: ask.
type RedisSentinel struct {
	Nodes     []*Server
	Sentinels []*Server

	t testing.TB
}

// Sentinel starts a primary, a replica and three sentinels, and waits until the
// sentinels agree. They take a primary that is silent for a second for dead.
func Sentinel(t testing.TB) *RedisSentinel {
	t.Helper()
	primary := Redis(t, "--repl-diskless-sync-delay", "0")
	host, port, _ := net.SplitHostPort(primary.Addr)
	replica := Redis(t, "--repl-diskless-sync-delay", "0", "--replicaof", host+" "+port)
	s := &RedisSentinel{Nodes: []*Server{primary, replica}, t: t}
	// A sentinel asks for replicas as it starts, and then not for ten seconds.
	await(t, "the replica doesn't follow", func() bool {
		return strings.Contains(replica.say("INFO replication"), "master_link_status:up")
	})
	for range 3 {
		s.Sentinels = append(s.Sentinels, sentinel(t, host, port))
	}
	s.Settle()
	return s
}

func sentinel(t testing.TB, host, port string) *Server {
	t.Helper()
	program, dir := find(t, "redis-server"), tempDir(t)
	config := filepath.Join(dir, "sentinel.conf") // which it writes to
	return onFreePort(t, func(own string) *Server {
		text := fmt.Sprintf(`port %s
bind 127.0.0.1
dir %s
sentinel monitor %s %s %s 2
sentinel down-after-milliseconds %[3]s 1000
sentinel failover-timeout %[3]s 3000
`, own, dir, MasterName, host, port)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &Server{Addr: net.JoinHostPort("127.0.0.1", own), Dir: dir, t: t, program: program, args: []string{config, "--sentinel"}}
		s.answers = s.pong
		return s
	})
}

// Settle waits until the sentinels that run agree on a primary that answers, on
// its replica and on each other, and the replica follows. After a failover that
// is when the old primary was started again; it takes some ten seconds.
func (s *RedisSentinel) Settle() {
	s.t.Helper()
	await(s.t, "the sentinels don't agree", func() bool {
		primary := s.Primary()
		if primary == nil || slices.ContainsFunc(s.Nodes, func(node *Server) bool {
			return node != primary && !strings.Contains(node.say("INFO replication"), "master_link_status:up")
		}) {
			return false
		}
		return !slices.ContainsFunc(s.Sentinels, func(sentinel *Server) bool {
			return sentinel.running() &&
				!strings.Contains(sentinel.say("INFO sentinel"), "status=ok,address="+primary.Addr+",slaves=1,sentinels=3")
		})
	})
}

// Primary is the node that says that it is the primary; nil if none or two do.
func (s *RedisSentinel) Primary() (primary *Server) {
	for _, node := range s.Nodes {
		if strings.Contains(node.say("INFO replication"), "role:master") {
			if primary != nil {
				return nil
			}
			primary = node
		}
	}
	return primary
}

// Addrs are the addresses of the sentinels, joined by commas.
func (s *RedisSentinel) Addrs() string { return addrs(s.Sentinels) }
