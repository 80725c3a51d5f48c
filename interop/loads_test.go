package interop

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/interop/twin"
)

// Every recorded cookie, sent to the lab: the session it leads to, or none.
// Nothing is an error page, and no bad cookie is answered with another.
// (Other salts, digests and derivations: package signing.)
func TestRecordedCookies(t *testing.T) {
	file, err := vectors.Load(recording)
	if err != nil {
		t.Fatal(err)
	}
	dev := loadDeviations(t, "Flask")
	labs := map[string]*twin.Lab{}
	asked := 0
	for _, c := range file.Cases {
		if c.Salt != "cookie-session" || c.Digest != "sha1" || c.KeyDerivation != "hmac" || c.CustomTag != "" {
			continue
		}
		now, maxAge, outcome, value := c.Now, c.MaxAge, c.Outcome, c.Value
		if c.Kind == "roundtrip" {
			now, maxAge, outcome, value = c.Load.Now, c.Load.MaxAge, c.Load.Outcome, c.Loaded
		}
		flask := map[string]string{"ok": "session", "error": "500", "none": "no session", "reject": "no session"}[outcome]
		instead := dev.of(c.Name, flask)
		env := loadEnvironment(c, now, maxAge)
		if instead == "refuses to start" {
			if err := twin.Refuses(t, env...); err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
			dev.use(c.Name, flask)
			continue
		}
		lab := labs[strings.Join(env, "\n")]
		if lab == nil {
			lab = twin.Dewar(t, env...)
			labs[strings.Join(env, "\n")] = lab
		}
		want := "{}"
		if flask == "session" {
			want = textOf(t, c.Name, value)
		}
		got, res := look(t, lab, header(t, c))
		asked++
		if res.StatusCode != 200 {
			t.Errorf("%s: status %d", c.Name, res.StatusCode)
			continue
		}
		if got == want && flask != "500" {
			continue // as Flask
		}
		dev.use(c.Name, flask)
		switch {
		case instead == "no session" && got == "{}" && res.Header.Get("Set-Cookie") == "":
		case instead == "session" && got != "{}":
		default:
			t.Errorf("%s: Flask: %s; docs/wire.md: %q\ngot  %.200s\nwant %.200s", c.Name, flask, instead, got, want)
		}
	}
	t.Logf("%d cookies asked", asked)
	for _, x := range file.Exchanges { // what the exchanges need of the table
		dev.use(x.Name, "500")
		dev.use(x.Name, "drops lines")
	}
	for _, row := range dev.rows {
		if !row.used && row.pattern != "vary_two_headers_collapse" { // recorded, not in this file
			t.Errorf("docs/wire.md: no recorded case needs %q", row.pattern)
		}
	}
}

func loadEnvironment(c vectors.Case, now, maxAge int64) []string {
	secret, _ := json.Marshal(string(c.SecretKey))
	env := []string{fmt.Sprint("LAB_NOW=", now), fmt.Sprint("PERMANENT_SESSION_LIFETIME=", maxAge), "SECRET_KEY=" + string(secret), "SESSION_REFRESH_EACH_REQUEST=false"}
	if slices.ContainsFunc(c.SecretKey, func(b byte) bool { return b >= 0x80 }) {
		env[2] = "SECRET_KEY=" + string(c.SecretKey) // JSON would replace what isn't UTF-8
	}
	var fallbacks []string
	for _, k := range c.Fallbacks {
		fallbacks = append(fallbacks, string(k))
	}
	if c.FallbacksString != "" {
		env = append(env, "SECRET_KEY_FALLBACKS="+c.FallbacksString)
	} else if len(fallbacks) > 0 {
		text, _ := json.Marshal(fallbacks)
		env = append(env, "SECRET_KEY_FALLBACKS="+string(text))
	}
	return env
}

// header gives the Cookie header of a case.
func header(t *testing.T, c vectors.Case) string {
	t.Helper()
	switch {
	case c.CookieHeaderHex != "":
		b, err := hex.DecodeString(c.CookieHeaderHex)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	case c.CookieHeader != "":
		return c.CookieHeader
	}
	return "session=" + c.Cookie
}

// textOf gives a recorded session as the lab prints it.
func textOf(t *testing.T, name string, v vectors.Typed) string {
	t.Helper()
	if v.Type == "" {
		return "{}"
	}
	session, err := v.Go()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	text, err := taggedjson.Marshal(session.(map[string]any))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(text)
}

// look gives the session that a Cookie header leads to.
func look(t *testing.T, lab *twin.Lab, cookies string) (session string, res *http.Response) {
	t.Helper()
	r, err := http.NewRequest("POST", lab.URL+"/ops", strings.NewReader("[]"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Cookie"] = []string{cookies}
	res, err = twin.Client.Do(r)
	line, _, err := answerOf(res, err)
	if err != nil {
		t.Fatal(err)
	}
	session = strings.TrimSuffix(strings.TrimPrefix(line, `{"results":[],"session":`), "}")
	return session, res
}
