package open

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memcachestore"
)

var (
	errMemcached = errors.New("open: memcached: names servers and nothing else: memcached://host:port,host:port?selector=pymemcache")
	errSelector  = errors.New("open: several memcached servers with layout=flask need selector=pymemcache, python-memcached or pylibmc, as Flask's client is: another looks elsewhere")
)

// openMemcached makes a store of servers, which are connected to when they are
// needed.
func openMemcached(u *url.URL, layout dewar.Layout) (dewar.Store, io.Closer, error) {
	servers, query := strings.Split(u.Host, ","), u.Query()
	socket := u.Scheme == "memcached+unix"
	if socket {
		servers = []string{u.Path}
	}
	if u.User != nil || u.Opaque != "" || socket && (u.Host != "" || u.Path == "") || !socket && (u.Host == "" || strings.Trim(u.Path, "/") != "") {
		return nil, nil, errMemcached
	}
	var o memcachestore.Options
	name, err := take(query, "selector", "")
	if err != nil {
		return nil, nil, err
	}
	if name != "" {
		if o.Selector, err = memcachestore.SelectorByName(name); err != nil {
			return nil, nil, err
		}
	}
	if name == "" && len(servers) > 1 && layout == dewar.FlaskLayout {
		return nil, nil, errSelector
	}
	pickled, err := take(query, "pickled", "false")
	if err != nil {
		return nil, nil, err
	}
	if o.Pickled = pickled == "true"; !o.Pickled && pickled != "false" {
		return nil, nil, errors.New("open: pickled is neither true nor false")
	}
	for name := range query {
		return nil, nil, fmt.Errorf("open: the URL has an unknown setting %q", name)
	}
	st, err := memcachestore.New(servers, o)
	if err != nil {
		return nil, nil, err // not a nil *Store in a Store
	}
	return st, st, nil
}
