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
//	memcached://host:port,host:port          memcached, one or several; the port is 11211 if absent
//	                                         (as mongodb: and Redis's of several hosts, with
//	                                         IPv6 addresses anywhere among them: [::1]:11211)
//	memcached+unix:///path                   the same by a unix socket
//	postgres://user:password@host:port/database
//	                                         PostgreSQL, as libpq writes it; postgresql:// too
//	mysql://user:password@host:port/database
//	                                         MySQL or MariaDB; mariadb:// too
//	sqlite:///relative/file                  SQLite; sqlite:////absolute/file
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
// A memcached: URL may have selector (pymemcache, python-memcached or pylibmc: which
// server keeps a key, see memcachestore.Selector; pymemcache if absent, and in Flask's
// layout needed where there are several) and pickled=true (what is written is marked
// for cachelib's MemcachedCache). No server is asked before it is needed.
//
// The URL of a database may have table (sessions if absent; that of
// SESSION_SQLALCHEMY_TABLE) and connections (the most that are open at once; 16 if
// absent). That of PostgreSQL may have application_name, connect_timeout (seconds),
// default_query_exec_mode (cache_describe behind a pooler, see sqlstore), host (as
// of a unix socket's folder), options, port, sslcert, sslkey, sslmode, sslrootcert,
// sslsni and target_session_attrs, as pgx and libpq know them; that of MySQL
// timeout, read_timeout, write_timeout (as 2s), tls (true, false, preferred,
// skip-verify) and unix_socket; that of SQLite wal=true, which sets the file's
// journal mode for good, and which many writers want. Open doesn't make the table:
// see sqlstore.Store.Migrate.
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

// Open makes the store that a URL leads to. It makes the folder of a file: URL, and
// fails if the server of any other can't be reached, but for memcached's, which no
// one asks before it is needed. To find that out a Redis may take its dial_timeout,
// a database five seconds and a MongoDB its serverSelectionTimeoutMS: ctx is looked
// at when Open begins, and ends none of that. Errors may name the scheme, a setting
// or the server's address; never the user, the password or the whole URL.
func Open(ctx context.Context, rawURL string) (*Opened, error) {
	return openURL(ctx, rawURL, false)
}

// Existing is Open for a tool that looks into another program's store: the folder of
// a file: URL and the file of an sqlite: URL must be there, else the error is
// fs.ErrNotExist. Neither is made, and nothing in a folder before the first verb that
// writes: see filestore.Options.Existing.
func Existing(ctx context.Context, rawURL string) (*Opened, error) {
	return openURL(ctx, rawURL, true)
}

func openURL(ctx context.Context, rawURL string, existing bool) (*Opened, error) {
	u, o, err := parse(ctx, rawURL)
	if err != nil {
		return nil, err
	}
	open, err := opener(u.Scheme, existing)
	if err != nil {
		return nil, err
	}
	if o.Store, o.closer, err = open(u, o.Layout); err != nil {
		return nil, err
	}
	return o, nil
}

// parse reads a URL, and takes the settings out of it that all schemes have in
// common.
func parse(ctx context.Context, rawURL string) (*url.URL, *Opened, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("open: %w", err)
	}
	u, err := parseURL(rawURL)
	atSign := err == nil && u.Scheme != "file" && u.Scheme != "sqlite" && strings.Contains(u.Path+u.Opaque, "@")
	if err != nil || atSign || u.Scheme == "" || u.Fragment != "" || strings.Contains(u.RawQuery, "@") {
		return nil, nil, errURL
	}
	if _, err := opener(u.Scheme, false); err != nil {
		return nil, nil, err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, nil, errURL
	}
	o, err := takeSettings(u.Scheme, query)
	if err != nil {
		return nil, nil, err
	}
	u.RawQuery = query.Encode()
	return u, o, nil
}

// opener returns what opens the URLs of a scheme. They come without the
// settings that all schemes have in common.
func opener(scheme string, existing bool) (func(*url.URL, dewar.Layout) (dewar.Store, io.Closer, error), error) {
	switch {
	case scheme == "file" && existing:
		return openExistingFolder, nil
	case scheme == "sqlite" && existing:
		return openExistingSQLite, nil
	}
	switch scheme {
	case "mem":
		return openMem, nil
	case "file":
		return openFile, nil
	case "postgres", "postgresql", "mysql", "mariadb", "sqlite":
		return onDatabase, nil
	case "redis", "rediss", "redis+unix", "redis-cluster", "rediss-cluster", "redis-sentinel", "rediss-sentinel":
		return openRedis, nil
	case "memcached", "memcached+unix":
		return openMemcached, nil
	case "mongodb", "mongodb+srv":
		return openMongo, nil
	}
	return nil, fmt.Errorf("open: no store has the scheme %q; there are mem, file, redis, rediss, redis+unix, redis-cluster, rediss-cluster, redis-sentinel, rediss-sentinel, memcached, memcached+unix, mongodb, mongodb+srv, postgres, postgresql, mysql, mariadb and sqlite", scheme)
}
