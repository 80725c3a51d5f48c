package redisstore

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/rueidis"
)

// The errors of a URL quote no part of it but a setting's name: what looks like
// a port or a path may be a piece of a password that wasn't escaped.
var (
	errURL     = errors.New("redisstore: this is no URL; special characters in a password are written as %2F, %23, %3F and so on")
	errScheme  = errors.New("redisstore: the URL begins with none of redis://, rediss://, redis+unix://, redis-cluster://, rediss-cluster://, redis-sentinel:// and rediss-sentinel://")
	errNumber  = errors.New("redisstore: a database's number, a port, a time or a yes or no in the URL can't be read")
	errCA      = errors.New("redisstore: the file of ssl_ca_certs holds no PEM certificate")
	errCluster = errors.New("redisstore: a cluster has no database but 0")
	errMaster  = errors.New("redisstore: the URL of sentinels names no primary: redis-sentinel://host:port,host:port/name/db")
)

// settings are the query keys that a URL may have.
var settings = [...]string{
	"addr", "client_name", "db", "dial_timeout", "master_set", "sentinel_password", "sentinel_username", "skip_verify", "ssl_ca_certs", "write_timeout",
}

// ClientOption gives the settings of the client that Open makes from a URL,
// for a program that changes one more before rueidis.NewClient and [New].
//
//	redis://user:password@host:port/db                  TCP; localhost, 6379 and 0 where absent
//	rediss://…                                          the same over TLS
//	redis+unix://user:password@/path?db=0               a unix socket
//	redis-cluster://user:password@host:port,host:port   a cluster, by some of its nodes
//	rediss-cluster://…                                  the same over TLS
//	redis-sentinel://user:password@host:port,host:port/name/db
//	                                                    the primary that sentinels, at 26379 where
//	                                                    absent, know by that name
//	rediss-sentinel://…                                 the same over TLS, the sentinels too
//
// The query may have db; addr (one more address, repeated: an IPv6 one that
// isn't the only one can stand nowhere else); dial_timeout (as Go writes durations;
// 2s if absent) and write_timeout (3s if absent: a connection that is silent for
// longer is given up, by all who wait on it); client_name; skip_verify; and ssl_ca_certs, as in
// redis-py: a file of the certificates to trust in place of the system's. With
// sentinels it may have sentinel_username and sentinel_password, for user and
// password are those of the primary. Any other key is an error that names it.
//
// A cluster is found by redis:// too, and a primary by redis:// with
// master_set=name where the addresses are sentinels.
func ClientOption(rawURL string) (rueidis.ClientOption, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Fragment != "" || strings.Contains(u.RawQuery, "@") {
		return rueidis.ClientOption{}, errURL
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return rueidis.ClientOption{}, errURL
	}
	kind := strings.TrimPrefix(strings.TrimPrefix(u.Scheme, "rediss"), "redis")
	for key := range query {
		sentinels := kind == "-sentinel" || kind == "" && query.Has("master_set")
		if !slices.Contains(settings[:], key) || key == "master_set" && kind != "" || strings.HasPrefix(key, "sentinel_") && !sentinels {
			return rueidis.ClientOption{}, fmt.Errorf("redisstore: the URL has an unknown setting %q", key)
		}
	}
	option, err := parse(u, query)
	if err != nil {
		return rueidis.ClientOption{}, err
	}
	if file := query.Get("ssl_ca_certs"); file != "" {
		if err := trust(&option, file); err != nil {
			return rueidis.ClientOption{}, err
		}
	}
	if option.Sentinel.MasterSet != "" {
		option.Sentinel.Username, option.Sentinel.Password = query.Get("sentinel_username"), query.Get("sentinel_password")
		option.Sentinel.Dialer, option.Sentinel.ClientName = option.Dialer, option.ClientName
		if u.Scheme == "rediss-sentinel" {
			option.Sentinel.TLSConfig = option.TLSConfig
		}
	}
	option.ForceSingleClient = u.Scheme == "redis+unix" // a cluster's other nodes have other sockets
	return suited(option), nil
}

// parse reads the URL's scheme, hosts and path, and has rueidis read the rest.
func parse(u *url.URL, query url.Values) (rueidis.ClientOption, error) {
	plain, kind, _ := strings.Cut(u.Scheme, "-")
	rest := *u // as rueidis knows it
	rest.Scheme, rest.Path = plain, strings.TrimSuffix(u.Path, "/")
	port := "6379"
	switch {
	case u.Scheme == "redis", u.Scheme == "rediss":
	case u.Scheme == "redis+unix":
		rest.Scheme = "unix"
	case plain != "redis" && plain != "rediss":
		return rueidis.ClientOption{}, errScheme
	case kind == "cluster":
		if rest.Path != "" && rest.Path != "/0" || query.Has("db") && query.Get("db") != "0" {
			return rueidis.ClientOption{}, errCluster
		}
	case kind == "sentinel":
		name, db, _ := strings.Cut(strings.TrimPrefix(rest.Path, "/"), "/")
		if name == "" || strings.Contains(rest.Path, "@") {
			return rueidis.ClientOption{}, errMaster
		}
		query.Set("master_set", name)
		rest.Path, port = "/"+db, "26379"
		if db == "" {
			rest.Path = ""
		}
	default:
		return rueidis.ClientOption{}, errScheme
	}
	hosts, err := addresses(append(strings.Split(u.Host, ","), query["addr"]...), port)
	if err != nil {
		return rueidis.ClientOption{}, err
	}
	if rest.Scheme != "unix" {
		rest.Host = "" // rueidis knows one, and gives the next ones its port
		query.Del("addr")
	}
	rest.RawQuery = query.Encode()
	option, err := rueidis.ParseURL(rest.String())
	if err != nil {
		return rueidis.ClientOption{}, errNumber
	}
	if rest.Scheme != "unix" {
		option.InitAddress = hosts
	}
	if option.TLSConfig != nil {
		option.TLSConfig.ServerName = "" // each node's own, where there are more
	}
	return option, nil
}

// addresses adds what is left out: localhost, and this port.
func addresses(hosts []string, port string) ([]string, error) {
	all := make([]string, 0, len(hosts))
	for _, at := range hosts {
		host, given, err := net.SplitHostPort(at)
		if err != nil { // no port
			host, given = strings.Trim(at, "[]"), ""
		}
		if host == "" {
			host = "localhost"
		}
		if given == "" {
			given = port
		}
		if _, err := strconv.ParseUint(given, 10, 16); err != nil {
			return nil, errNumber
		}
		all = append(all, net.JoinHostPort(host, given))
	}
	return all, nil
}

// trust makes a file's certificates the only ones that are trusted.
func trust(option *rueidis.ClientOption, file string) error {
	if option.TLSConfig == nil {
		return errors.New("redisstore: ssl_ca_certs is for TLS alone, as with rediss://")
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
