// Package interop tests Dewar against the real things: a live Flask, what one
// was recorded to do, browsers.
package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/interop/twin"
)

const recording = "../testdata/flask_cookie.json"

var tagged taggedjson.Codec

// Every recorded exchange, over HTTP: status, Set-Cookie to the letter, Vary,
// and what each operation returned. Flask's own lab is held to it too, so that
// what the twins agree on is what Flask does.
func TestRecordedExchanges(t *testing.T) {
	file, err := vectors.Load(recording)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("dewar", func(t *testing.T) { replay(t, file, twin.Dewar, true) })
	t.Run("flask", func(t *testing.T) { replay(t, file, twin.Flask, false) })
}

func replay(t *testing.T, file *vectors.File, start twin.Start, deviates bool) {
	dev := loadDeviations(t, "Flask")
	labs := map[string]*twin.Lab{}
	asked := 0
	for _, x := range file.Exchanges {
		ops, missing := operationsOf(x)
		if missing != "" {
			if !slices.Contains(dev.cantAsk, missing) {
				t.Errorf("%s needs %s, which docs/wire.md doesn't say can't be asked", x.Name, missing)
			}
			continue
		}
		flask := "session"
		if x.Status == 500 && !bytes.Contains(ops, []byte("panic")) {
			flask = "500"
		} else if x.Name == "vary_two_headers_collapse" {
			flask = "drops lines"
		}
		instead := ""
		if deviates {
			instead = dev.of(x.Name, flask)
		} else if x.Config["SERVER_NAME"] != nil {
			continue // not among the lab's settings
		}
		env := environment(x)
		if instead == "refuses to start" {
			if err := twin.Refuses(t, env...); err != nil {
				t.Errorf("%s: %v", x.Name, err)
			}
			continue
		}
		lab := labs[strings.Join(env, "\n")]
		if lab == nil {
			lab = start(t, env...)
			labs[strings.Join(env, "\n")] = lab
		}
		res, body := send(t, lab, x, ops)
		asked++
		switch instead {
		case "no session":
			if res.StatusCode != 200 || len(res.Header["Set-Cookie"]) > 0 {
				t.Errorf("%s: %d %v", x.Name, res.StatusCode, res.Header)
			}
			continue
		case "merges lines":
			x.Vary = nil
		}
		compare(t, x, res, body)
	}
	t.Logf("%d exchanges asked", asked)
	if asked < 80 {
		t.Errorf("only %d exchanges were asked", asked)
	}
}

// environment is how the lab is started for an exchange.
func environment(x vectors.Exchange) []string {
	env := []string{fmt.Sprint("LAB_NOW=", x.Now)}
	if len(x.SecretKey) > 0 {
		key, _ := json.Marshal(string(x.SecretKey))
		env = append(env, "SECRET_KEY="+string(key))
	}
	if len(x.Fallbacks) > 0 {
		var list []string
		for _, k := range x.Fallbacks {
			list = append(list, string(k))
		}
		text, _ := json.Marshal(list)
		env = append(env, "SECRET_KEY_FALLBACKS="+string(text))
	}
	for name, value := range x.Config {
		env = append(env, name+"="+string(value))
	}
	slices.Sort(env)
	return env
}

func send(t *testing.T, lab *twin.Lab, x vectors.Exchange, ops []byte) (*http.Response, []byte) {
	t.Helper()
	method, path, body := "POST", "/ops", ops
	if x.Request.Path != "/" {
		method, path, body = x.Request.Method, x.Request.Path, nil
	}
	r, err := http.NewRequest(method, lab.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if x.Request.CookieHeader != nil {
		r.Header.Set("Cookie", *x.Request.CookieHeader)
	}
	res, err := twin.Client.Do(r)
	if err != nil {
		t.Fatalf("%s: %v", x.Name, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v", x.Name, err)
	}
	return res, answer
}

func compare(t *testing.T, x vectors.Exchange, res *http.Response, body []byte) {
	t.Helper()
	if res.StatusCode != x.Status {
		t.Errorf("%s: status %d, want %d", x.Name, res.StatusCode, x.Status)
	}
	got := res.Header["Set-Cookie"]
	var want []string
	for _, line := range x.SetCookie {
		want = append(want, latin1(line))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: Set-Cookie\ngot  %q\nwant %q", x.Name, got, want)
	}
	if vary := res.Header["Vary"]; x.Vary != nil && !slices.Equal(vary, x.Vary) {
		t.Errorf("%s: Vary %q, want %q", x.Name, vary, x.Vary)
	}
	if res.StatusCode == 200 && x.Request.Path == "/" {
		compareResults(t, x, body)
	}
}

// latin1 gives the bytes of a header that the recording holds as Python's
// text, a character a byte.
func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func compareResults(t *testing.T, x vectors.Exchange, body []byte) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	v, err := tagged.Decode(lines[len(lines)-1])
	if err != nil {
		t.Errorf("%s: %v in %q", x.Name, err, body)
		return
	}
	results, _ := v.(map[string]any)["results"].([]any)
	var want []struct {
		Action []json.RawMessage `json:"action"`
		Result *vectors.Typed    `json:"result"`
		Raised *string           `json:"raised"`
	}
	if err := json.Unmarshal(x.Results["view"], &want); err != nil {
		t.Fatal(err)
	}
	// What streams comes after its flush, and leaves no results in the record.
	for i := range want {
		if name := string(want[i].Action[0]); name == `"stream"` || name == `"redirect"` {
			return
		}
		var expected any
		switch {
		case want[i].Raised != nil && *want[i].Raised != "":
			expected = map[string]any{"error": *want[i].Raised}
		case want[i].Result != nil:
			if expected, err = want[i].Result.Go(); err != nil {
				t.Fatal(err)
			}
			if string(want[i].Action[0]) == `"items"` {
				expected = lists(expected)
			}
		}
		if i >= len(results) || !vectors.Equal(results[i], expected) {
			t.Errorf("%s: result %d of %s: got %#v, want %#v", x.Name, i, want[i].Action, results, expected)
		}
	}
}

// lists makes lists of tuples: the lab's items are lists.
func lists(v any) any {
	out := []any{}
	items, _ := v.([]any)
	for _, item := range items {
		if tuple, ok := item.(codec.Tuple); ok {
			item = []any(tuple)
		}
		out = append(out, item)
	}
	return out
}
