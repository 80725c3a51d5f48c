package open_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/open"
)

// Addresses of IPv6 stand in a list of hosts as others do, and each is used.
func TestListsOfIPv6Addresses(t *testing.T) {
	at := realserver.Memcached(t).Addr
	for _, list := range []string{at + ",[::1]:1", "[::1]:1," + at, "[::1]:1," + at + ",[::1]:2"} {
		o := mustOpen(t, "memcached://"+list+"?prefix=a:")
		kept := 0
		for i := range 64 {
			if _, err := o.Store.Create(t.Context(), fmt.Sprint("a:", list, i), nil, time.Minute); err == nil {
				kept++
			}
		}
		if kept == 0 || kept == 64 {
			t.Errorf("%s: the one server has %d of 64 items", list, kept)
		}
	}
	mustOpen(t, "memcached://[::1]:11211,[::2],c?selector=pylibmc&layout=flask")

	c, s := realserver.Cluster(t), realserver.Sentinel(t)
	mustOpen(t, "redis-cluster://[::1]:1,"+c.Addrs()+"/?addr="+strings.Split(c.Addrs(), ",")[0])
	mustOpen(t, "redis-sentinel://[::1]:1,"+s.Addrs()+"/"+realserver.MasterName+"/2")
	mustOpen(t, "mongodb://[::1]:1,"+realserver.Mongo(t).Addr+"/db?prefix=a:")
	mongo := "mongodb://u:s3cr3t@[::1]:1,[::1]:2/db?serverSelectionTimeoutMS=100"
	if _, err := open.Open(t.Context(), mongo); err == nil || !strings.HasPrefix(err.Error(), "mongostore: ") || strings.Contains(err.Error(), "URL") {
		t.Errorf("got %v", err)
	}
}
