package redisstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// The errors of a URL quote no part of it but a setting's name: what looks like
// a port or a path may be a piece of a password that wasn't escaped.
var (
	errURL    = errors.New("redisstore: this is no URL; special characters in a password are written as %2F, %23, %3F and so on")
	errScheme = errors.New("redisstore: the URL begins with none of redis://, rediss:// and redis+unix://")
	errNumber = errors.New("redisstore: a database's number, a port, a time or a yes or no in the URL can't be read")
	errCA     = errors.New("redisstore: the file of ssl_ca_certs holds no PEM certificate")
)

// settings are the query keys that a URL may have.
var settings = [...]string{"addr", "client_name", "db", "dial_timeout", "master_set", "skip_verify", "ssl_ca_certs", "write_timeout"}

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
	return New(client, o), closer{client}, nil
}

type closer struct{ client rueidis.Client }

func (c closer) Close() error {
	c.client.Close()
	return nil
}

// ClientOption gives the settings of the client that Open makes from a URL,
// for a program that changes one more before rueidis.NewClient and [New].
//
//	redis://user:password@host:port/db       TCP; localhost, 6379 and 0 where absent
//	rediss://…                               the same over TLS
//	redis+unix://user:password@/path?db=0    a unix socket
//
// The query may have db; addr (more nodes of a cluster, repeated); master_set
// (the name that the addresses, which are then sentinels, know the primary
// by); dial_timeout and write_timeout (as Go writes durations: 2s);
// client_name; skip_verify; and ssl_ca_certs, as in redis-py: a file of the
// certificates to trust in place of the system's. Any other key is an error
// that names it.
func ClientOption(rawURL string) (rueidis.ClientOption, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Fragment != "" || strings.Contains(u.RawQuery, "@") {
		return rueidis.ClientOption{}, errURL
	}
	switch u.Scheme {
	case "redis", "rediss":
		u.Path = strings.TrimSuffix(u.Path, "/") // rueidis.ParseURL takes it for a number
	case "redis+unix":
		u.Scheme = "unix"
	default:
		return rueidis.ClientOption{}, errScheme
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return rueidis.ClientOption{}, errURL
	}
	for key := range query {
		if !slices.Contains(settings[:], key) {
			return rueidis.ClientOption{}, fmt.Errorf("redisstore: the URL has an unknown setting %q", key)
		}
	}
	option, err := rueidis.ParseURL(u.String())
	if err != nil {
		return rueidis.ClientOption{}, errNumber
	}
	if file := query.Get("ssl_ca_certs"); file != "" {
		if err := trust(&option, file); err != nil {
			return rueidis.ClientOption{}, err
		}
	}
	option.ForceSingleClient = u.Scheme == "unix" // a cluster's other nodes have other sockets
	return suited(option), nil
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
	if option.Dialer.Timeout == 0 {
		option.Dialer.Timeout = 2 * time.Second
	}
	return option
}

// trust makes a file's certificates the only ones that are trusted.
func trust(option *rueidis.ClientOption, file string) error {
	if option.TLSConfig == nil {
		return errors.New("redisstore: ssl_ca_certs is for rediss:// alone")
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("redisstore: ssl_ca_certs: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return errCA
	}
	option.TLSConfig.RootCAs = roots
	option.TLSConfig.MinVersion = tls.VersionTLS12
	return nil
}
