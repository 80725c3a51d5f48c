package interop

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/interop/twin"
)

const key = "SECRET_KEY=a key that both twins were given"

// ask sends operations, with a cookie if there is one, and gives the answer's
// last line and the cookie that was set.
func ask(lab *twin.Lab, cookie, ops string) (line, set string, err error) {
	r, err := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader(ops))
	if err != nil {
		return "", "", err
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	return answerOf(twin.Client.Do(r))
}

func answerOf(res *http.Response, err error) (line, set string, _ error) {
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "", "", err
	}
	if res.StatusCode != 200 {
		return "", "", fmt.Errorf("status %d: %s", res.StatusCode, body)
	}
	lines := bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	set, _, _ = strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return string(lines[len(lines)-1]), set, nil
}

// 500 random sessions each way. The twins, asked the same at the same second,
// make the very same cookie, compressed ones too; and what either writes, the
// other reads, adds to, and hands back.
func TestRandomSessionsThroughBothTwins(t *testing.T) {
	r := seeded.Rand(t)
	at := "LAB_NOW=1700000000"
	dewar, flask := twin.Dewar(t, key, at), twin.Flask(t, key, at)
	type pair struct{ there, back *twin.Lab }
	work := make(chan func())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for f := range work {
				f()
			}
		})
	}
	var mu sync.Mutex
	compressed := 0
	for n := range 500 {
		session := randomSession(r)
		text, err := taggedjson.Marshal(session)
		if err != nil {
			t.Fatal(err)
		}
		session["n"] = int64(n)
		with, err := taggedjson.Marshal(session)
		if err != nil {
			t.Fatal(err)
		}
		work <- func() {
			fill := fmt.Sprintf(`[["update",%s]]`, text)
			if len(session) == 1 {
				fill = `[["permanent",false],["pop","_permanent"],["set","x",1],["delete","x"]]`
			}
			var cookies []string
			for _, p := range []pair{{dewar, flask}, {flask, dewar}} {
				_, first, err := ask(p.there, "", fill)
				if err != nil {
					t.Error(err)
					return
				}
				cookies = append(cookies, first)
				line, second, err := ask(p.back, first, fmt.Sprintf(`[["set","n",%d]]`, n))
				if want := fmt.Sprintf(`{"results":[null],"session":%s}`, with); err != nil || line != want {
					t.Errorf("session %d, %s to %s: %v\ngot  %s\nwant %s", n, p.there.Name, p.back.Name, err, line, want)
				}
				line, _, err = ask(p.there, second, `[]`)
				if want := fmt.Sprintf(`{"results":[],"session":%s}`, with); err != nil || line != want {
					t.Errorf("session %d, back to %s: %v\ngot  %s\nwant %s", n, p.there.Name, err, line, want)
				}
			}
			if cookies[0] != cookies[1] {
				t.Errorf("session %d: the twins made different cookies\ndewar %s\nflask %s", n, cookies[0], cookies[1])
			}
			if strings.HasPrefix(cookies[0], "session=.") {
				mu.Lock()
				compressed++
				mu.Unlock()
			}
		}
	}
	close(work)
	wg.Wait()
	t.Logf("%d of 500 were compressed", compressed)
}

// One browser's jar that goes to and fro between the twins: visits counted,
// flashes left by one and shown by the other, permanence, sign-out.
func TestOneJarBetweenTheTwins(t *testing.T) {
	dewar, flask := twin.Dewar(t, key), twin.Flask(t, key)
	alternate(t, dewar, flask)
}

func alternate(t *testing.T, a, b *twin.Lab) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	do := func(lab *twin.Lab, ops, want string) {
		t.Helper()
		line, _, err := answerOf(client.Post(lab.URL+"/ops", "application/json", strings.NewReader(ops)))
		if err != nil || line != want {
			t.Errorf("%s: %s: %v\ngot  %s\nwant %s", lab.Name, ops, err, line, want)
		}
	}
	for n := 1; n <= 10; n += 2 {
		do(a, `[["incr","visits",1]]`, fmt.Sprintf(`{"results":[%d],"session":{"visits":%d}}`, n, n))
		do(b, `[["incr","visits",1]]`, fmt.Sprintf(`{"results":[%d],"session":{"visits":%d}}`, n+1, n+1))
	}
	do(a, `[["flash","from the first"],["flash",{" m":"<b>"},"info"]]`, `{"results":[null,null],"session":{"_flashes":[{" t":["message","from the first"]},{" t":["info",{" m":"<b>"}]}],"visits":10}}`)
	do(b, `[["flashes",{"with_categories":true}]]`, `{"results":[[{" t":["message","from the first"]},{" t":["info",{" m":"<b>"}]}]],"session":{"visits":10}}`)
	do(b, `[["flash","from the second"]]`, `{"results":[null],"session":{"_flashes":[{" t":["message","from the second"]}],"visits":10}}`)
	do(a, `[["flashes"],["permanent",true],["login","17"]]`, `{"results":[["from the second"],null,null],"session":{"_permanent":true,"_user_id":"17","visits":10}}`)
	do(b, `[["get_permanent"],["get","_user_id"],["put","nothing",1,2]]`, `{"results":[true,"17",{"error":"KeyError"}],"session":{"_permanent":true,"_user_id":"17","visits":10}}`)
	do(b, `[["logout"]]`, `{"results":[null],"session":{}}`)
	do(a, `[["get","_user_id"]]`, `{"results":[null],"session":{}}`)
}

// A rotation, done on either side first: the one that signs with the new key
// lists the old one, the other lists the new one among its fallbacks. Nobody
// is logged out in between, nor before and after.
func TestRotationOnEitherSideFirst(t *testing.T) {
	const older = "SECRET_KEY=the older key, long enough"
	olderToo := []string{older, `SECRET_KEY_FALLBACKS=["an ancient key, also long","the newer key, long enough"]`}
	newer := []string{"SECRET_KEY=the newer key, long enough", `SECRET_KEY_FALLBACKS=["the older key, long enough"]`}
	for name, labs := range map[string][2]*twin.Lab{
		"dewar first": {twin.Dewar(t, newer...), twin.Flask(t, olderToo...)},
		"flask first": {twin.Flask(t, newer...), twin.Dewar(t, olderToo...)},
	} {
		t.Run(name, func(t *testing.T) { alternate(t, labs[0], labs[1]) })
	}
	for _, start := range []twin.Start{twin.Dewar, twin.Flask} {
		before, after := start(t, older), start(t, newer...)
		_, cookie, err := ask(before, "", `[["set","a",1]]`)
		if err != nil {
			t.Fatal(err)
		}
		if line, _, err := ask(after, cookie, `[]`); err != nil || line != `{"results":[],"session":{"a":1}}` {
			t.Errorf("%s: %s %v", after.Name, line, err)
		}
	}
}
