package interop

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/interop/twin"
)

// What Flask-Session's cachelib type was recorded to send to a Redis: keys,
// lives, and records, which are ours but for the number of the pickle's protocol.
func TestRecordedCachelib(t *testing.T) {
	file, err := vectors.LoadStore("../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, c := range file.Cases {
		if c.Backend != "cachelib" || !strings.Contains(c.ID, "redis") {
			continue
		}
		cases++
		t.Run(c.ID, func(t *testing.T) {
			addr := realserver.Redis(t).Addr
			look := dialRedis(t, addr)
			look.do("FLUSHALL")
			prefix := "session:"
			if strings.Contains(c.ID, "prefix") {
				prefix = "cl:session:" // RedisCache(key_prefix="cl:")
			}
			cookie := ""
			for i, step := range c.Steps {
				env := append(storedEnvironment(&c, file.SecretKey, addr, step.Now), "SESSION_KEY_PREFIX="+prefix)
				ops, missing := storedOperations(step, true)
				if missing != "" {
					t.Fatal(missing)
				}
				var sent *string
				if step.Cookie != nil {
					sent = &cookie
				}
				got, err := sendOps(twin.Dewar(t, env...), sent, ops)
				if err != nil || got.StatusCode != step.Status {
					t.Fatalf("step %d: status %d, %v", i, got.StatusCode, err)
				}
				theirs, ours := step.SetCookie[0], got.Header.Get("Set-Cookie")
				if i == 0 {
					cookie, _, _ = strings.Cut(ours, ";")
				}
				if _, rest, _ := strings.Cut(theirs, ";"); !strings.HasSuffix(ours, ";"+rest) || !strings.HasPrefix(ours, cookie[:8]) {
					t.Errorf("step %d: cookie %q, want %q", i, ours, theirs)
				}
				compareCachelib(t, look.records(), prefix+strings.TrimPrefix(cookie, "session="), step)
			}
		})
	}
	if cases < 5 {
		t.Errorf("%d cases", cases)
	}
}

var setex = regexp.MustCompile(`(?s)\r\nSETEX\r\n\$\d+\r\n[^\r]+\r\n\$\d+\r\n(\d+)\r\n\$\d+\r\n(.*)\r\n$`)

// compareCachelib compares what is there with what was last sent to be stored.
func compareCachelib(t *testing.T, records map[string]redisRecord, key string, step vectors.StoreStep) {
	t.Helper()
	stored := setex.FindSubmatch(step.Sent())
	if stored == nil { // it was deleted
		if len(records) > 0 {
			t.Errorf("%d records are left", len(records))
		}
		return
	}
	want := strings.Replace(string(stored[2]), "!\x80\x05", "!\x80\x04", 1)
	life, err := strconv.Atoi(string(stored[1]))
	got := records[key]
	if err != nil || got.data != want || got.left > time.Duration(life)*time.Second || got.left < time.Duration(life-60)*time.Second {
		t.Errorf("record %q for %v, want %q for %d s; %v", got.data, got.left, want, life, err)
	}
}
