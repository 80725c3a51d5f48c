package dewar_test

import (
	"fmt"
	"testing"

	"github.com/dewar-go/dewar"
)

// What the changes of two requests come to, whichever is saved first.
func TestMerging(t *testing.T) {
	type views [2]func(*dewar.Session)
	for _, row := range []struct {
		name string
		base map[string]any
		v    views // the second is saved after the first
		want string
	}{
		{"different keys", nil, views{
			func(s *dewar.Session) { s.Set("a", 1) },
			func(s *dewar.Session) { s.Set("b", 2) },
		}, "map[a:1 b:2]"},
		{"one key: the later wins", nil, views{
			func(s *dewar.Session) { s.Set("a", 1) },
			func(s *dewar.Session) { s.Set("a", 2) },
		}, "map[a:2]"},
		{"in place", map[string]any{"m": map[string]any{}, "a": 0}, views{
			func(s *dewar.Session) { s.Set("a", 1) },
			func(s *dewar.Session) { s.Get("m").(map[string]any)["x"] = 1 },
		}, "map[a:1 m:map[x:1]]"},
		{"a delete", map[string]any{"a": 1, "b": 1}, views{
			func(s *dewar.Session) { s.Set("b", 2) },
			func(s *dewar.Session) { s.Delete("a") },
		}, "map[b:2]"},
		{"clear, then set", map[string]any{"a": 1}, views{
			func(s *dewar.Session) { s.Set("b", 2) },
			func(s *dewar.Session) { s.Clear(); s.Set("c", 3) },
		}, "map[c:3]"},
		{"flashes of both", nil, views{
			func(s *dewar.Session) { s.Flash("one", "") },
			func(s *dewar.Session) { s.Flash("two", "") },
		}, "map[_flashes:[[message one] [message two]]]"},
		{"a flash that comes while others are taken waits on", map[string]any{"_flashes": []any{dewar.Tuple{"message", "old"}}}, views{
			func(s *dewar.Session) { s.Flash("new", "") },
			func(s *dewar.Session) { s.Flashes() },
		}, "map[_flashes:[[message new]]]"},
		{"what was taken is taken", map[string]any{"state": "x"}, views{
			func(s *dewar.Session) { s.Set("a", 1) },
			func(s *dewar.Session) { dewar.Key[string]("state").Take(s) },
		}, "map[a:1]"},
		{"what is new under the key that was taken stays", map[string]any{"state": "x"}, views{
			func(s *dewar.Session) { s.Set("state", "y") },
			func(s *dewar.Session) { dewar.Key[string]("state").Take(s) },
		}, "map[state:y]"},
		{"in place, then updated", map[string]any{"m": map[string]any{}}, views{
			func(s *dewar.Session) { s.Set("a", 1) },
			func(s *dewar.Session) {
				s.Get("m").(map[string]any)["x"] = 1
				s.Update("m", func(m any) any { return with(m.(map[string]any), "y") })
			},
		}, "map[a:1 m:map[x:1 y:1]]"},
		{"in place, then updated by its type", map[string]any{"m": map[string]any{}}, views{
			func(s *dewar.Session) { s.Set("a", 1) },
			func(s *dewar.Session) {
				m := dewar.Key[map[string]any]("m")
				m.Get(s)["x"] = 1
				m.Update(s, func(m map[string]any) map[string]any { return with(m, "y") })
			},
		}, "map[a:1 m:map[x:1 y:1]]"},
		{"update of what was deleted", map[string]any{"n": 5}, views{
			func(s *dewar.Session) { s.Delete("n"); s.Set("a", 1) },
			func(s *dewar.Session) { dewar.Key[int]("n").Update(s, func(n int) int { return n + 1 }) },
		}, "map[a:1 n:1]"},
	} {
		m, _ := stored(t, nil)
		base := map[string]any{}
		for k, v := range row.base {
			base[k] = v
		}
		cookie := cookieOf(visit(m, "", func(s *dewar.Session) {
			s.Set("seed", 1)
			for k, v := range base {
				s.Set(k, v)
			}
		}))
		visit(m, cookie, func(second *dewar.Session) {
			row.v[1](second)
			visit(m, cookie, row.v[0])
		})
		visit(m, cookie, func(s *dewar.Session) {
			got := map[string]any{}
			for k, v := range s.All() {
				if k != "seed" {
					got[k] = v
				}
			}
			if fmt.Sprint(got) != row.want {
				t.Errorf("%s: got %v, want %s", row.name, got, row.want)
			}
		})
	}
}

// with gives m with one more key, changed in place as programs do.
func with(m map[string]any, key string) map[string]any {
	m[key] = 1
	return m
}

// A plain Set that replaces what another did meanwhile is told, and refused where
// Options.Strict is set, whatever else the session did to the key before.
func TestClashes(t *testing.T) {
	update := func(key string) func(*dewar.Session) {
		return func(s *dewar.Session) { s.Update("m", func(m any) any { return with(m.(map[string]any), key) }) }
	}
	set := func(s *dewar.Session) { s.Set("m", map[string]any{"set": 1}) }
	for _, row := range []struct {
		name          string
		first, second func(*dewar.Session)
		clash         bool
		want          string // without Strict
	}{
		{"two sets", func(s *dewar.Session) { s.Set("m", nil) }, set, true, "map[set:1]"},
		{"the same set twice", set, set, false, "map[set:1]"},
		{"two updates", update("x"), update("y"), false, "map[x:1 y:1]"},
		{"a set of what was updated", update("x"), set, true, "map[set:1]"},
		{"updated, then set", update("x"), func(s *dewar.Session) { update("y")(s); set(s) }, true, "map[set:1]"},
		{"updated, then changed in place", update("x"), func(s *dewar.Session) { update("y")(s); with(s.Get("m").(map[string]any), "z") }, true, "map[y:1 z:1]"},
		{"changed in place, then updated", update("x"), func(s *dewar.Session) { with(s.Get("m").(map[string]any), "z"); update("y")(s) }, true, "map[y:1 z:1]"},
		{"deleted, then set", update("x"), func(s *dewar.Session) { s.Delete("m"); set(s) }, true, "map[set:1]"},
		{"set twice beside another key", func(s *dewar.Session) { s.Set("b", 1) }, func(s *dewar.Session) { s.Set("m", nil); set(s) }, false, "map[set:1]"},
		{"set of what was deleted", func(s *dewar.Session) { s.Delete("m") }, set, false, "map[set:1]"},
	} {
		for _, strict := range []bool{false, true} {
			var seen recorder
			m, _ := stored(t, func(o *dewar.Options) { o.Strict, o.Observer = strict, dewar.Patient(&seen) })
			cookie := signedIn(t, m, map[string]any{"m": map[string]any{}, "seed": 1})
			var after string
			see := func(s *dewar.Session) { after = fmt.Sprint(s.Get("m")) }
			res := visit(m, cookie, func(s *dewar.Session) {
				row.second(s)
				visit(m, cookie, row.first)
				visit(m, cookie, see)
			})
			first := after
			visit(m, cookie, see)
			want, status, events := row.want, 200, ""
			switch {
			case row.clash && strict:
				want, status, events = first, 409, "failed:conflict"
			case row.clash:
				events = "conflict:"
			}
			if after != want || res.StatusCode != status || seen.kinds() != events {
				t.Errorf("%s, strict %v: %s, want %s, %d %s", row.name, strict, after, want, res.StatusCode, seen.kinds())
			}
		}
	}
}
