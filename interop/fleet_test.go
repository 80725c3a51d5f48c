package interop

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/interop/twin"
)

// Visitors go from one program to the next, of a fleet in which every release
// that there was is still at work: nobody is logged out, and nothing is lost.
func TestMixedFleet(t *testing.T) {
	t.Run("files", func(t *testing.T) {
		env := inFiles("filesystem")(t)
		wander(t, map[string]*twin.Lab{
			"Flask-Session 0.3": twin.Flask03(t, env...), "Flask-Session 0.8": twin.Flask(t, env...),
			"Dewar as 0.3": twin.Dewar(t, append(env, "DEWAR_RULES=flask-session-0.3")...), "Dewar as 0.8": twin.Dewar(t, env...),
		})
	})
	t.Run("Redis, pickles", func(t *testing.T) { // 0.8 reads these, and writes what 0.3 can't read
		env := onRedis(t)
		wander(t, map[string]*twin.Lab{
			"Flask-Session 0.3": twin.Flask03(t, env...),
			"Dewar as 0.3":      twin.Dewar(t, append(env, "DEWAR_RULES=flask-session-0.3")...),
			"Dewar as 0.8":      twin.Dewar(t, append(env, "SESSION_SERIALIZATION_FORMAT=pickle")...),
		})
	})
}

// A fleet is renewed, one release after the other, on one Redis: what 0.3 has
// pickled lives on as MessagePack.
func TestFromReleaseToRelease(t *testing.T) {
	addr := "SESSION_REDIS=redis://" + realserver.Redis(t).Addr
	env := []string{key, "SESSION_TYPE=redis", addr}
	first := twin.Flask03(t, env...)
	cookies := make([]string, 20)
	for i := range cookies {
		_, cookie, err := ask(first, "", fmt.Sprintf(`[["set","user",%d],["set","n",0]]`, i))
		if err != nil {
			t.Fatal(err)
		}
		cookies[i] = cookie
	}
	n := 0
	for _, fleet := range []map[string]*twin.Lab{
		{"Flask-Session 0.3": first, "Dewar as 0.3": twin.Dewar(t, append(env, "DEWAR_RULES=flask-session-0.3")...)},
		{"Dewar as 0.3": twin.Dewar(t, append(env, "DEWAR_RULES=flask-session-0.3")...), "Dewar, pickling still": twin.Dewar(t, append(env, "SESSION_SERIALIZATION_FORMAT=pickle")...)},
		{"Dewar as 0.8": twin.Dewar(t, env...), "Flask-Session 0.8": twin.Flask(t, env...)},
	} {
		for name, lab := range fleet {
			n++
			for i, cookie := range cookies {
				line, _, err := ask(lab, cookie, `[["incr","n",1],["get","user"]]`)
				if want := fmt.Sprintf(`{"results":[%d,%d]`, n, i); err != nil || !strings.HasPrefix(line, want) {
					t.Fatalf("%s: got %s, %v, want %s", name, line, err, want)
				}
			}
		}
	}
}

// wander sends visitors from program to program at random, each to all of them
// in turn, and counts.
func wander(t *testing.T, fleet map[string]*twin.Lab) {
	r := seeded.Rand(t)
	var names []string
	for name := range fleet {
		names = append(names, name)
	}
	var wg sync.WaitGroup
	for visitor := range 30 {
		way := make([]string, 12)
		for i := range way {
			way[i] = names[r.IntN(len(names))]
		}
		wg.Go(func() {
			cookie := ""
			for n, name := range way {
				ops := fmt.Sprintf(`[["set","user",%d],["set","t",{" t":[1,"\u00e9"]}],["incr","n",1],["get","user"]]`, visitor)
				if n > 0 {
					ops = `[["get","t"],["has","t"],["incr","n",1],["get","user"]]`
				}
				line, set, err := ask(fleet[name], cookie, ops)
				if want := fmt.Sprintf(`,%d,%d],"session":`, n+1, visitor); err != nil || !strings.Contains(line, want) {
					t.Errorf("%s, after %v: got %s, %v, want %s", name, way[:n], line, err, want)
					return
				}
				if set != "" {
					cookie = set
				}
			}
		})
	}
	wg.Wait()
}
