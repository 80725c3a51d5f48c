// Package open makes a store of a URL, for programs that are told by their
// configuration where sessions live.
//
//	mem:                                     the memory of this process
//	file:///folder                           files; file:folder is relative
//	redis://user:password@host:port/db       Redis; see redisstore.ClientOption
//	rediss://…                               the same over TLS
//	redis+unix://user:password@/path?db=0    the same by a unix socket
//	redis-cluster://host:port,host:port      a Redis Cluster; rediss-cluster:// over TLS
//	redis-sentinel://host:port,host:port/name/db
//	                                         the Redis that sentinels know by that name;
//	                                         rediss-sentinel:// over TLS
//	mongodb://user:password@host:port/database?collection=sessions
//	                                         MongoDB; see mongostore.Parse; mongodb+srv:// too
//
// The query of each may have, beside the store's own settings:
//
//	layout=native|flask  how a session lies in the store; native if absent
//	format=TEXT          how it is encoded: tagged, msgpack, json, pickle, or cachelib, which is
//	                     what a RedisCache of SESSION_TYPE=cachelib keeps. If absent, tagged in
//	                     the native layout, and in Flask's msgpack, Flask-Session's default,
//	                     or in files pickle, which is all that it has there
//	prefix=TEXT          before each key; if absent "dewar:" in the native layout and
//	                     "session:", Flask-Session's default, in Flask's
//
// A file: URL may have mode (octal rights of the files; 0600 if absent), threshold (how
// many files are left alone, then Flask's rule; absent or 0: any number) and
// sync=true (writes wait for the disk).
//
// A mongodb: URL in Flask's layout finds Flask-Session's documents too, for which the
// server needs an index, mongostore's Migrate, so as not to read them all.
//
// Anything else in a query is an error that names it.
package open

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec"
)

// errURL quotes nothing: what looks like a host or a path may be a piece of a
// password that wasn't escaped.
var errURL = errors.New("open: this is no URL; special characters in a password are written as %2F, %23, %3F and so on")

// Opened is a store and what else a URL says about the sessions in it. All
// fields are set.
type Opened struct {
	Store  dewar.Store
	Codec  codec.Codec // in Flask's layout it reads msgpack, JSON and pickle, and writes Format
	Format string      // tagged, msgpack, json, pickle or cachelib
	Layout dewar.Layout
	Prefix string

	closer io.Closer
}

// InStore is the backend of the sessions, for dewar.Options.
func (o *Opened) InStore() *dewar.InStore {
	return &dewar.InStore{Store: o.Store, Codec: o.Codec, Prefix: o.Prefix, Layout: o.Layout}
}

// Close ends the store's connections. The store is of no use afterwards.
func (o *Opened) Close() error { return o.closer.Close() }

// Open makes the store that a URL leads to. It fails if a server can't be
// reached, which a Redis may take its dial_timeout to find out. Errors may name
// the scheme, a setting or the server's address; never the user, the password
// or the whole URL.
func Open(ctx context.Context, rawURL string) (*Opened, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(u.RawQuery, "@") {
		return nil, errURL
	}
	open, err := opener(u.Scheme)
	if err != nil {
		return nil, err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errURL
	}
	o, err := takeSettings(u.Scheme, query)
	if err != nil {
		return nil, err
	}
	u.RawQuery = query.Encode()
	if o.Store, o.closer, err = open(u, o.Layout); err != nil {
		return nil, err
	}
	return o, nil
}

// opener returns what opens the URLs of a scheme. They come without the
// settings that all schemes have in common.
func opener(scheme string) (func(*url.URL, dewar.Layout) (dewar.Store, io.Closer, error), error) {
	switch scheme {
	case "mem":
		return openMem, nil
	case "file":
		return openFile, nil
	case "redis", "rediss", "redis+unix", "redis-cluster", "rediss-cluster", "redis-sentinel", "rediss-sentinel":
		return openRedis, nil
	case "mongodb", "mongodb+srv":
		return openMongo, nil
	}
	return nil, fmt.Errorf("open: no store has the scheme %q; there are mem, file, redis, rediss, redis+unix, redis-cluster, rediss-cluster, redis-sentinel, rediss-sentinel, mongodb and mongodb+srv", scheme)
}
