package redisstore_test

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/redis/rueidis"
)

// cut opens a store whose answers can be lost.
func cut(t *testing.T, url string) (*redisstore.Store, *realserver.Cut) {
	t.Helper()
	option, err := redisstore.ClientOption(url)
	if err != nil {
		t.Fatal(err)
	}
	var c realserver.Cut
	option.DialCtxFn = func(ctx context.Context, addr string, dialer *net.Dialer, _ *tls.Config) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, "tcp", addr)
		if err != nil {
			return nil, err
		}
		return c.Conn(conn), nil
	}
	client, err := rueidis.NewClient(option)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return redisstore.New(client, redisstore.Options{}), &c
}

// A write whose answer is lost was done once, and says that nobody knows: sent
// again, a Create would meet its own item and an Update its own change. A read
// is sent again.
func unknownOutcome(t *testing.T, url string, owner *realserver.Server) {
	st, c := cut(t, url)
	client := raw(t, owner)
	for _, v := range verbs() {
		for _, warm := range []bool{false, true} { // the first time a script's text may be sent as well
			do(t, client, "DEL", key)
			if v.Name != "Create" {
				do(t, client, "SET", key, secret)
			}
			if warm {
				_, _ = st.Load(t.Context(), key)
			}
			do(t, client, "CONFIG", "RESETSTAT")
			c.Next(key)
			err := v.Call(t.Context(), st)
			stats, _ := do(t, client, "INFO", "commandstats").ToString()
			sent := calls(stats, map[string]string{"Load": "get", "Create": "set", "Delete": "del"}[v.Name], "evalsha")
			if v.Name == "Load" {
				if err != nil || sent != "2" {
					t.Errorf("Load: %v, sent %s times, want no error and twice", err, sent)
				}
				continue
			}
			if verb.Answered(err) || sent != "1" {
				t.Errorf("%s: %v, sent %s times, want an unknown outcome and once", v.Name, err, sent)
			}
			quotesNothing(t, v.Name, err)
			if v.Name == "Create" {
				if item, err := st.Load(t.Context(), key); err != nil || string(item.Data) != secret {
					t.Errorf("Create wasn't done: %v", err)
				}
			}
		}
	}
}

// calls reads how often a command was called in the server's statistics; another
// one stands for a name that is empty.
func calls(stats, name, other string) string {
	if name == "" {
		name = other
	}
	_, rest, _ := strings.Cut(stats, "cmdstat_"+name+":calls=")
	n, _, _ := strings.Cut(rest, ",")
	return n
}

func TestUnknownOutcome(t *testing.T) {
	server := realserver.Redis(t)
	unknownOutcome(t, "redis://"+server.Addr, server)
}
