package interop

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/internal/vectors"
	"github.com/dewar-go/dewar/interop/twin"
)

// Everything that Flask-Session was recorded to do with files, in three stacks,
// over HTTP and in a folder: as TestRecordedStores, and the names, modes, ends
// and bytes of the files.
func TestRecordedFiles(t *testing.T) {
	file, err := vectors.LoadStore("../testdata/flask_session.json")
	if err != nil {
		t.Fatal(err)
	}
	dev := loadDeviations(t, "Flask-Session in files")
	cases, put := 0, 0
	for _, c := range file.Cases {
		if c.Backend != "filesystem" {
			continue
		}
		cases++
		t.Run(c.ID, func(t *testing.T) {
			r := &replayedFiles{t: t, c: c, key: file.SecretKey, dir: filepath.Join(t.TempDir(), "sessions"), ids: map[string]string{}}
			r.run(dev)
			put += r.put
		})
	}
	t.Logf("%d cases; %d files were put into the folder, as the lab can't be told their values", cases, put)
	if cases < 60 || put > 25 {
		t.Error("so many should be replayed, with so few put into the folder")
	}
	dev.unused(t)
}

// A replayedFiles is one case, on its way.
type replayedFiles struct {
	t        *testing.T
	c        vectors.StoreCase
	key, dir string
	ids      map[string]string // the recorded ones, and ours in their place
	put      int
}

func (r *replayedFiles) run(dev *deviations) {
	r.t.Helper()
	name := filepath.Base(r.c.ID)
	version := r.c.Version[:3]
	for _, step := range r.c.Steps {
		if step.AfterView == nil {
			continue // the folder as it began
		}
		env := append(storedEnvironment(&r.c, r.key, "", step.Now), "SESSION_FILE_DIR="+r.dir)
		if dev.of(name, "never ends") != "" && step.Store[1].Expires == 0 {
			dev.use(name, "never ends")
			if err := twin.Refuses(r.t, env...); err != nil {
				r.t.Error(err)
			}
			return
		}
		ops, missing := storedOperations(step, true)
		if missing != "" && step.Cookie == nil {
			r.put++
			for _, f := range step.Store {
				r.write(f)
			}
			continue
		}
		if step.Cookie != nil {
			r.spoil(name)
		}
		before := r.files()
		got := r.ask(twin.Dewar(r.t, env...), step, ops)
		if row := dev.of(name, version+" goes on under the id"); row != "" && step.Cookie != nil {
			dev.use(name, version+" goes on under the id")
			r.anotherID(step, got, before)
			continue
		}
		r.compare(dev, name, step, got)
	}
}

// spoil does to the session's file what was done to it before the recorded
// request that reads it: its name says what.
func (r *replayedFiles) spoil(name string) {
	what, n, _ := strings.Cut(name, "-")
	for file, f := range r.files() {
		path := filepath.Join(r.dir, file)
		switch {
		case file == countFile:
		case what == "expired":
			f.data[0], f.data[1], f.data[2], f.data[3] = 1, 0, 0, 0
			must(r.t, os.WriteFile(path, f.data, 0o600))
		case what == "truncated":
			size, err := strconv.ParseInt(n, 10, 64)
			must(r.t, err)
			must(r.t, os.Truncate(path, size))
		}
	}
}

const countFile = "2029240f6d1128be89ddc32729463129" // md5 of cachelib's __wz_cache_count

func (r *replayedFiles) write(f vectors.Stored) {
	must(r.t, os.MkdirAll(r.dir, 0o700))
	must(r.t, os.WriteFile(filepath.Join(r.dir, f.File), f.Bytes, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type sessionFile struct {
	data []byte
	mode os.FileMode
}

func (r *replayedFiles) files() map[string]sessionFile {
	r.t.Helper()
	files := map[string]sessionFile{}
	entries, err := os.ReadDir(r.dir)
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(r.dir, e.Name()))
		must(r.t, err)
		info, err := e.Info()
		must(r.t, err)
		files[e.Name()] = sessionFile{data, info.Mode()}
	}
	return files
}

func (r *replayedFiles) ask(lab *twin.Lab, step vectors.StoreStep, ops string) storedAnswer {
	r.t.Helper()
	var cookie *string
	if step.Cookie != nil {
		ours := r.ours(*step.Cookie)
		cookie = &ours
	}
	got, err := sendOps(lab, cookie, ops)
	must(r.t, err)
	return got
}

func (r *replayedFiles) ours(text string) string {
	for theirs, ours := range r.ids {
		text = strings.ReplaceAll(text, theirs, ours)
	}
	return text
}

var idInCookie = regexp.MustCompile(`^session=([\w-]+);`)

// learn matches the id of the recording with the one that the lab gave out.
func (r *replayedFiles) learn(recorded, got []string) {
	if len(recorded) == 0 || len(got) == 0 {
		return
	}
	theirs, ours := idInCookie.FindStringSubmatch(recorded[0]), idInCookie.FindStringSubmatch(got[0])
	if theirs != nil && ours != nil && r.ids[theirs[1]] == "" && theirs[1] != ours[1] && len(theirs[1]) == len(ours[1]) {
		r.ids[theirs[1]] = ours[1]
	}
}

func (r *replayedFiles) compare(dev *deviations, name string, step vectors.StoreStep, got storedAnswer) {
	r.t.Helper()
	r.learn(step.SetCookie, got.Header["Set-Cookie"])
	r.compareAnswer(step, got)
	files := r.files()
	names := map[string]string{} // by the recorded one
	for theirs := range r.ids {
		names[fileOf(theirs)] = fileOf(r.ids[theirs])
	}
	if strings.HasPrefix(name, "threshold") && len(files) == len(step.Store) {
		return // which of those that end in the same second is cachelib's to choose
	}
	for _, want := range step.Store {
		ours, renamed := names[want.File]
		if !renamed {
			ours = want.File
		}
		f, ok := files[ours]
		delete(files, ours)
		if !ok {
			r.t.Errorf("there is no file in the place of %s", want.File)
			continue
		}
		r.compareFile(dev, name, want, f)
	}
	if len(files) > 0 {
		r.t.Errorf("%d files too many", len(files))
	}
}

func fileOf(id string) string {
	sum := md5.Sum([]byte("session:" + id))
	return hex.EncodeToString(sum[:])
}

func (r *replayedFiles) compareAnswer(step vectors.StoreStep, got storedAnswer) {
	r.t.Helper()
	var want []string
	for _, line := range step.SetCookie {
		want = append(want, r.ours(line))
	}
	if got.StatusCode != step.Status || !slices.Equal(got.Header["Set-Cookie"], want) {
		r.t.Errorf("status %d, %q, want %d, %q", got.StatusCode, got.Header["Set-Cookie"], step.Status, want)
	}
	var vary []string
	if step.Vary != nil {
		vary = []string{*step.Vary}
	}
	if !slices.Equal(got.Header["Vary"], vary) {
		r.t.Errorf("Vary %q, want %q", got.Header["Vary"], vary)
	}
	if len(step.SetCookie) > 0 {
		for _, f := range step.Store {
			if shown, ok := shownPickle(payload(f.Bytes)); ok && f.Role == "" && f.File == fileOf(idInCookie.FindStringSubmatch(step.SetCookie[0])[1]) && got.session != shown {
				r.t.Errorf("session\ngot  %s\nwant %s", got.session, shown)
			}
		}
	}
}

// payload is what comes after the header, which before cachelib 0.7 is a pickle.
func payload(data []byte) []byte {
	if len(data) > 6 && data[0] == 0x80 && data[1] >= 4 && data[1] <= 5 {
		for i := 2; i < min(len(data), 24); i++ {
			if data[i] == '.' && i+1 < len(data) && data[i+1] == 0x80 {
				return data[i+1:]
			}
		}
	}
	return data[min(4, len(data)):]
}

// compareFile compares a file with the recorded one. Where a row says so its
// pickle is in other words; else it is the same but for the protocol's number.
func (r *replayedFiles) compareFile(dev *deviations, name string, want vectors.Stored, got sessionFile) {
	r.t.Helper()
	if fmt.Sprintf("0o%o", got.mode) != want.Mode {
		r.t.Errorf("%s has mode %v, want %s", want.File, got.mode, want.Mode)
	}
	if want.Role == "count" || len(want.Bytes) < 10 || want.Expires == 0 {
		return // filestore's own tests compare the count's bytes
	}
	if end := int64(binary.LittleEndian.Uint32(got.data)); end != want.Expires && !(want.Bytes[0] == 0x80 && string(got.data) == string(want.Bytes)) {
		r.t.Errorf("it ends at %d, want %d", end, want.Expires)
	}
	recorded, ours := payload(want.Bytes), payload(got.data)
	same := slices.Clone(recorded)
	if ours[1] == 4 {
		same[1] = 4 // pickle.HIGHEST_PROTOCOL was 5
	}
	if string(same) == string(ours) {
		return
	}
	if dev.of(name, "in its own words") == "" {
		r.t.Errorf("file\ngot  %q\nwant %q", ours, same)
		return
	}
	dev.use(name, "in its own words")
	wantText, ok := shownPickle(recorded)
	gotText, ok2 := shownPickle(ours)
	if !ok || !ok2 || wantText != gotText {
		r.t.Errorf("the file says %s, want %s", gotText, wantText)
	}
}

// anotherID: a session that is over, or can't be read, isn't gone on with under
// the id that the client came with. Its file is left alone.
func (r *replayedFiles) anotherID(step vectors.StoreStep, got storedAnswer, before map[string]sessionFile) {
	r.t.Helper()
	theirs := idInCookie.FindStringSubmatch(step.SetCookie[0])[1]
	given := idInCookie.FindStringSubmatch(got.Header.Get("Set-Cookie"))
	if given == nil || given[1] == r.ids[theirs] {
		r.t.Fatalf("the id is the old one, or none: %v", got.Header)
	}
	step.SetCookie = []string{strings.Replace(step.SetCookie[0], theirs, given[1], 1)}
	step.Store = nil
	r.compareAnswer(step, got)
	after := r.files()
	for name, f := range before {
		if name != countFile && string(after[name].data) != string(f.data) {
			r.t.Errorf("%s was changed", name)
		}
	}
	entries, err := pickle.Codec{}.Split(payload(after[fileOf(given[1])].data))
	if err != nil || len(entries) != 1 || entries[0].Key != "_permanent" || len(after) != len(before)+1 {
		r.t.Errorf("%d entries, %v, %d files", len(entries), err, len(after))
	}
}
