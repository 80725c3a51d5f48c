package goredisstore_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/underload"
	"github.com/dewar-go/dewar/store/goredisstore"
	"github.com/dewar-go/dewar/storetest"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

var (
	_ dewar.Store  = (*goredisstore.Store)(nil)
	_ dewar.Lister = (*goredisstore.Store)(nil)
)

// The key and the data that no error may quote.
const (
	key    = "session:k4p2-key"
	secret = "k4p2-data"
)

// A client says on stderr whatever it can't reach.
func TestMain(m *testing.M) {
	logging.Disable()
	os.Exit(m.Run())
}

// open makes a store of a client with these options, which is closed with the
// test.
func open(t *testing.T, o *redis.UniversalOptions) *goredisstore.Store {
	t.Helper()
	o.MaxRetries = -1
	client := redis.NewUniversalClient(o)
	t.Cleanup(func() { _ = client.Close() })
	st, err := goredisstore.New(client, goredisstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func server(s *realserver.Server) *redis.UniversalOptions {
	return &redis.UniversalOptions{Addrs: []string{s.Addr}}
}

func cluster(c *realserver.RedisCluster) *redis.UniversalOptions {
	return &redis.UniversalOptions{Addrs: strings.Split(c.Addrs(), ",")}
}

func sentinel(s *realserver.RedisSentinel) *redis.UniversalOptions {
	return &redis.UniversalOptions{Addrs: strings.Split(s.Addrs(), ","), MasterName: realserver.MasterName}
}

// do sends a command past the store, which must succeed.
func do(t *testing.T, s *realserver.Server, words ...any) any {
	t.Helper()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: s.Socket})
	defer client.Close()
	answer, err := client.Do(t.Context(), words...).Result()
	if err != nil && err != redis.Nil {
		t.Fatalf("%v: %v", words[0], err)
	}
	return answer
}

// verbs are all six, for an item that holds secret.
func verbs(st dewar.Store) map[string]func(context.Context) error {
	item := dewar.Item{Data: []byte(secret)}
	return map[string]func(context.Context) error{
		"get": func(ctx context.Context) error { _, err := st.Load(ctx, key); return err },
		"set": func(ctx context.Context) error {
			_, err := st.Create(ctx, key, []byte(secret), time.Hour)
			return err
		},
		"evalsha": func(ctx context.Context) error {
			_, err := st.Update(ctx, key, item, []byte("2"), time.Hour)
			return err
		},
		"evalsha touch":  func(ctx context.Context) error { return st.Touch(ctx, key, 2*time.Hour) },
		"evalsha remove": func(ctx context.Context) error { return st.Remove(ctx, key, item) },
		"del":            func(ctx context.Context) error { return st.Delete(ctx, key) },
	}
}

// refused checks that an error is none of the outcomes, and quotes nothing.
func refused(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil || errors.Is(err, dewar.ErrNotFound) || errors.Is(err, dewar.ErrExists) || errors.Is(err, dewar.ErrConflict) {
		t.Errorf("%s: %v, which is an outcome", what, err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(e.Error(), "k4p2") {
			t.Errorf("%s: the error quotes what it must not", what)
		}
	}
}

func contract(t *testing.T, o func() *redis.UniversalOptions, apart bool) {
	one, twin := open(t, o()), open(t, o())
	h := storetest.Harness{
		New:   func(*testing.T) dewar.Store { return one },
		Twins: func(*testing.T) (a, b dewar.Store) { return one, twin },
	}
	if apart {
		two := o()
		two.DB = 2
		other := open(t, two)
		h.Apart = func(*testing.T) (a, b dewar.Store) { return one, other }
	}
	storetest.Run(t, h)
}

func TestServer(t *testing.T) {
	t.Parallel()
	s := realserver.Redis(t)
	t.Run("contract", func(t *testing.T) {
		contract(t, func() *redis.UniversalOptions { return server(s) }, true)
	})
	t.Run("unknown outcome", func(t *testing.T) { unknownOutcome(t, server(s), s) })
	t.Run("layout", func(t *testing.T) { layout(t, s) })
	t.Run("refusals", func(t *testing.T) {
		st := open(t, server(s))
		do(t, s, "DEL", key)
		do(t, s, "RPUSH", key, "x")
		for _, name := range []string{"get", "evalsha", "evalsha remove"} {
			err := verbs(st)[name](t.Context())
			if refused(t, name, err); !errors.Is(err, dewar.ErrUndecodable) {
				t.Errorf("%s of a list: %v, want ErrUndecodable", name, err)
			}
		}
		for _, long := range []string{"", strings.Repeat("k", 64<<10+1)} {
			refused(t, "a bad key", st.Delete(t.Context(), long))
			refused(t, "a bad key", st.Remove(t.Context(), long, dewar.Item{}))
		}
		s.Pause()
		calls := verbs(st)
		calls["list"] = func(ctx context.Context) (err error) {
			for _, err = range st.List(ctx, "") {
			}
			return err
		}
		for name, call := range calls {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			begun := time.Now()
			err := call(ctx)
			if refused(t, name, err); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > time.Second {
				t.Errorf("%s of a paused server: %v after %v", name, err, time.Since(begun))
			}
			cancel()
		}
		s.Stop()
		for name, call := range verbs(st) {
			refused(t, name, call(t.Context()))
		}
	})
}

// What is kept is what redisstore keeps: a plain string with a time to live.
func layout(t *testing.T, s *realserver.Server) {
	client := redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1})
	defer client.Close()
	st, err := goredisstore.New(client, goredisstore.Options{WholeSeconds: true})
	if err != nil {
		t.Fatal(err)
	}
	item, err := st.Create(t.Context(), "flask", []byte{0xff, 0}, 1500*time.Millisecond)
	if ms, _ := do(t, s, "PTTL", "flask").(int64); err != nil || item.Left != 2*time.Second || ms <= 1500 || ms > 2000 || do(t, s, "GET", "flask") != "\xff\x00" {
		t.Errorf("Create: %v, %v left, and really %d ms", err, item.Left, ms)
	}
}

// What isn't Redis's protocol is no answer, and is not quoted.
func TestAnswersThatAreNone(t *testing.T) {
	for _, text := range []string{"k4p2-data\r\n", "?k4p2-data\r\n", "$k4p2-data\r\n", ":k4p2-data\r\n", "*k4p2-data\r\n", "HTTP/1.1 400 k4p2-data\r\n"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					if _, err := conn.Read(make([]byte, 1<<10)); err == nil {
						_, _ = conn.Write([]byte(text))
					}
				}()
			}
		}()
		for name, call := range verbs(open(t, &redis.UniversalOptions{Addrs: []string{l.Addr().String()}})) {
			err := call(t.Context())
			if refused(t, name, err); err != nil && !strings.HasPrefix(err.Error(), "goredisstore: ") {
				t.Errorf("%s of %q: %v", name, text, err)
			}
		}
		_ = l.Close()
	}
}

// A write whose answer is lost was sent once, and says that nobody knows.
func unknownOutcome(t *testing.T, o *redis.UniversalOptions, owner *realserver.Server) {
	var c realserver.Cut
	o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return c.Conn(conn), nil
	}
	st := open(t, o)
	for name, call := range verbs(st) {
		for range 2 {
			do(t, owner, "DEL", key)
			if name != "set" {
				do(t, owner, "SET", key, secret)
			}
			do(t, owner, "CONFIG", "RESETSTAT")
			c.Next(key)
			refused(t, name, call(t.Context()))
			stats, _ := do(t, owner, "INFO", "commandstats").(string)
			name, _, _ := strings.Cut(name, " ")
			if _, sent, _ := strings.Cut(stats, "cmdstat_"+name+":calls="); !strings.HasPrefix(sent, "1,") {
				t.Errorf("%s was sent %.3s times, want once", name, sent)
			}
		}
	}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	c := realserver.Cluster(t)
	t.Run("contract", func(t *testing.T) {
		contract(t, func() *redis.UniversalOptions { return cluster(c) }, false)
	})
	t.Run("unknown outcome", func(t *testing.T) { unknownOutcome(t, cluster(c), c.Owner(key)) })
	t.Run("failover", func(t *testing.T) { failover(t, open(t, cluster(c)), c.Owner(key), c.Primaries()...) })
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	s := realserver.Sentinel(t)
	t.Run("contract", func(t *testing.T) {
		contract(t, func() *redis.UniversalOptions { return sentinel(s) }, true)
	})
	t.Run("unknown outcome", func(t *testing.T) { unknownOutcome(t, sentinel(s), s.Primary()) })
	t.Run("failover", func(t *testing.T) { failover(t, open(t, sentinel(s)), s.Primary(), s.Primary()) })
}

// A primary that is killed under load is replaced by its replica, and the same
// store goes on, with all that the replica had.
func failover(t *testing.T, st *goredisstore.Store, kill *realserver.Server, primaries ...*realserver.Server) {
	var keys []string
	for i := range 24 {
		keys = append(keys, "count:"+string(rune('a'+i)))
	}
	load, err := underload.Start(t.Context(), st, keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, primary := range primaries {
		if n := do(t, primary, "WAIT", 1, 10000); n != int64(1) {
			t.Fatal("a replica doesn't follow")
		}
	}
	kill.Stop()
	late, want := time.Now().Add(time.Minute), 0
	for want == 0 || load.Saved() < want {
		if err := verbs(st)["get"](t.Context()); want == 0 && (err == nil || errors.Is(err, dewar.ErrNotFound)) {
			want = load.Saved() + 500
		}
		if time.Now().After(late) {
			t.Fatal("the store doesn't come back")
		}
	}
	n := 0
	for item, err := range st.List(t.Context(), "count:") {
		if n++; err != nil || item.Size == 0 || item.Left <= 0 {
			t.Errorf("List: %+v, %v", item, err)
		}
	}
	r := load.Stop()
	if n != 24 || r.Wrong != nil || r.NotFound > 0 || r.Unknown == 0 {
		t.Errorf("%d items of 24, %v, and %d times nothing was found", n, r.Wrong, r.NotFound)
	}
	t.Logf("%d writes confirmed, %d of them lost, %d questions without an answer, %v of silence at most", r.Saved, r.Lost, r.Unknown, r.Silence.Round(10*time.Millisecond))
}

// What would break a promise is refused, as far as it can be seen.
func TestRefusedClients(t *testing.T) {
	for want, client := range map[string]redis.UniversalClient{
		"up to 3 times":   redis.NewClient(&redis.Options{}),
		"up to 1 times":   redis.NewClient(&redis.Options{MaxRetries: 1}),
		"up to 2 times":   redis.NewClusterClient(&redis.ClusterOptions{MaxRetries: 2}),
		"ReadOnly,":       redis.NewClusterClient(&redis.ClusterOptions{ReadOnly: true}),
		"RouteByLatency ": redis.NewClusterClient(&redis.ClusterOptions{RouteByLatency: true}),
		"RouteRandomly":   redis.NewFailoverClusterClient(&redis.FailoverOptions{MasterName: "x", RouteRandomly: true, MaxRetries: -1}),
		"a Ring":          redis.NewRing(&redis.RingOptions{MaxRetries: -1}),
	} {
		st, err := goredisstore.New(client, goredisstore.Options{})
		if st != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one that says %q", err, want)
		}
		_ = client.Close()
	}
	for _, client := range []redis.UniversalClient{
		redis.NewClient(&redis.Options{MaxRetries: -1}),
		redis.NewClusterClient(&redis.ClusterOptions{}), // a cluster's client doesn't by itself
		redis.NewFailoverClient(&redis.FailoverOptions{MasterName: "x", MaxRetries: -1}),
	} {
		if _, err := goredisstore.New(client, goredisstore.Options{}); err != nil {
			t.Error(err)
		}
		_ = client.Close()
	}
}
