package interop

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/interop/twin"
)

// What docs/wire.md says of Flask-Session that the recording has no case for,
// asked of both twins.
func TestUnrecordedStores(t *testing.T) {
	addr := realserver.Redis(t).Addr
	env := func(more ...string) []string {
		return append([]string{"LAB_NOW=1700000000", "SESSION_TYPE=redis", "SESSION_REDIS=redis://" + addr}, more...)
	}
	t.Run("attributes", func(t *testing.T) {
		settings := env("SESSION_COOKIE_NAME=__Host-s", "SESSION_COOKIE_SECURE=true", "SESSION_COOKIE_SAMESITE=Lax", "SESSION_COOKIE_PARTITIONED=true")
		const gone = "__Host-s=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; "
		for _, row := range []struct {
			lab          *twin.Lab
			set, deleted string
		}{
			{twin.Dewar(t, settings...), "Secure; HttpOnly; Path=/; SameSite=Lax; Partitioned", gone + "Secure; HttpOnly; Path=/; SameSite=Lax; Partitioned"},
			{twin.Flask(t, settings...), "Secure; HttpOnly; Path=/; SameSite=Lax", gone + "Path=/"},
		} {
			set := setCookie(t, row.lab, "", `[["set","a",1]]`)
			cookie, rest, _ := strings.Cut(set, ";")
			if _, got, _ := strings.Cut(rest, "GMT; "); got != row.set {
				t.Errorf("%s: got %q, want %q", row.lab.Name, got, row.set)
			}
			if got := setCookie(t, row.lab, cookie, `[["clear"]]`); got != row.deleted {
				t.Errorf("%s: got %q, want %q", row.lab.Name, got, row.deleted)
			}
		}
	})
	t.Run("fallbacks", func(t *testing.T) {
		older := twin.Dewar(t, env("SESSION_USE_SIGNER=true", "SECRET_KEY=the older key, long enough")...)
		settings := env("SESSION_USE_SIGNER=true", "SECRET_KEY=the newer key, long enough", `SECRET_KEY_FALLBACKS=["the older key, long enough"]`)
		cookie, _, _ := strings.Cut(setCookie(t, older, "", `[["set","a",1]]`), ";")
		for _, row := range []struct {
			lab  *twin.Lab
			want string
		}{
			{twin.Dewar(t, settings...), `{"results":[1],"session":{"_permanent":true,"a":1}}`},
			{twin.Flask(t, settings...), `{"results":[null],"session":{"_permanent":true}}`},
		} {
			line, set, err := ask(row.lab, cookie, `[["get","a"]]`)
			if err != nil || line != row.want {
				t.Errorf("%s: got %s, %v, want %s", row.lab.Name, line, err, row.want)
			}
			if row.lab.Name == "dewar" && (set == cookie || set == "") {
				t.Errorf("the id wasn't signed anew")
			}
		}
	})
	t.Run("values", func(t *testing.T) {
		for _, row := range []struct {
			lab  *twin.Lab
			want string
		}{
			{twin.Dewar(t, env()...), `{"results":[null,[1]],"session":{"_permanent":true,"t":[1]}}`},
			{twin.Flask(t, env()...), `{"results":[null,{" t":[1]}],"session":{"_permanent":true,"t":{" t":[1]}}}`},
		} {
			line, _, err := ask(row.lab, "", `[["set","t",{" t":[1]}],["get","t"]]`)
			if err != nil || line != row.want {
				t.Errorf("%s: got %s, %v, want %s", row.lab.Name, line, err, row.want)
			}
		}
	})
	t.Run("settings", func(t *testing.T) {
		for _, setting := range []string{"SESSION_ID_LENGTH=129", "SESSION_ID_LENGTH=0"} {
			if err := twin.Refuses(t, env(setting)...); err != nil {
				t.Errorf("%.20s: %v", setting, err)
			}
		}
	})
	t.Run("long ids", func(t *testing.T) {
		redis := dialRedis(t, addr)
		lab := twin.Dewar(t, env()...)
		for n, want := range map[int]string{200: `{"results":[1],`, 201: `{"results":[null],`} {
			id := strings.Repeat("i", n)
			redis.do("SET", "session:"+id, "\x81\xA1a\x01", "EX", 60)
			if line, _, err := ask(lab, "session="+id, `[["get","a"]]`); err != nil || !strings.HasPrefix(line, want) {
				t.Errorf("%d characters: got %s, %v, want %s", n, line, err, want)
			}
		}
	})
	t.Run("races", func(t *testing.T) {
		redis := dialRedis(t, addr)
		labs := []*twin.Lab{twin.Dewar(t, env()...), twin.Dewar(t, env()...)}
		for _, row := range []struct{ other, err, left string }{
			{`[["set","b",2]]`, "", `{"results":[],"session":{"_permanent":true,"a":1,"b":2,"c":3}}`},
			{`[["clear"]]`, "status 409", `{"results":[],"session":{"_permanent":true}}`},
		} {
			cookie, _, _ := strings.Cut(setCookie(t, labs[0], "", `[["set","a",1]]`), ";")
			hits, done := redis.hits(), make(chan error, 1)
			go func() {
				_, _, err := ask(labs[0], cookie, `[["sleep",500],["set","c",3]]`)
				done <- err
			}()
			redis.awaitRead(hits)
			_, _, err := ask(labs[1], cookie, row.other)
			slow := fmt.Sprint(<-done)
			if err != nil || !strings.HasPrefix(slow, row.err) {
				t.Errorf("%s: %v, and then %s, want %q", row.other, err, slow, row.err)
			}
			if line, _, err := ask(labs[1], cookie, `[]`); err != nil || line != row.left {
				t.Errorf("%s: got %s, %v, want %s", row.other, line, err, row.left)
			}
		}
	})
}

// setCookie gives the one line that an answer sets.
func setCookie(t *testing.T, lab *twin.Lab, cookie, ops string) string {
	t.Helper()
	r, err := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader(ops))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	res, err := twin.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if lines := res.Header["Set-Cookie"]; len(lines) != 1 {
		t.Fatalf("%s: status %d, Set-Cookie %q", lab.Name, res.StatusCode, lines)
	}
	return res.Header.Get("Set-Cookie")
}
