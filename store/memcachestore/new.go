package memcachestore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/store/memcachestore/internal/wire"
)

// Options are the choices of a Store.
type Options struct {
	// Selector says which of several servers keeps a key. Zero: [Pymemcache].
	Selector Selector

	// Pickled marks what is written as a pickle (flags 1), for items that
	// cachelib's MemcachedCache reads: its client unpickles them.
	Pickled bool

	// Dial connects to a server, as for TLS. nil: TCP, or a unix socket if the
	// address begins with a slash. It must return as its context ends.
	Dial func(ctx context.Context, address string) (net.Conn, error)

	// Now gives the time, for lives longer than 30 days. nil: time.Now.
	Now func() time.Time
}

// New makes a Store of servers, host:port, host (the port is 11211 then) or the
// path of a unix socket; see [Selector] for what their order and spelling mean.
// Nothing is connected to before it is needed. No server at all is an error, and one
// that is none of these.
func New(servers []string, o Options) (*Store, error) {
	if len(servers) == 0 {
		return nil, errors.New("memcachestore: no server was given")
	}
	if o.Selector.prepare == nil {
		o.Selector = Pymemcache
	}
	if o.Dial == nil {
		o.Dial = dial
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{now: o.Now}
	if o.Pickled {
		s.flags = pickled
	}
	for _, server := range servers {
		name, err := address(server)
		if err != nil {
			return nil, err
		}
		node := &wire.Node{Dial: func(ctx context.Context) (net.Conn, error) { return o.Dial(ctx, name) }}
		if i := slices.Index(s.names, name); i >= 0 {
			node = s.nodes[i] // a weight
		}
		s.names, s.nodes = append(s.names, name), append(s.nodes, node)
	}
	s.choose = func(string) int { return 0 }
	if len(servers) > 1 {
		s.choose = o.Selector.prepare(s.names)
	}
	return s, nil
}

// Close ends the connections. The store is of no use afterwards.
func (s *Store) Close() error {
	for _, node := range s.nodes {
		node.Close()
	}
	return nil
}

// address adds the port that is left out.
func address(server string) (string, error) {
	if strings.HasPrefix(server, "/") {
		return server, nil
	}
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		host, port = strings.Trim(server, "[]"), "11211"
	}
	if host == "" || port == "" || strings.ContainsAny(host, " /@?,") {
		return "", fmt.Errorf("memcachestore: a server is host:port, host, or the path of a unix socket")
	}
	return net.JoinHostPort(host, port), nil
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	network := "tcp"
	if strings.HasPrefix(address, "/") {
		network = "unix"
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}
