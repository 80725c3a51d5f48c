package redisstore_test

import (
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/redis/rueidis"
)

// works checks that a store keeps and forgets.
func works(t *testing.T, st *redisstore.Store) {
	t.Helper()
	for _, v := range verbs() {
		if err := v.Call(t.Context(), st); !verb.Answered(err) {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

func TestTLS(t *testing.T) {
	server := realserver.RedisTLS(t)
	works(t, open(t, "rediss://"+server.Addr+"?ssl_ca_certs="+server.CAFile, redisstore.Options{}))
	works(t, open(t, "rediss://"+server.Addr+"?skip_verify=true", redisstore.Options{}))

	_, _, err := redisstore.Open("rediss://"+server.Addr, redisstore.Options{})
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Errorf("without its authority: %v, want an unknown authority", err)
	}
	if _, _, err := redisstore.Open("redis://"+server.Addr+"?dial_timeout=500ms", redisstore.Options{}); err == nil {
		t.Error("a TLS server was opened without TLS")
	}
}

func TestDatabase(t *testing.T) {
	server := realserver.Redis(t)
	two := open(t, "redis://"+server.Addr+"/2", redisstore.Options{})
	create(t, two, key, secret)
	for _, url := range []string{"redis://" + server.Addr, "redis://" + server.Addr + "/", "redis+unix://" + server.Socket} {
		if _, err := open(t, url, redisstore.Options{}).Load(t.Context(), key); !errors.Is(err, dewar.ErrNotFound) {
			t.Errorf("database 0: %v, want ErrNotFound", err)
		}
	}
	for _, url := range []string{"redis://" + server.Addr + "?db=2", "redis+unix://" + server.Socket + "?db=2"} {
		if _, err := open(t, url, redisstore.Options{}).Load(t.Context(), key); err != nil {
			t.Errorf("database 2: %v", err)
		}
	}
}

// The rights that the package's comment names are enough, and bind.
func TestMinimalRights(t *testing.T) {
	const rights = "resetkeys ~session:* resetchannels -@all +ping +get +set +del +evalsha +eval +pttl +pexpire"
	source, err := os.ReadFile("store.go")
	if err != nil || !strings.Contains(string(source), "\tuser app on >password "+rights+"\n") {
		t.Fatalf("the package's comment names other rights (%v)", err)
	}
	users := filepath.Join(t.TempDir(), "users.acl")
	if err := os.WriteFile(users, []byte("user default off\n"+
		"user app on >k4p2/# "+rights+"\n"+
		"user lister on >k4p2 "+rights+" +scan +strlen +select\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := realserver.Redis(t, "--aclfile", users)

	st := open(t, "redis://app:k4p2%2F%23@"+server.Addr, redisstore.Options{})
	works(t, st)
	if _, err := st.Load(t.Context(), "admin:k4p2"); verb.Answered(err) || !strings.Contains(err.Error(), "NOPERM") {
		t.Errorf("another prefix: %v, want NOPERM", err)
	} else {
		quotesNothing(t, "another prefix", err)
	}
	for _, err := range dewar.List(t.Context(), st, "") {
		if err == nil || !strings.Contains(err.Error(), "NOPERM") {
			t.Errorf("List: %v, want NOPERM", err)
		}
	}

	lister := open(t, "redis+unix://lister:k4p2@"+server.Socket+"?db=3", redisstore.Options{})
	works(t, lister)
	create(t, lister, key, secret)
	for item, err := range dewar.List(t.Context(), lister, "session:") {
		if err != nil || item.Key != key {
			t.Errorf("List: %v", err)
		}
	}

	for _, url := range []string{"redis://app:k4p2@" + server.Addr, "redis://k4p2:k4p2@" + server.Addr, "redis://" + server.Addr} {
		_, _, err := redisstore.Open(url, redisstore.Options{})
		if err == nil || !strings.Contains(err.Error(), "WRONGPASS") && !strings.Contains(err.Error(), "NOAUTH") {
			t.Errorf("a wrong login: %v", err)
		}
		quotesNothing(t, "a wrong login", err)
	}
}

// rights checks that the rights that the package's comment names are enough for
// several nodes too, with these more.
func rights(t *testing.T, nodes []*realserver.Server, url, more string) {
	source, err := os.ReadFile("store.go")
	_, names, ok := strings.Cut(string(source), "\tuser app on >password ")
	if names, _, _ = strings.Cut(names, "\n"); err != nil || !ok {
		t.Fatalf("the package's comment names no rights (%v)", err)
	}
	words := append([]string{"ACL", "SETUSER", "app", "on", ">k4p2"}, strings.Fields(names+" +scan +strlen "+more)...)
	for _, node := range nodes {
		do(t, raw(t, node), words...)
	}
	st := open(t, url, redisstore.Options{})
	works(t, st)
	create(t, st, key, secret)
	if n := len(list(t, st, key)); n != 1 {
		t.Errorf("%d items, want 1", n)
	}
	if err := st.Delete(t.Context(), key); err != nil {
		t.Error(err)
	}
}

func TestPassword(t *testing.T) {
	server := realserver.Redis(t, "--requirepass", "k4p2@:")
	works(t, open(t, "redis://:k4p2%40%3A@"+server.Addr, redisstore.Options{}))
}

// A URL that can't be used is refused with a reason, which tells no password.
func TestBadURLs(t *testing.T) {
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ url, want string }{
		{"", "begins with none of redis://"},
		{"localhost:6379", "begins with none of redis://"},
		{"http://localhost", "begins with none of redis://"},
		{"unix:///run/redis.sock", "begins with none of redis://"},
		{"redis://:k4p2/x@localhost", "this is no URL"},
		{"redis://:k4p2#x@localhost", "this is no URL"},
		{"redis://:k4p2?x@localhost", "this is no URL"},
		{"redis://:12?k4p2@localhost", "this is no URL"},
		{"redis://:12#k4p2@localhost", "this is no URL"},
		{"redis://:12/k4p2@localhost", "can't be read"},
		{"redis://:%zzk4p2@localhost", "this is no URL"},
		{"redis://localhost/one", "can't be read"},
		{"redis://localhost/1/2", "can't be read"},
		{"redis://localhost?db=x", "can't be read"},
		{"redis://localhost?dial_timeout=5", "can't be read"},
		{"rediss://localhost?skip_verify=perhaps", "can't be read"},
		{"redis-cluster://a:1,b:2/1", "no database but 0"},
		{"redis-cluster://a:1,b:2?db=1", "no database but 0"},
		{"redis-cluster://a:k4p2,b:2", "can't be read"},
		{"redis-cluster://:k4p2,x:1/y@a", "no database but 0"},
		{"redis-cluster://a?addr=b:k4p2", "can't be read"},
		{"redis-cluster://a?master_set=b", `unknown setting "master_set"`},
		{"redis-clutser://a", "begins with none of redis://"},
		{"redis-sentinel://a:1,b:2", "names no primary"},
		{"redis-sentinel://a:1,b:2/", "names no primary"},
		{"redis-sentinel://k4p2,x:1/y@a", "names no primary"},
		{"redis-sentinel://a:1/name/one", "can't be read"},
		{"redis-sentinel://a:1/name/1/2", "can't be read"},
		{"redis-sentinel://a:1/name?master_set=other", `unknown setting "master_set"`},
		{"redis://a:1?sentinel_password=k4p2", `unknown setting "sentinel_password"`},
		{"redis-cluster://localhost?ssl_ca_certs=" + notPEM, "is for TLS alone"},
		{"redis://localhost?prefix=x", `unknown setting "prefix"`},
		{"redis://localhost?client_cache=1", `unknown setting "client_cache"`},
		{"redis://localhost?max_retries=3", `unknown setting "max_retries"`},
		{"redis://localhost?ssl_ca_certs=" + notPEM, "is for TLS alone"},
		{"rediss://localhost?ssl_ca_certs=" + notPEM, "holds no PEM certificate"},
		{"rediss://localhost?ssl_ca_certs=" + notPEM + ".none", "no such file"},
	} {
		_, _, err := redisstore.Open(c.url, redisstore.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "redisstore: ") {
			t.Errorf("%s: %v, want one that says %q", c.url, err, c.want)
		}
		quotesNothing(t, c.url, err)
	}
}

// What a URL leaves out is chosen for sessions.
func TestClientOption(t *testing.T) {
	o, err := redisstore.ClientOption("rediss://me:pass%2Fword@example.org/4?client_name=shop&addr=b:7000&dial_timeout=700ms")
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"rediss://example.org?addr=b:7000": "example.org:6379 b:7000",
		"redis://":                         "localhost:6379",
		"redis://[::1]":                    "[::1]:6379",
		"redis-cluster://a:7000,b,c:7002/?addr=[::1]:1": "a:7000 b:6379 c:7002 [::1]:1",
		"REDISS-CLUSTER://me:pass,word@a,b:1/0":         "a:6379 b:1",
		"redis-sentinel://me:p@a,b:1/name/3":            "a:26379 b:1",
		"rediss-sentinel://a:1/name?addr=b&addr=c:2":    "a:1 b:26379 c:2",
		"redis://a:26379?addr=b:26379&master_set=name":  "a:26379 b:26379",
	} {
		o, err := redisstore.ClientOption(url)
		if got := strings.Join(o.InitAddress, " "); err != nil || got != want {
			t.Errorf("%s: %v, addresses %s, want %s", url, err, got, want)
		}
	}
	if o.Username != "me" || o.Password != "pass/word" || o.SelectDB != 4 || o.ClientName != "shop" || o.Dialer.Timeout.String() != "700ms" || o.TLSConfig.ServerName != "" {
		t.Error("a part of the URL is lost")
	}
	silent, err := redisstore.ClientOption("redis://localhost?write_timeout=7s")
	if err != nil || silent.ConnWriteTimeout.String() != "7s" || o.ConnWriteTimeout.String() != "3s" {
		t.Errorf("a silent connection is given up after %v and, if not said, %v", silent.ConnWriteTimeout, o.ConnWriteTimeout)
	}
	if o.PipelineMultiplex != -1 || !o.AlwaysPipelining || !o.DisableCache || o.RetryDelay(3, rueidis.Completed{}, nil) >= 0 {
		t.Error("the defaults are rueidis's")
	}
}

// User, password and database are the primary's; the sentinels have their own.
func TestSentinelOption(t *testing.T) {
	o, err := redisstore.ClientOption("rediss-sentinel://me:k4p2@a,b/shop/4?sentinel_username=s&sentinel_password=k4p2-s&dial_timeout=700ms")
	if err != nil {
		t.Fatal(err)
	}
	s := o.Sentinel
	if o.Username != "me" || o.Password != "k4p2" || o.SelectDB != 4 || s.MasterSet != "shop" || s.Username != "s" || s.Password != "k4p2-s" ||
		s.TLSConfig == nil || s.Dialer.Timeout.String() != "700ms" || s.TopologyRefreshInterval <= 0 {
		t.Error("a part of the URL is lost")
	}
}
