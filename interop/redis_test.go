package interop

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/interop/twin"
)

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
