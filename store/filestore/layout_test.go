//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// A recording is what real Flask-Session did to a folder.
type recording struct {
	Cases []struct {
		ID      string `json:"id"`
		Backend string `json:"backend"`
		Config  struct {
			Mode      fs.FileMode `json:"SESSION_FILE_MODE"`
			Threshold int         `json:"SESSION_FILE_THRESHOLD"`
		} `json:"config"`
		Steps []struct {
			Now       int64    `json:"now"`
			OneSecond bool     `json:"one_second"`
			SetCookie []string `json:"set_cookie"`
			Store     []struct {
				File    string `json:"file"`
				Mode    string `json:"mode"`
				Bytes   []byte `json:"bytes_b64"`
				Expires *int64 `json:"expires"`
				Role    string `json:"role"`
			} `json:"store"`
		} `json:"steps"`
	} `json:"cases"`
}

func recorded(t *testing.T) (r recording) {
	t.Helper()
	b, err := os.ReadFile("../../testdata/flask_session.json")
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A clock stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// headLen is the length of a header of cachelib 0.6; 4 otherwise.
func headLen(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\x80\x05K\x00.")):
		return 5
	case bytes.HasPrefix(b, []byte("\x80\x05\x95\x06")):
		return 17
	}
	return 4
}

// Every file that Flask-Session was recorded to write is read, to the byte and
// to the second, under the key that its visitor's cookie gives; and what we
// write in its place, with its data and its life, is the same file with the same
// rights. Files of cachelib 0.6 come out in the later form.
func TestRecordedFiles(t *testing.T) {
	n, seen := 0, map[string]bool{}
	for _, c := range recorded(t).Cases {
		if c.Backend != "filesystem" {
			continue
		}
		keys := map[string]string{} // by file
		for _, step := range c.Steps {
			for _, cookie := range step.SetCookie {
				sid, _, _ := strings.Cut(strings.TrimPrefix(cookie, "session="), ";")
				keys[hexOf("session:"+sid)] = "session:" + sid
			}
			for _, f := range step.Store {
				if f.Role != "" || f.Expires == nil || step.Now == 0 || *f.Expires == 0 || *f.Expires <= step.Now {
					continue
				}
				if what := f.File + f.Mode + string(f.Bytes); seen[what] {
					continue // as the step before left it
				} else {
					seen[what] = true
				}
				n++
				key, ok := keys[f.File]
				if !ok {
					t.Fatalf("%s: a file that no cookie leads to", c.ID)
				}
				dir, o := t.TempDir()+"/s", filestore.Options{Mode: c.Config.Mode, Now: (&clock{time.Unix(step.Now, 0)}).Now}
				s := open(t, dir, o)
				write(t, filepath.Join(dir, f.File), f.Bytes)
				item, err := s.Load(t.Context(), key)
				life := time.Duration(*f.Expires-step.Now) * time.Second
				if data := f.Bytes[headLen(f.Bytes):]; err != nil || !bytes.Equal(item.Data, data) || item.Left != life {
					t.Errorf("%s: load: got %x, %v left, %v", c.ID, item.Data, item.Left, err)
				}
				if err := s.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
				if _, err := s.Create(t.Context(), key, item.Data, life); err != nil {
					t.Error(err)
				}
				want := append(binary.NativeEndian.AppendUint32(nil, uint32(*f.Expires)), item.Data...)
				info, err := os.Stat(filepath.Join(dir, f.File))
				if err != nil || fmt.Sprintf("0o%o", info.Mode().Perm()) != f.Mode || !bytes.Equal(read(t, filepath.Join(dir, f.File)), want) {
					t.Errorf("%s: the file that we write is another: %v", c.ID, err)
				}
				if headLen(f.Bytes) == 4 && !bytes.Equal(want, f.Bytes) {
					t.Errorf("%s: the recorded file isn't what the test takes it for", c.ID)
				}
			}
		}
	}
	if n < 60 {
		t.Errorf("%d files were compared", n)
	}
}

// With a threshold as many files stay as with cachelib, and its count is the
// same to the byte.
func TestRecordedThreshold(t *testing.T) {
	n := 0
	for _, c := range recorded(t).Cases {
		if c.Backend != "filesystem" || !strings.HasSuffix(c.ID, "/threshold-3") {
			continue
		}
		n++
		now, dropped := clock{time.Unix(1, 0)}, 0
		dir := t.TempDir() + "/s"
		s := open(t, dir, filestore.Options{Threshold: c.Config.Threshold, Now: now.Now, Dropped: func(live int) { dropped += live }})
		for i, step := range c.Steps {
			if i > 0 {
				now.now = time.Unix(step.Now, 0)
				create(t, s, fmt.Sprint("session:", i), "data", 31*24*time.Hour)
			}
			if files := entries(t, dir); len(files) != len(step.Store) {
				t.Errorf("%s, step %d: %d files, want %d", c.ID, i, len(files), len(step.Store))
			}
			for _, f := range step.Store {
				if got := read(t, filepath.Join(dir, countName)); f.Role == "count" && !bytes.Equal(got, f.Bytes) {
					t.Errorf("%s, step %d: the count is %x, want %x", c.ID, i, got, f.Bytes)
				}
			}
		}
		if dropped != 2 {
			t.Errorf("%s: told of %d sessions, want 2", c.ID, dropped)
		}
	}
	if n != 3 {
		t.Errorf("%d cases, want 3", n)
	}
}

func TestLivesAreWholeSecondsRoundedUp(t *testing.T) {
	c := clock{time.Unix(1000, 1)}
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{Now: c.Now})
	for _, tt := range []struct {
		life time.Duration
		want uint32
	}{{1, 1001}, {time.Second - 1, 1001}, {time.Second, 1002}, {10 * time.Second, 1011}, {(1<<32-1-1000)*time.Second - 1, 1<<32 - 1}} {
		create(t, s, "k", "x", tt.life)
		if got := binary.NativeEndian.Uint32(read(t, file(dir, "k"))); got != tt.want {
			t.Errorf("%v: ends at %d, want %d", tt.life, got, tt.want)
		}
		if err := s.Delete(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
	}
	// To the very second, as in cachelib, and not a moment longer.
	create(t, s, "k", "x", time.Second)
	for at, want := range map[time.Time]error{time.Unix(1002, 0): nil, time.Unix(1002, 1): dewar.ErrNotFound} {
		c.now = at
		if _, err := s.Load(t.Context(), "k"); !errors.Is(err, want) {
			t.Errorf("at %v: got %v, want %v", at.UnixNano(), err, want)
		}
	}
}

// No life is shortened in silence, and 0, which is for ever, is never written.
func TestLivesThatFourBytesCantHold(t *testing.T) {
	c := clock{time.Unix(1<<32-10, 0)}
	s := open(t, t.TempDir()+"/s", filestore.Options{Now: c.Now})
	it := create(t, s, "k", "x", 9*time.Second)
	for _, life := range []time.Duration{0, -1, 10 * time.Second, 290 * 365 * 24 * time.Hour, 1<<63 - 1} {
		_, err1 := s.Create(t.Context(), "free", nil, life)
		_, err2 := s.Update(t.Context(), "k", it, nil, life)
		err3 := s.Touch(t.Context(), "k", life)
		for verb, err := range map[string]error{"create": err1, "update": err2, "touch": err3} {
			if !errors.Is(err, filestore.ErrLife) {
				t.Errorf("%s with a life of %v: got %v, want ErrLife", verb, life, err)
			}
		}
	}
	holds(t, s, "k", "x")
}

func hexOf(key string) string {
	sum := md5.Sum([]byte(key))
	return hex.EncodeToString(sum[:])
}
