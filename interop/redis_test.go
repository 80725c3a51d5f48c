package interop

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
)

// onRedis are the settings of labs that share a Redis.
func onRedis(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{key, "SESSION_TYPE=redis", "SESSION_REDIS=redis://" + realserver.Redis(t).Addr}, more...)
}

// plainSession is a random session of what both serializers of Flask-Session
// give back as it was: no tuples, Markup or UUIDs, no halves of surrogates, no
// numbers beyond 64 bits, and for JSON no bytes and no times either.
func plainSession(v any, json bool) any {
	switch v := v.(type) {
	case codec.Tuple:
		return plainSession([]any(v), json)
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, plainSession(e, json))
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[wellFormed(k)] = plainSession(e, json)
		}
		return out
	case string:
		return wellFormed(v)
	case bool, int64, nil:
		return v
	case float64:
		return v
	}
	switch v := v.(type) {
	case []byte:
		if !json {
			return v
		}
	}
	return fmt.Sprintf("%T", v)
}

func wellFormed(s string) string { return strings.ToValidUTF8(s, "?") }

// 200 random sessions each way on one Redis, with both serializers, signed and
// not: what either writes, the other reads, adds to and hands back.
func TestRedisBothWays(t *testing.T) {
	r := seeded(t)
	for _, row := range []struct {
		name     string
		settings []string
		json     bool
	}{
		{"msgpack", nil, false},
		{"json, signed", []string{"SESSION_SERIALIZATION_FORMAT=json", "SESSION_USE_SIGNER=true"}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			env := onRedis(t, row.settings...)
			dewar, flask := twin.Dewar(t, env...), twin.Flask(t, env...)
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
				session := plainSession(randomSession(r), row.json).(map[string]any)
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
						_, cookie, err := ask(p[0], "", fmt.Sprintf(`[["update",%s],["set","n",0]]`, text))
						if err != nil {
							t.Error(err)
							return
						}
						line, _, err := ask(p[1], cookie, fmt.Sprintf(`[["set","n",%d]]`, n))
						if want := fmt.Sprintf(`{"results":[null],"session":%s}`, with); err != nil || line != want {
							t.Errorf("session %d, %s to %s: %v\ngot  %s\nwant %s", n, p[0].Name, p[1].Name, err, line, want)
						}
						line, _, err = ask(p[0], cookie, `[]`)
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

// What a visitor does, to and fro between the twins on one Redis.
func TestRedisOneVisitor(t *testing.T) {
	env := onRedis(t)
	dewar, flask := twin.Dewar(t, env...), twin.Flask(t, env...)
	for _, p := range [][2]*twin.Lab{{dewar, flask}, {flask, dewar}} {
		a, b := p[0], p[1]
		cookie := ""
		do := func(lab *twin.Lab, ops, want string) {
			t.Helper()
			line, set, err := ask(lab, cookie, ops)
			if err != nil || !strings.HasPrefix(line, want) {
				t.Errorf("%s: %s: %v\ngot  %s\nwant %s", lab.Name, ops, err, line, want)
			}
			if set != "" {
				cookie = set
			}
		}
		do(a, `[["bool"],["incr","n",1]]`, `{"results":[false,1],"session":{"_permanent":true,"n":1}}`)
		do(b, `[["incr","n",1],["bool"]]`, `{"results":[2,true],"session":{"_permanent":true,"n":2}}`)
		before := cookie
		do(a, `[["renew"],["get","n"]]`, `{"results":[null,2],"session":{"_permanent":true,"n":2}}`)
		if cookie == before {
			t.Errorf("%s: the id wasn't renewed", a.Name)
		}
		do(b, `[["flash","hello"],["pop","n"]]`, `{"results":[null,2],`) // Flask still holds a tuple
		do(a, `[["flashes"]]`, `{"results":[["hello"]],"session":{"_permanent":true}}`)
		do(b, `[["set","x",1]]`, `{"results":[null],"session":{"_permanent":true,"x":1}}`)
		do(b, `[["clear"]]`, `{"results":[null],"session":{"_permanent":true}}`)
		line, _, err := ask(a, cookie, `[["get","x"]]`)
		if err != nil || line != `{"results":[null],"session":{"_permanent":true}}` {
			t.Errorf("after clear: %s %v", line, err)
		}
	}
}
