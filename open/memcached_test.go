package open_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
)

// What one opens is kept where the other finds it, on several servers too, and
// can't be listed.
func TestMemcached(t *testing.T) {
	_, list := realserver.Memcacheds(t, 3)
	o := mustOpen(t, "memcached://"+list+"?prefix=x:")
	if o.Prefix != "x:" || o.Format != "tagged" || o.Layout != dewar.NativeLayout {
		t.Errorf("got %+v", o)
	}
	for _, k := range []string{"x:1", "x:2", "x:3", "x:4", "x:5"} {
		if _, err := o.Store.Create(t.Context(), k, []byte(k), time.Hour); err != nil {
			t.Fatal(err)
		}
		for _, url := range []string{"memcached://" + list, "memcached://" + list + "/?selector=pymemcache&layout=flask"} {
			if item, err := mustOpen(t, url).Store.Load(t.Context(), k); err != nil || string(item.Data) != k {
				t.Errorf("%s: got %q, %v", url, item.Data, err)
			}
		}
	}
	for _, err := range dewar.List(t.Context(), o.Store, "") {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("List: %v", err)
		}
	}
	socket := mustOpen(t, "memcached+unix://"+realserver.MemcachedSocket(t).Socket)
	if _, err := socket.Store.Load(t.Context(), "x:1"); !errors.Is(err, dewar.ErrNotFound) {
		t.Errorf("by the socket: %v", err)
	}
}

func TestMemcachedRefusals(t *testing.T) {
	const servers = "open: memcached: names servers and nothing else: memcached://host:port,host:port?selector=pymemcache"
	for _, tt := range []struct{ url, want string }{
		{"memcached:", servers},
		{"memcached://", servers},
		{"memcached://a:1/s3cr3t", servers},
		{"memcached://u:s3cr3t@a:1", servers},
		{"memcached+unix://a/m.sock", servers},
		{"memcached+unix:", servers},
		{"memcached://a:1,b:2?layout=flask", "open: several memcached servers with layout=flask need selector=pymemcache, python-memcached or pylibmc, as Flask's client is: another looks elsewhere"},
		{"memcached://a:1?selector=ketama", "memcachestore: there is no such selector; there are pymemcache, python-memcached and pylibmc"},
		{"memcached://a:1?pickled=perhaps", "open: pickled is neither true nor false"},
		{"memcached://a:1?timeout=1", `open: the URL has an unknown setting "timeout"`},
		{"memcached://a:1,,b:2", "memcachestore: a server is host:port, host, or the path of a unix socket"},
	} {
		o, err := open.Open(t.Context(), tt.url)
		if o != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.url, err, tt.want)
		}
	}
}
