package interop

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/interop/twin"
)

// A visitor signs out on a Dewar while a Flask still works on a request of his,
// which saves the session when it ends. With tombstones that is no session to
// Dewar, and after Dewar saw it none to Flask either; without them, it is one.
func TestTombstones(t *testing.T) {
	for _, name := range []string{
		"0.8, Redis, msgpack", "0.3, Redis, signed", "0.8, files", "0.8, memcached, JSON, signed, pylibmc", "0.8, PostgreSQL, msgpack",
		"0.8, MariaDB, JSON, signed", "0.8, SQLite, msgpack, another table", "0.8, MongoDB, msgpack",
	} {
		for _, row := range pairs {
			if row.name != name {
				continue
			}
			t.Run(name, func(t *testing.T) {
				env := row.env(t)
				flask := row.flask(t, env...)
				with := twin.Dewar(t, append(env, "DEWAR_TOMBSTONES=true")...)
				cookie := revived(t, flask, with)
				for _, lab := range []*twin.Lab{with, flask} {
					if line, _, err := ask(lab, cookie, `[["has","a"]]`); err != nil || !strings.HasPrefix(line, `{"results":[false]`) {
						t.Errorf("%s: %s %v", lab.Name, line, err)
					}
				}
				without := twin.Dewar(t, env...)
				cookie = revived(t, flask, without)
				if line, _, err := ask(without, cookie, `[["has","a"]]`); err != nil || !strings.HasPrefix(line, `{"results":[true]`) {
					t.Errorf("without tombstones: %s %v", line, err)
				}
			})
		}
	}
}

// revived gives the cookie of a session that was ended on dewar, and is there
// again on flask.
func revived(t *testing.T, flask, dewar *twin.Lab) (cookie string) {
	t.Helper()
	for range 20 {
		_, cookie, err := ask(flask, "", `[["set","a",1]]`)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			_, _, err := ask(flask, cookie, `[["get","a"],["sleep",400],["set","b",1]]`)
			done <- err
		}()
		time.Sleep(200 * time.Millisecond) // the flask has no clock that could be told
		if _, _, err := ask(dewar, cookie, `[["destroy"]]`); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if line, _, err := ask(flask, cookie, `[["has","a"]]`); err == nil && strings.HasPrefix(line, `{"results":[true]`) {
			return cookie
		}
	}
	t.Fatal("the flask never was in the middle of a request when its session ended")
	return ""
}

// What the lab's settings about keys can't be true of is refused, by name.
func TestTombstonesAndKeysAreRefused(t *testing.T) {
	for _, env := range [][]string{
		{key, "DEWAR_TOMBSTONES=true"},
		{key, "SESSION_TYPE=memory", "DEWAR_RULES=native", "DEWAR_TOMBSTONES=true"},
		{key, "SESSION_TYPE=memory", "DEWAR_TOMBSTONES=1"},
		{key, "SESSION_TYPE=memory", "DEWAR_HASH_KEYS=true"},
		{key, "SESSION_TYPE=memory", "DEWAR_RULES=native", "DEWAR_HASH_KEYS=false"},
	} {
		if err := twin.Refuses(t, env...); err != nil {
			t.Errorf("%v: %v", env[1:], err)
		}
	}
}
