package interop

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
)

// While Redis is gone no response touches the cookie, requests without one
// don't notice, and once it is back everything goes on without a restart.
func TestRedisOutage(t *testing.T) {
	srv := realserver.Redis(t)
	outage(t, srv, "redis://"+srv.Addr)
}

// The same of a memcached.
func TestMemcachedOutage(t *testing.T) {
	srv := realserver.Memcached(t)
	outage(t, srv, "memcached://"+srv.Addr)
}

// outage gives the lab that went through it, and the cookie of a session of
// before.
func outage(t *testing.T, srv *realserver.Server, url string) (failing *twin.Lab, cookie string) {
	t.Helper()
	env := []string{key, "DEWAR_STORE=" + url, "DEWAR_INSECURE=true", "DEWAR_TIMEOUT=1"}
	failing = twin.Dewar(t, env...)
	anonymous := twin.Dewar(t, append(env, "DEWAR_OUTAGE=anonymous")...)
	_, cookie, err := ask(failing, "", `[["set","a",1]]`)
	if err != nil {
		t.Fatal(err)
	}
	send := func(lab *twin.Lab, cookie, ops string) (int, http.Header) {
		r, err := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader(ops))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", cookie)
		res, err := twin.Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode, res.Header
	}
	srv.Stop()
	for _, row := range []struct {
		lab         *twin.Lab
		cookie, ops string
		want        int
	}{
		{failing, cookie, `[["get","a"]]`, 503},
		{failing, cookie, `[["logout"]]`, 503},
		{failing, "", `[["get","a"]]`, 200},
		{failing, "", `[["set","a",1]]`, 503},
		{anonymous, cookie, `[["get","a"]]`, 200},
		{anonymous, cookie, `[["set","a",1],["logout"]]`, 200},
	} {
		status, h := send(row.lab, row.cookie, row.ops)
		if status != row.want || len(h["Set-Cookie"]) > 0 {
			t.Errorf("%s %s: %d %v, want %d and no cookie", row.lab.URL, row.ops, status, h, row.want)
		}
	}
	srv.Start()
	deadline := time.Now().Add(20 * time.Second)
	for {
		if status, _ := send(failing, "", `[["set","a",1]]`); status == 200 {
			return failing, cookie
		}
		if time.Now().After(deadline) {
			t.Fatal("no recovery within 20 seconds")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A session that is larger than memcached takes is answered as one that can't be
// saved, and what was there is there still.
func TestMemcachedTooLarge(t *testing.T) {
	env := onMemcached(1)(t)
	for _, rules := range []string{"DEWAR_RULES=native", "DEWAR_RULES=flask-session-0.8"} {
		lab := twin.Dewar(t, append(env, rules, "DEWAR_INSECURE=true")...)
		_, cookie, err := ask(lab, "", `[["set","a",1]]`)
		if err != nil {
			t.Fatal(err)
		}
		_, set, err := ask(lab, cookie, `[["set","b","`+strings.Repeat("x", 1_200_000)+`"]]`)
		if err == nil || !strings.HasPrefix(err.Error(), "status 503") || set != "" {
			t.Errorf("%s: got %.60v and the cookie %q, want 503 and none", rules, err, set)
		}
		if line, _, err := ask(lab, cookie, `[["get","a"],["has","b"]]`); err != nil || !strings.HasPrefix(line, `{"results":[1,false]`) {
			t.Errorf("%s: afterwards %.60s %v", rules, line, err)
		}
	}
}
