package redisstore

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strconv"

	"github.com/redis/rueidis"
)

var errChanging = errors.New("redisstore: the cluster is changing: a node that serves keys isn't known yet")

// primaries are the nodes that keys are on: in a cluster those that serve
// slots, by what the first node that answers says, without their replicas.
func (s *Store) primaries(ctx context.Context) ([]rueidis.Client, error) {
	nodes := s.client.Nodes()
	if !s.nodes {
		return slices.Collect(maps.Values(nodes)), nil
	}
	err := errChanging
	for addr, node := range nodes {
		slots, err2 := node.Do(ctx, node.B().ClusterSlots().Build()).ToArray()
		if err2 != nil {
			err = refusal(ctx, err2)
			continue
		}
		return serving(nodes, addr, slots)
	}
	return nil, err
}

// serving picks from nodes those that CLUSTER SLOTS names as primaries: each
// range of slots is its first, its last, its primary and its replicas, a node
// its host, its port and more. A node that doesn't know its own host leaves it
// out; it is the one at addr, which was asked.
func serving(nodes map[string]rueidis.Client, addr string, slots []rueidis.RedisMessage) ([]rueidis.Client, error) {
	own, _, _ := net.SplitHostPort(addr)
	found := map[string]rueidis.Client{}
	for _, span := range slots {
		parts, err := span.ToArray()
		if err != nil || len(parts) < 3 {
			return nil, errChanging
		}
		primary, err := parts[2].ToArray()
		if err != nil || len(primary) < 2 {
			return nil, errChanging
		}
		host, _ := primary[0].ToString() // null where it isn't known
		port, err := primary[1].AsInt64()
		if host == "" {
			host = own
		}
		at := net.JoinHostPort(host, strconv.FormatInt(port, 10))
		if err != nil || nodes[at] == nil {
			return nil, errChanging
		}
		found[at] = nodes[at]
	}
	return slices.Collect(maps.Values(found)), nil
}
