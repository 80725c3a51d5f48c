package dewar_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/signing"
)

// What a client can send by hand costs little and changes nothing: no panic,
// no error page, no cookie, no word of it in a log, and memory within bounds
// that have nothing to do with what it claims to be.
func TestHostileCookies(t *testing.T) {
	var log bytes.Buffer
	defer captureSlog(&log)()

	keys := ring(t, secret)
	seal := func(payload string) string {
		return string(signing.NewURLSafe(keys, signing.Options{Salt: "cookie-session"}).Seal(nil, []byte(payload), time.Now()))
	}
	const marker = "HostileMarker"
	valid := seal(`{"a":1}`)
	for name, header := range map[string][]string{
		"3,000 cookies":              {strings.Repeat("s="+marker+".x.y; ", 3000)},
		"3,000 lines":                repeat("s="+marker, 3000),
		"3,000 other cookies":        {strings.Repeat(marker+"=1; ", 3000)},
		"1 MiB in one value":         {"s=" + strings.Repeat(marker, 1<<20/len(marker))},
		"1 MiB of dots":              {"s=" + strings.Repeat(".", 1<<20)},
		"1 MiB of semicolons":        {strings.Repeat(";", 1<<20)},
		"1 MiB of quotes":            {`s="` + strings.Repeat(`\"`, 1<<19) + `"`},
		"1 MiB before a signature":   {"s=" + strings.Repeat("A", 1<<20) + valid[strings.IndexByte(valid, '.'):]},
		"inflates without end":       {"s=" + seal(`{"a":"`+strings.Repeat("a", 8<<20)+`"}`)},
		"a million brackets":         {"s=" + seal(strings.Repeat("[", 100_000))},
		"a million objects":          {"s=" + seal(`{"a":`+strings.Repeat(`{"a":`, 50_000))},
		"a number of 200,000 digits": {"s=" + seal(`{"a":`+strings.Repeat("1", 200_000)+`}`)},
		"control characters":         {"s=\x00\x01\x02" + marker + "\x1b[31m.\r\n.x"},
		"not UTF-8":                  {"s=\xff\xfe" + marker + ".\x80.\xc0"},
		"signed, not UTF-8":          {"s=" + seal("{\"a\":\"\xff"+marker+"\"}")},
		"signed, no JSON":            {"s=" + seal(marker)},
		"signed, a list":             {"s=" + seal(`["`+marker+`"]`)},
		"signed, a bad tag":          {"s=" + seal(`{"`+marker+`":{" u":"`+marker+`"}}`)},
		"an unclosed quote":          {`s="` + marker},
		"a name and nothing":         {"s"},
		"format verbs":               {"s=%s%n%x%!(EXTRA)"},
	} {
		for _, rules := range []dewar.Rules{dewar.Native, dewar.Flask} {
			m := manager(t, func(o *dewar.Options) {
				o.Backend, o.Rules, o.Cookie.Name, o.Observer = dewar.Cookies(keys).Backend, rules, "s", dewar.Patient(nil)
			})
			r := httptest.NewRequest("GET", "http://localhost/", nil)
			r.Header["Cookie"] = header
			w := httptest.NewRecorder()
			h := m.Wrap(view(func(s *dewar.Session) {
				if s.Len() != 0 {
					t.Errorf("%s: a session of %d values", name, s.Len())
				}
			}))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			h.ServeHTTP(w, r)
			runtime.ReadMemStats(&after)
			if w.Code != http.StatusOK || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s: %d %v", name, w.Code, w.Header())
			}
			if spent := after.TotalAlloc - before.TotalAlloc; spent > 4<<20 {
				t.Errorf("%s: %d bytes allocated", name, spent)
			}
		}
	}
	if strings.Contains(log.String(), marker) {
		t.Errorf("the log holds what a client sent: %s", log.String())
	}
}

func repeat(s string, n int) (lines []string) {
	for range n {
		lines = append(lines, s)
	}
	return lines
}
