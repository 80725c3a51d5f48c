package redisstore

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

var errNoCluster = errors.New("redisstore: the URL says cluster, and the server is none")

// Open connects to the Redis that a URL leads to; see [ClientOption]. The
// Closer ends the connection. Open fails if the server can't be reached.
func Open(url string, o Options) (*Store, io.Closer, error) {
	option, err := ClientOption(url)
	if err != nil {
		return nil, nil, err
	}
	client, err := rueidis.NewClient(option)
	if err != nil {
		return nil, nil, refusal(context.Background(), err)
	}
	scheme, _, _ := strings.Cut(url, "://")
	if strings.HasSuffix(strings.ToLower(scheme), "-cluster") && client.Mode() != rueidis.ClientModeCluster {
		client.Close()
		return nil, nil, errNoCluster
	}
	return New(client, o), closer{client}, nil
}

type closer struct{ client rueidis.Client }

func (c closer) Close() error {
	c.client.Close()
	return nil
}

// suited gives an option the settings that serve sessions best.
func suited(option rueidis.ClientOption) rueidis.ClientOption {
	// One pipelined connection a node: more of them share the same commands
	// out into smaller batches, which was half as fast on two cores.
	option.PipelineMultiplex = -1
	// A connection that is always in the pipelined mode notices a context that
	// ends, and a server that closes it, at once.
	option.AlwaysPipelining = true
	// Room for 4,096 commands that wait while a server hangs, in 1.4 MB: a
	// caller that finds none waits without looking at its context.
	option.RingScaleEachConn = 12
	// Client-side caching is not used, and asks for rights.
	option.DisableCache = true
	// Only reads are ever tried again: twice, to get over a lost connection.
	// By itself rueidis tries until the context ends, which may be never.
	option.RetryDelay = func(attempts int, _ rueidis.Completed, _ error) time.Duration {
		if attempts > 2 {
			return -1
		}
		return time.Duration(attempts) * 10 * time.Millisecond
	}
	option.ClusterOption.MaxMovedRedirections = 4
	// A primary that hangs closes no connection, and a message that another
	// one took over may be missed: who is primary is asked for as well.
	option.ClusterOption.ShardsRefreshInterval = refresh
	option.Sentinel.TopologyRefreshInterval = refresh
	if option.Dialer.Timeout == 0 {
		option.Dialer.Timeout = dialTimeout
	}
	// A connection that went silent is given up after this, and not after ten
	// times as long as a call waits: all callers share it.
	if option.ConnWriteTimeout == 0 {
		option.ConnWriteTimeout = silence
	}
	if option.Sentinel.Dialer.Timeout == 0 {
		option.Sentinel.Dialer.Timeout = option.Dialer.Timeout
	}
	return option
}

const (
	dialTimeout = 2 * time.Second
	silence     = 3 * time.Second
	refresh     = 2 * time.Second
)
