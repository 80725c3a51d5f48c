package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/vectors"
)

// refused names the vectors that Flask takes and dewar doesn't, with the reason
// it gives. Each has a policy in the file that leaves it to us, and none of
// them is anything that Flask writes.
var refused = map[string]string{
	"signature_last_char_low_bits_1": "signature",
	"signature_last_char_low_bits_2": "signature",
	"signature_last_char_low_bits_3": "signature",
	"signature_padded":               "signature",
	"signature_padded_junk_after":    "signature",
	"signature_inner_junk":           "signature",
	"signature_std_alphabet":         "signature",
	"payload_padded":                 "payload",
	"payload_std_alphabet":           "payload",
	"payload_list_of_pairs":          "payload",
	"zip_bomb_4mib":                  "too-large",
}

// unusable names the vectors whose keys Flask takes: a misuse here.
var unusable = map[string]bool{
	"fallback_given_as_string": true,
	"fallback_empty_string":    true,
}

// respelled holds what a session is printed as where that isn't what Flask
// printed when it wrote it.
var respelled = map[string]string{
	// A custom tag of the application. It isn't known here, so what it marks is
	// an ordinary dict, and one that looks like it needs no escape.
	"custom_tag_escape": `{"v":{" od":1}}`,
	// An application that prints raw UTF-8.
	"json_utf8_provider": `{"s":"caf\u00e9 \ud83d\ude00"}`,
	// Flask reads years of two digits as years near to ours.
	"datetime_y0068_corrupts": `{"d":{" d":"Sun, 01 Jan 2068 00:00:00 GMT"}}`,
	"datetime_y0001_corrupts": `{"d":{" d":"Mon, 01 Jan 2001 00:00:00 GMT"}}`,
	// Python sorts keys that are numbers as numbers, but they come back as texts.
	"key_int":          `{"d":{"1":"a","10":"b","9":"c"}}`,
	"key_int_toplevel": `{"10":"j","2":"b"}`,
	"key_numeric_mix":  `{"d":{"1.5":"f","2":"i","true":"b"}}`,
}

func cases(t *testing.T, kind string) []vectors.Case {
	t.Helper()
	file, err := vectors.Load("../../../../testdata/flask_cookie.json")
	if err != nil {
		t.Fatal(err)
	}
	var found []vectors.Case
	for _, c := range file.Cases {
		if c.Kind == kind {
			found = append(found, c)
		}
	}
	if len(found) < 100 {
		t.Fatalf("%d %s vectors: the file isn't what it was", len(found), kind)
	}
	return found
}

// flags returns the environment and the flags for the keys and the scheme of c.
func flags(t *testing.T, c vectors.Case, now int64) (env map[string]string, args []string) {
	t.Helper()
	env = map[string]string{"SECRET_KEY": string(c.SecretKey), "SECRET_KEY_FALLBACKS": c.FallbacksString}
	args = []string{"--now", strconv.FormatInt(now, 10), "--salt", c.Salt, "--digest", c.Digest, "--derivation", c.KeyDerivation}
	dir := t.TempDir()
	for i, key := range c.Fallbacks {
		path := filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(path, key, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--fallback-key-file", path)
	}
	return env, args
}

func decode(t *testing.T, c vectors.Case, value string, now, maxAge int64) outcome {
	t.Helper()
	env, args := flags(t, c, now)
	args = append([]string{"cookie", "decode", "--max-age", strconv.FormatInt(maxAge, 10)}, args...)
	return run(t, env, "", append(args, "--", value)...)
}

// text returns a typed session of the file as Flask prints it.
func text(t *testing.T, session vectors.Typed) string {
	t.Helper()
	v, err := session.Go()
	if err != nil {
		t.Fatal(err)
	}
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("a session of type %T", v)
	}
	b, err := taggedjson.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDecodeWhatFlaskWrote(t *testing.T) {
	for _, c := range cases(t, "roundtrip") {
		t.Run(c.Name, func(t *testing.T) {
			want, ok := respelled[c.Name]
			if !ok {
				want = c.JSON
			}
			got := decode(t, c, c.Cookie, c.Load.Now, c.Load.MaxAge)
			if got.code != 0 || got.stdout != want+"\n" || got.stderr != "" {
				t.Errorf("got %d, %q, %q, want %q", got.code, got.stdout, got.stderr, want)
			}
			if c.CustomTag == "" && text(t, c.Loaded) != want {
				t.Errorf("Flask loads %s, which isn't %s", text(t, c.Loaded), want)
			}
		})
	}
}

func TestEncodeAsFlaskDoes(t *testing.T) {
	for _, c := range cases(t, "roundtrip") {
		t.Run(c.Name, func(t *testing.T) {
			env, args := flags(t, c, c.Timestamp)
			got := run(t, env, c.JSON+"\n", append([]string{"cookie", "encode"}, args...)...)
			if want, ok := respelled[c.Name]; ok { // another text, so another cookie
				back := decode(t, c, strings.TrimSpace(got.stdout), c.Load.Now, c.Load.MaxAge)
				if back.code != 0 || back.stdout != want+"\n" {
					t.Errorf("got %d, %q, which holds %q, %q, want %q", got.code, got.stdout, back.stdout, back.stderr, want)
				}
				return
			}
			if got.code != 0 || got.stdout != c.Cookie+"\n" || got.stderr != "" {
				t.Errorf("got %d, %q, %q, want %q", got.code, got.stdout, got.stderr, c.Cookie)
			}
		})
	}
}

func TestDecodeWhatFlaskLoads(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cases(t, "load") {
		value := c.Cookie
		if value == "" {
			if c.ParsedCookie == nil {
				continue // Flask found no cookie of that name in the header: nothing to decode
			}
			value = *c.ParsedCookie
		}
		seen[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			got := decode(t, c, value, c.Now, c.MaxAge)
			if err := judge(t, c, got); err != nil {
				t.Errorf("%v; it left %d, %q, %q", err, got.code, got.stdout, got.stderr)
			}
		})
	}
	for name := range refused {
		if !seen[name] {
			t.Errorf("no vector is named %s", name)
		}
	}
	for name := range unusable {
		if !seen[name] {
			t.Errorf("no vector is named %s", name)
		}
	}
}

// judge compares what decode left with what Flask did with the same cookie.
func judge(t *testing.T, c vectors.Case, got outcome) error {
	t.Helper()
	reason, ours := refused[c.Name]
	switch {
	case unusable[c.Name]:
		if got.code != 2 || got.stdout != "" {
			return fmt.Errorf("the keys should be a misuse")
		}
	case got.code == 2:
		return fmt.Errorf("a misuse")
	case ours:
		if c.Outcome != "ok" || c.Policy == "" {
			return fmt.Errorf("Flask refuses it too, or no policy lets us refuse it")
		}
		if got.code != 1 || got.reason() != reason || got.stdout != "" {
			return fmt.Errorf("want %s", reason)
		}
	case c.Outcome == "ok":
		if want := text(t, c.Value); got.code != 0 || got.stdout != want+"\n" || got.stderr != "" {
			return fmt.Errorf("want %s", want)
		}
	default:
		if got.code != 1 || got.stdout != "" {
			return fmt.Errorf("Flask has %s (%s), so it should be refused", c.Outcome, c.Exception)
		}
		if !why(c, got.reason()) {
			return fmt.Errorf("Flask has %s (%s), which is another reason", c.Outcome, c.Exception)
		}
	}
	return nil
}

// why says whether the reason is the one that Flask refused c for.
func why(c vectors.Case, reason string) bool {
	switch c.Exception {
	case "": // an empty cookie, which Flask doesn't look at
		return reason == "malformed"
	case "SignatureExpired":
		return reason == "expired" || reason == "future"
	case "BadSignature", "BadTimeSignature":
		return reason == "signature" || reason == "malformed"
	case "BadPayload", "ValueError", "TypeError":
		return reason == "payload"
	}
	return false
}
