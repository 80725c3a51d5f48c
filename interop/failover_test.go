package interop

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
)

// While a primary is killed and its replica takes over, requests are answered as
// ever or 503, and those touch no cookie; no session that the replica had is
// lost, and afterwards all goes on without a restart.
func TestRedisFailover(t *testing.T) {
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		c := realserver.Cluster(t)
		failover(t, "redis-cluster://"+c.Addrs(), c.Primaries())
	})
	t.Run("sentinel", func(t *testing.T) {
		t.Parallel()
		s := realserver.Sentinel(t)
		failover(t, "redis-sentinel://"+s.Addrs()+"/"+realserver.MasterName, []*realserver.Server{s.Primary()})
	})
}

// A visit is what one visitor, who sends one request after another, met.
type visit struct {
	saved, refused int
	silence        time.Duration // between two requests that were served
	wrong          []string
}

func failover(t *testing.T, url string, primaries []*realserver.Server) {
	lab := twin.Dewar(t, key, "DEWAR_STORE="+url, "DEWAR_INSECURE=true")
	cookies := make([]string, 30)
	for i := range cookies {
		_, cookie, err := ask(lab, "", `[["set","n",0]]`)
		if err != nil || cookie == "" {
			t.Fatal(err)
		}
		cookies[i] = cookie
	}
	for _, primary := range primaries {
		if n := dialRedis(t, primary.Addr).do("WAIT", 1, 10000); n != int64(1) {
			t.Fatal("a replica doesn't follow")
		}
	}
	visits, stop := make([]visit, len(cookies)), make(chan struct{})
	var all sync.WaitGroup
	for i := range cookies {
		all.Go(func() { visits[i].run(lab, cookies[i], stop) })
	}
	time.Sleep(300 * time.Millisecond) // of work as ever
	primaries[0].Stop()
	begun, last := time.Now(), time.Now()
	for time.Since(last) < time.Second { // of work as ever again, for all
		for _, cookie := range cookies {
			if line, _, err := ask(lab, cookie, `[["has","n"]]`); err != nil {
				last = time.Now()
			} else if !strings.HasPrefix(line, `{"results":[true]`) {
				t.Fatalf("%v after the kill a session is gone: %.60s", time.Since(begun), line)
			}
		}
		if time.Since(begun) > time.Minute {
			t.Fatal("no recovery within a minute")
		}
	}
	close(stop)
	all.Wait()
	sum, there := visit{}, 0
	for i, v := range visits {
		sum.saved, sum.refused, sum.silence = sum.saved+v.saved, sum.refused+v.refused, max(sum.silence, v.silence)
		sum.wrong = append(sum.wrong, v.wrong...)
		line, _, err := ask(lab, cookies[i], `[["incr","n",0]]`)
		if err != nil {
			t.Fatal(err)
		}
		there += number(t, line)
	}
	if len(sum.wrong) > 0 || sum.refused == 0 {
		t.Errorf("%d requests were refused, and wrong are %q", sum.refused, sum.wrong)
	}
	t.Logf("%d increments served, %d there; %d requests refused; %v of silence for a visitor at most", sum.saved, there, sum.refused, sum.silence.Round(10*time.Millisecond))
}

// run counts up until it is stopped.
func (v *visit) run(lab *twin.Lab, cookie string, stop <-chan struct{}) {
	for served := time.Now(); ; {
		select {
		case <-stop:
			v.silence = max(v.silence, time.Since(served))
			return
		case <-time.After(5 * time.Millisecond):
		}
		r, _ := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader(`[["incr","n",1]]`))
		r.Header.Set("Cookie", cookie)
		res, err := twin.Client.Do(r)
		if err != nil {
			v.wrong = append(v.wrong, err.Error())
			return
		}
		_ = res.Body.Close()
		set := res.Header["Set-Cookie"] // the same again, with its new date, where a write was served
		if len(set) > 0 && (res.StatusCode != 200 || !strings.HasPrefix(set[0], cookie+";") || strings.Contains(set[0], "Max-Age=0")) || res.StatusCode != 200 && res.StatusCode != 503 {
			v.wrong = append(v.wrong, res.Status)
			return
		}
		if res.StatusCode == 200 {
			v.saved++
			v.silence, served = max(v.silence, time.Since(served)), time.Now()
		} else {
			v.refused++
		}
	}
}

// number reads the first result of an answer.
func number(t *testing.T, line string) int {
	t.Helper()
	text, _, _ := strings.Cut(strings.TrimPrefix(line, `{"results":[`), "]")
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%.60s: %v", line, err)
	}
	return n
}
