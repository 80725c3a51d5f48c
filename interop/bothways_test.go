package interop

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/interop/twin"
)

// A pair is Dewar beside a Flask-Session.
type pair struct {
	name    string
	flask   twin.Start
	env     func(t *testing.T) []string
	json    bool // keeps what JSON can say
	pickles bool // keeps everything
}

var pairs = []pair{
	{"0.8, Redis, msgpack", twin.Flask, onRedisWith(), false, false},
	{"0.8, Redis, JSON, signed", twin.Flask, onRedisWith("SESSION_SERIALIZATION_FORMAT=json", "SESSION_USE_SIGNER=true"), true, false},
	{"0.3, Redis", twin.Flask03, onRedisWith("DEWAR_RULES=flask-session-0.3"), false, true},
	{"0.3, Redis, signed", twin.Flask03, onRedisWith("DEWAR_RULES=flask-session-0.3", "SESSION_USE_SIGNER=true"), false, true},
	{"0.8, files", twin.Flask, inFiles("filesystem"), false, true},
	{"0.3, files", twin.Flask03, inFiles("filesystem", "DEWAR_RULES=flask-session-0.3"), false, true},
	{"0.8, cachelib on Redis", twin.Flask, func(t *testing.T) []string { return onRedis(t, "SESSION_TYPE=cachelib") }, false, true},
	{"0.8, memcached, msgpack", twin.Flask, onMemcached(1), false, false},
	{"0.8, memcached, JSON, signed, pylibmc", twin.Flask, onMemcached(1, "SESSION_SERIALIZATION_FORMAT=json", "SESSION_USE_SIGNER=true", "LAB_MEMCACHED=pylibmc"), true, false},
	{"0.8, three memcacheds, pymemcache", twin.Flask, onMemcached(3), false, false},
	{"0.8, three memcacheds, python-memcached", twin.Flask, onMemcached(3, "LAB_MEMCACHED=python-memcached", "DEWAR_CLIENT=python-memcached"), false, false},
	{"0.8, three memcacheds, pylibmc", twin.Flask, onMemcached(3, "LAB_MEMCACHED=pylibmc", "DEWAR_CLIENT=pylibmc"), false, false},
	{"0.8, cachelib on memcached", twin.Flask, onMemcached(1, "SESSION_TYPE=cachelib"), false, true},
	{"0.3, memcached", twin.Flask03, onMemcached(1, "DEWAR_RULES=flask-session-0.3"), false, true},
	{"0.3, three memcacheds, pylibmc, signed", twin.Flask03, onMemcached(3, "DEWAR_RULES=flask-session-0.3", "SESSION_USE_SIGNER=true", "LAB_MEMCACHED=pylibmc", "DEWAR_CLIENT=pylibmc"), false, true},
	{"0.8, cachelib in files", twin.Flask, inFiles("cachelib"), false, true},
	{"0.8, PostgreSQL, msgpack", twin.Flask, onPostgreSQL("postgresql"), false, false},
	{"0.8, MariaDB, JSON, signed", twin.Flask, onMariaDB("SESSION_SERIALIZATION_FORMAT=json", "SESSION_USE_SIGNER=true"), true, false},
	{"0.8, SQLite, msgpack, another table", twin.Flask, onSQLite("SESSION_SQLALCHEMY_TABLE=flask_sessions"), false, false},
	{"0.3, PostgreSQL", twin.Flask03, onPostgreSQL("postgresql+psycopg2", "DEWAR_RULES=flask-session-0.3"), false, true},
	{"0.3, MariaDB", twin.Flask03, onMariaDB("DEWAR_RULES=flask-session-0.3"), false, true},
	{"0.3, SQLite, signed", twin.Flask03, onSQLite("DEWAR_RULES=flask-session-0.3", "SESSION_USE_SIGNER=true"), false, true},
	{"0.8, MongoDB, msgpack", twin.Flask, onMongoWith(), false, false},
	{"0.8, MongoDB, JSON, signed", twin.Flask, onMongoWith("SESSION_SERIALIZATION_FORMAT=json", "SESSION_USE_SIGNER=true"), true, false},
	{"0.3, MongoDB", twin.Flask03, onMongoWith("DEWAR_RULES=flask-session-0.3"), false, true},
}

// onRedis are the settings of labs that share a Redis.
func onRedis(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{key, "SESSION_TYPE=redis", "SESSION_REDIS=redis://" + realserver.Redis(t).Addr}, more...)
}

func onRedisWith(settings ...string) func(*testing.T) []string {
	return func(t *testing.T) []string { return onRedis(t, settings...) }
}

// onMemcached are the settings of labs that share so many memcacheds.
func onMemcached(servers int, more ...string) func(*testing.T) []string {
	return func(t *testing.T) []string {
		_, list := realserver.Memcacheds(t, servers)
		return append([]string{key, "SESSION_TYPE=memcached", "SESSION_MEMCACHED=" + list}, more...)
	}
}

// inFiles are the settings of labs that share a folder.
func inFiles(kind string, more ...string) func(*testing.T) []string {
	return func(t *testing.T) []string {
		return append([]string{key, "SESSION_TYPE=" + kind, "SESSION_FILE_DIR=" + t.TempDir(), "SESSION_FILE_THRESHOLD=0"}, more...)
	}
}

// 200 random sessions each way between Dewar and each Flask-Session: what
// either writes, the other reads, adds to and hands back.
func TestBothWays(t *testing.T) {
	r := seeded.Rand(t)
	for _, row := range pairs {
		t.Run(row.name, func(t *testing.T) {
			env := row.env(t)
			dewar, flask := twin.Dewar(t, env...), row.flask(t, env...)
			work := make(chan func())
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for f := range work {
						f()
					}
				})
			}
			for n := range 200 {
				session := randomSession(r)
				if !row.pickles {
					session = plainSession(session, row.json).(map[string]any)
				}
				text, err := taggedjson.Marshal(session)
				if err != nil {
					t.Fatal(err)
				}
				session["n"], session["_permanent"] = int64(n), true
				with, err := taggedjson.Marshal(session)
				if err != nil {
					t.Fatal(err)
				}
				work <- func() {
					for _, p := range [][2]*twin.Lab{{dewar, flask}, {flask, dewar}} {
						_, cookie, err := patiently(p[0], "", fmt.Sprintf(`[["update",%s],["set","n",0]]`, text))
						if err != nil {
							t.Error(err)
							return
						}
						line, _, err := patiently(p[1], cookie, fmt.Sprintf(`[["set","n",%d]]`, n))
						if want := fmt.Sprintf(`{"results":[null],"session":%s}`, with); err != nil || line != want {
							t.Errorf("session %d, %s to %s: %v\ngot  %s\nwant %s", n, p[0].Name, p[1].Name, err, line, want)
						}
						line, _, err = patiently(p[0], cookie, `[]`)
						if want := fmt.Sprintf(`{"results":[],"session":%s}`, with); err != nil || line != want {
							t.Errorf("session %d, back to %s: %v\ngot  %s\nwant %s", n, p[0].Name, err, line, want)
						}
					}
				}
			}
			close(work)
			wg.Wait()
		})
	}
}

// patiently asks again while a lab has no answer of its store in time: SQLite lets
// one write at a time, and the machine may be busy. What is asked here may be done
// twice.
func patiently(lab *twin.Lab, cookie, ops string) (line, set string, err error) {
	for range 10 {
		if line, set, err = ask(lab, cookie, ops); err == nil || !strings.HasPrefix(err.Error(), "status 503") {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	return line, set, err
}
