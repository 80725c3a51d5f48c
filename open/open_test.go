package open_test

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
)

func mustOpen(t *testing.T, url string) *open.Opened {
	t.Helper()
	o, err := open.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func TestSettings(t *testing.T) {
	for _, tt := range []struct {
		url    string
		format string
		codec  dewar.Codec
		layout dewar.Layout
		prefix string
	}{
		{"mem:", "tagged", taggedjson.Codec{}, dewar.NativeLayout, "dewar:"},
		{"mem:?", "tagged", taggedjson.Codec{}, dewar.NativeLayout, "dewar:"},
		{"MEM:?layout=native&format=tagged", "tagged", taggedjson.Codec{}, dewar.NativeLayout, "dewar:"},
		{"mem:?format=msgpack", "msgpack", msgpack.Codec{}, dewar.NativeLayout, "dewar:"},
		{"mem:?format=json&prefix=a:", "json", plainjson.Codec{}, dewar.NativeLayout, "a:"},
		{"mem:?prefix=", "tagged", taggedjson.Codec{}, dewar.NativeLayout, ""},
		{"mem:?prefix=%26%23:", "tagged", taggedjson.Codec{}, dewar.NativeLayout, "&#:"},
		{"mem:?layout=flask", "msgpack", sniff.New(msgpack.Codec{}), dewar.FlaskLayout, "session:"},
		{"mem:?layout=flask&format=json", "json", sniff.New(plainjson.Codec{}), dewar.FlaskLayout, "session:"},
		{"mem:?layout=flask&format=pickle", "pickle", sniff.New(pickle.Codec{}), dewar.FlaskLayout, "session:"},
		{"mem:?prefix=&layout=flask", "msgpack", sniff.New(msgpack.Codec{}), dewar.FlaskLayout, ""},
	} {
		o := mustOpen(t, tt.url)
		if o.Format != tt.format || !reflect.DeepEqual(o.Codec, tt.codec) || o.Layout != tt.layout || o.Prefix != tt.prefix || o.Store == nil {
			t.Errorf("%s: got %q, %T, %d, %q, %T", tt.url, o.Format, o.Codec, o.Layout, o.Prefix, o.Store)
		}
		in := o.InStore()
		if in.Store != o.Store || !reflect.DeepEqual(in.Codec, o.Codec) || in.Layout != o.Layout || in.Prefix != o.Prefix {
			t.Errorf("%s: the backend is another: %+v", tt.url, in)
		}
	}
}

// A URL that can't be opened is refused with what is wrong with it, and nothing
// else of it.
func TestRefusals(t *testing.T) {
	const noURL = "open: this is no URL; special characters in a password are written as %2F, %23, %3F and so on"
	for _, tt := range []struct{ url, want string }{
		{"", noURL},
		{"/tmp/s3cr3t", noURL},
		{"redis://:s3cr3t/x@localhost", noURL},
		{"redis://:s3cr3t%zz@localhost", noURL},
		{"redis://:s3cr3t?x=1@localhost", noURL},
		{"redis://:s3cr3t#x@localhost", noURL},
		{"redis://:s3cr3t@localhost?prefix=%zz", noURL},
		{"s3cr3t:secret@localhost", noURL}, // else the user would be named, as a scheme
		{"memcached://[::1]:1,[s3cr3t]:2", noURL},
		{"mongodb://u:s3cr3t/x@[::1]:1,[::1]:2", noURL},
		{"mongodb://[::1]:s3cr3t,[::1]:2", noURL},
		{"mysql://u:s3cr3t@[::1]:1,[::1]:2/d", noURL},
		{"redsi://:s3cr3t@localhost", `open: no store has the scheme "redsi"; there are mem, file, redis, rediss, redis+unix, redis-cluster, rediss-cluster, redis-sentinel, rediss-sentinel, memcached, memcached+unix, mongodb, mongodb+srv, postgres, postgresql, mysql, mariadb and sqlite`},
		{"redis://:s3cr3t@localhost?prefx=a", `redisstore: the URL has an unknown setting "prefx"`},
		{"redis://:s3cr3t@localhost?layout=s3cr3t", "open: layout is neither native nor flask"},
		{"redis://:s3cr3t@localhost?format=s3cr3t", "open: format is none of tagged, msgpack, json, pickle and cachelib"},
		{"redis://:s3cr3t@localhost?layout=", "open: layout is neither native nor flask"},
		{"redis://:s3cr3t@localhost?layout=flask&format=tagged", "open: format=tagged is for layout=native alone; Flask-Session reads msgpack, json and pickle"},
		{"redis://:s3cr3t@localhost?prefix=s3cr3t&prefix=b", `open: the setting "prefix" stands in the URL more than once`},
		{"redis://:s3cr3t@localhost/s3cr3t", "redisstore: a database's number, a port, a time or a yes or no in the URL can't be read"},
		{"redis-cluster://:s3cr3t@a:1,b:2/1", "redisstore: a cluster has no database but 0"},
		{"redis-sentinel://:s3cr3t@a:1,b:2", "redisstore: the URL of sentinels names no primary: redis-sentinel://host:port,host:port/name/db"},
		{"mongodb://u:s3cr3t@localhost?prefx=a", `mongostore: the URL has an unknown setting "prefx"`},
		{"mongodb://u:s3cr3t@localhost/a.b", "mongostore: the path of the URL is not the name of a database"},
		{"mem:?max=1", `open: the URL has an unknown setting "max"`},
		{"mem:s3cr3t", "open: mem: has neither host nor path"},
		{"mem://s3cr3t", "open: mem: has neither host nor path"},
		{"mem:/s3cr3t", "open: mem: has neither host nor path"},
		{"mem://x:s3cr3t@", "open: mem: has neither host nor path"},
	} {
		o, err := open.Open(t.Context(), tt.url)
		if o != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.url, err, tt.want)
		}
	}
}

func TestAContextThatHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open.Open(ctx, "mem:"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// What one opens is kept where the other finds it: over TCP and by the socket,
// in the server's database and under the prefix that the URL says.
func TestRedis(t *testing.T) {
	server := realserver.Redis(t, "--requirepass", "s3cr3t/?#")
	password := url.UserPassword("", "s3cr3t/?#").String()
	tcp := mustOpen(t, "redis://"+password+"@"+server.Addr+"/3?layout=flask&client_name=lab")
	socket := mustOpen(t, "redis+unix://"+password+"@"+server.Socket+"?db=3&layout=flask&prefix=a:")

	key := tcp.Prefix + "k"
	if _, err := tcp.Store.Create(t.Context(), key, []byte("data"), 1500*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if item, err := socket.Store.Load(t.Context(), key); err != nil || string(item.Data) != "data" {
		t.Errorf("got %q, %v", item.Data, err)
	}
	for item, err := range dewar.List(t.Context(), socket.Store, "session:") {
		// Whole seconds, as Flask's lives are.
		if err != nil || item.Key != key || item.Left <= 1500*time.Millisecond || item.Left > 2*time.Second {
			t.Errorf("got %+v, %v", item, err)
		}
	}
}

func TestAnUnreachableServer(t *testing.T) {
	_, err := open.Open(t.Context(), "redis+unix://user:s3cr3t@"+t.TempDir()+"/none")
	if err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("got %v", err)
	}
}

// A cluster and a primary behind sentinels, by their own schemes.
func TestRedisOfManyNodes(t *testing.T) {
	c, s := realserver.Cluster(t), realserver.Sentinel(t)
	for _, url := range []string{"redis-cluster://" + c.Addrs() + "/?prefix=a:", "redis-sentinel://" + s.Addrs() + "/" + realserver.MasterName + "/2?prefix=a:"} {
		o := mustOpen(t, url)
		for _, key := range []string{"a:1", "a:2", "a:3"} {
			if _, err := o.Store.Create(t.Context(), key, []byte("data"), time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		for item, err := range dewar.List(t.Context(), o.Store, o.Prefix) {
			if n++; err != nil || item.Size != 4 {
				t.Errorf("got %+v, %v", item, err)
			}
		}
		if n != 3 {
			t.Errorf("%d items, want 3", n)
		}
	}
}
