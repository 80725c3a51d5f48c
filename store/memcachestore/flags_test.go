package memcachestore_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/memcachestore"
)

var setLine = regexp.MustCompile(`(?s)^set (\S+) (\d+) (-?\d+) (\d+)(?: noreply)?\r\n(.*)\r\n$`)

// Every item that a recorded Flask-Session wrote, with pylibmc, pymemcache and
// through cachelib, is read as its bytes, its flags and its life were; and what
// Dewar writes in its place has the same flags.
func TestRecordedItems(t *testing.T) {
	text, err := os.ReadFile("../../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			ID    string
			Steps []struct {
				Now  int64
				Wire []struct{ Dir, B64 string }
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	addr, n := realserver.Memcached(t).Addr, map[string]int{}
	for _, c := range file.Cases {
		for i, step := range c.Steps {
			for _, w := range step.Wire {
				sent, err := base64.StdEncoding.DecodeString(w.B64)
				if err != nil {
					t.Fatal(err)
				}
				set := setLine.FindStringSubmatch(string(sent))
				if size := 0; w.Dir != ">" || set == nil || set[3] == "0" && strings.Contains(c.ID, "lifetime-0") || strings.HasPrefix(set[3], "-") {
					continue
				} else if size, _ = strconv.Atoi(set[4]); size != len(set[5]) {
					continue // the recording was cut
				}
				cachelib := strings.Contains(c.ID, "cachelib")
				n[strings.Join(strings.SplitN(c.ID, "/", 3)[:2], "/")]++
				st := open(t, memcachestore.Options{Pickled: cachelib}, addr)
				if got := say(t, addr, strings.TrimSuffix(strings.Replace(string(sent), " noreply", "", 1), "\r\n")); got != "STORED" {
					t.Fatalf("%s, step %d: %q", c.ID, i, got)
				}
				item, err := st.Load(t.Context(), set[1])
				if errors.Is(err, dewar.ErrNotFound) && over(set[3], step.Now) {
					continue // its end was a date, and that is over by now
				}
				if err != nil || string(item.Data) != set[5] {
					t.Errorf("%s, step %d: read %d bytes, want %d (%v)", c.ID, i, len(item.Data), len(set[5]), err)
					continue
				}
				if _, err := st.Update(t.Context(), set[1], item, []byte("new"), 3600e9); err != nil {
					t.Errorf("%s, step %d: %v", c.ID, i, err)
				}
				if got, want := say(t, addr, "mg "+set[1]+" f v"), fmt.Sprintf("VA 3 f%s new", set[2]); got != want {
					t.Errorf("%s, step %d: wrote %q, want %q", c.ID, i, got, want)
				}
			}
		}
	}
	for _, kind := range []string{"0.3.2/memcached", "0.8.0/memcached", "0.8.0/cachelib-memcached"} {
		if n[kind] < 5 {
			t.Errorf("%s: %d items", kind, n[kind])
		}
	}
}

// over reports whether an end that was recorded is a date that is past.
func over(exptime string, recorded int64) bool {
	secs, _ := strconv.ParseInt(exptime, 10, 64)
	return secs > recorded
}

// What a client compressed is inflated. Numbers, and what else isn't bytes, is
// undecodable, left as it is, and may be deleted.
func TestFlags(t *testing.T) {
	addr := realserver.Memcached(t).Addr
	st := open(t, memcachestore.Options{}, addr)
	var deflated bytes.Buffer
	w := zlib.NewWriter(&deflated)
	_, _ = w.Write([]byte(secret))
	_ = w.Close()
	var bomb bytes.Buffer
	w = zlib.NewWriter(&bomb)
	_, _ = w.Write(make([]byte, 9<<20))
	_ = w.Close()
	for _, row := range []struct {
		flags int
		value string
		want  string // "": undecodable
	}{
		{0, secret, secret},
		{1, secret, secret},
		{16, secret, secret},
		{8, deflated.String(), secret},
		{9, deflated.String(), secret},
		{24, deflated.String(), secret},
		{8, secret, ""},
		{8, deflated.String()[:deflated.Len()-3], ""},
		{8, bomb.String(), ""},
		{2, "42", ""},
		{4, "42", ""},
		{3, "42", ""},
		{32, secret, ""},
		{1 << 31, secret, ""},
	} {
		say(t, addr, fmt.Sprintf("set %s %d 100 %d\r\n%s", key, row.flags, len(row.value), row.value))
		item, err := st.Load(t.Context(), key)
		if row.want != "" && (err != nil || string(item.Data) != row.want) || row.want == "" && !errors.Is(err, dewar.ErrUndecodable) {
			t.Errorf("flags %d: got %q, %v", row.flags, item.Data, err)
		}
		quotesNothing(t, "flags", err)
		if _, err := st.Create(t.Context(), key, nil, 3600e9); !errors.Is(err, dewar.ErrExists) {
			t.Errorf("flags %d: Create: %v", row.flags, err)
		}
	}
}
