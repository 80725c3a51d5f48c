package cli_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/seeded"
	"github.com/dewar-go/dewar/signing"
)

// goodValue is good under goodEnv in the second 1700000000.
const goodValue = "eyJuIjoxLCJ1c2VyIjoiYWRhIn0.ZVPxAA.jJ6V7zjXGmlUzAUTZYBoRUywpH4"

var goodEnv = map[string]string{"SECRET_KEY": "dev-secret-key"}

// sentences are all that may stand on stderr when a value is refused: texts of
// ours and numbers, so nothing of the value can.
var sentences = regexp.MustCompile(`^(` + strings.Join([]string{
	`signature \(changed, cut, or signed with another key, salt, digest or derivation\)`,
	`expired \(signed \d+ seconds? ago, and \d+ is the limit\)`,
	`future \(signed \d+ seconds? from now\)`,
	`malformed \(not the shape of a signed value\)`,
	`payload \(rightly signed, but not base64, or not what zlib writes\)`,
	`payload \(not the JSON of a session: taggedjson: byte \d+: codec: malformed data\)`,
	`payload \(a session that can be read but not written: codec: a value of type [a-zA-Z.{}\[\] ]+ can't be part of a session: [a-zA-Z0-9,' ]+\)`,
	`payload \(too deeply nested, or too many values or digits: taggedjson: byte \d+: codec: limit exceeded\)`,
	`too-large \(over 65536 bytes, or over 262144 inflated\)`,
	`too-large \(over 1048576 bytes on stdin\)`,
	`dewar cookie (decode|verify): (there is no such flag; a VALUE that begins with a dash goes after --` +
		`|one VALUE is needed, or - to read it from stdin)\n` +
		`Usage: dewar cookie (decode|verify) VALUE\|- \[flags\]\nSee dewar cookie (decode|verify) --help`,
}, "|") + `)\n$`)

// check gives a value to the command in one of the ways that there are. It may
// be refused or, if signed says that it is rightly signed, taken.
func check(t *testing.T, value string, way int, signed bool) {
	t.Helper()
	var got outcome
	now := []string{"--now", "1700000000"}
	switch way % 4 {
	case 0:
		got = run(t, goodEnv, "", slices.Concat([]string{"cookie", "decode"}, now, []string{"--", value})...)
	case 1:
		got = run(t, goodEnv, value, slices.Concat([]string{"cookie", "decode", "--info"}, now, []string{"-"})...)
	case 2:
		got = run(t, goodEnv, "", slices.Concat([]string{"cookie", "verify"}, now, []string{"--", value})...)
	case 3:
		if strings.HasPrefix(value, "-") && value != "-" {
			value = "-~" + value // a flag, but surely none that there is, as -h is
		}
		got = run(t, goodEnv, value, slices.Concat([]string{"cookie", "verify"}, now, []string{value})...)
	}
	if got.code == 0 && signed {
		if got.stderr != "" {
			t.Errorf("%.200q: taken, with %q on stderr", value, got.stderr)
		}
		return
	}
	if got.code != 1 && got.code != 2 {
		t.Errorf("%.200q: got exit code %d", value, got.code)
	}
	if got.stdout != "" {
		t.Errorf("%.200q: refused, with %q on stdout", value, got.stdout)
	}
	if !sentences.MatchString(got.stderr) {
		t.Errorf("%.200q: got %q on stderr", value, got.stderr)
	}
}

// Whatever the value, the answer is an exit code and a sentence of ours.
func TestGarbage(t *testing.T) {
	rnd := seeded.Rand(t)
	for i := range 2000 {
		check(t, garbage(rnd), i, false)
	}
}

// garbage returns control characters, base64 and dots, bytes of all kinds, the
// good value with a piece of garbage in it, each short, and now and then very
// long.
func garbage(rnd *rand.Rand) string {
	n := rnd.IntN(80)
	if rnd.IntN(50) == 0 {
		n = rnd.IntN(100_000)
	}
	b := make([]byte, n)
	alphabet := [...]string{
		"\x00\x01\t\n\r\x1b\x7f ",
		"ABCXYZabcxyz019-_.=",
		"-",
		"",
	}[rnd.IntN(4)]
	for i := range b {
		if alphabet == "" {
			b[i] = byte(rnd.Uint32())
		} else {
			b[i] = alphabet[rnd.IntN(len(alphabet))]
		}
	}
	if rnd.IntN(4) > 0 || strings.Trim(string(b), "\r\n") == "" {
		return string(b)
	}
	at := rnd.IntN(len(goodValue)-1) + 1
	return goodValue[:at] + string(b) + goodValue[at:]
}

// The same for payloads that somebody with the key signed, and for any value
// at all.
func FuzzValue(f *testing.F) {
	ring, err := signing.NewRing(signing.Keys{Current: []byte(goodEnv["SECRET_KEY"]), AllowShort: true})
	if err != nil {
		f.Fatal(err)
	}
	sealer := signing.NewURLSafe(ring, signing.Options{Salt: "cookie-session"})
	for _, payload := range []string{
		``, `{}`, `null`, `[1,2]`, `"x"`, `{"v":{" d":"x"}}`, `{"v":{" b":"="}}`, `{"v":{" u":1}}`, `{"v":1e999}`,
		`{"v":"\ud800"}`, `{" di":{" t__":1}}`, `{" t":[]}`, "{\"v\":\"\xff\"}", `{"v":` + strings.Repeat("[", 600),
		`{"v":` + strings.Repeat("[", 400) + strings.Repeat("]", 400) + `}`, `{"v":{" d":"Fri, 31 Dec 9999 23:59:59 -0100"}}`,
		goodValue, "-", "--", "\x00",
	} {
		f.Add(payload, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, way uint8) {
		if strings.Trim(text, "\r\n") != goodValue {
			check(t, text, int(way), false)
		}
		sealed := sealer.Seal(nil, []byte(text), time.Unix(1700000000, 0))
		check(t, string(sealed), int(way), true)
	})
}
