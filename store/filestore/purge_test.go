//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filestore_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/filestore"
)

// Purge deletes what is over, on both sides of the folder, and nothing else.
func TestPurge(t *testing.T) {
	c := clock{time.Unix(1000, 0)}
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{Now: c.Now})
	for i := range 20 {
		create(t, s, fmt.Sprint("session:short", i), "x", time.Minute)
		create(t, s, fmt.Sprint("session:dewar-link.short", i), "x", time.Minute)
	}
	create(t, s, "session:long", "x", time.Hour)
	create(t, s, "session:dewar-link.long", "x", time.Hour)
	write(t, file(dir, "session:for ever"), []byte("\x00\x00\x00\x00x"))
	write(t, dir+"/notes.txt", []byte("\x01\x00\x00\x00x"))
	write(t, dir+".dewar/tmp/7", []byte("left by a killed writer"))
	write(t, filepath.Join(dir, countName), countOf(999))
	c.now = time.Unix(1061, 0)
	if n, err := s.Purge(t.Context()); n != 40 || err != nil {
		t.Errorf("purged %d, %v; want 40", n, err)
	}
	if n, err := s.Purge(t.Context()); n != 0 || err != nil {
		t.Errorf("purged %d, %v; want none", n, err)
	}
	want := []string{countName, hexOf("session:for ever"), hexOf("session:long"), "notes.txt"}
	if got := entries(t, dir); !sameSet(got, want) {
		t.Errorf("there are %q, want %q", got, want)
	}
	if got := entries(t, dir+".dewar/aside"); len(got) != 1 {
		t.Errorf("aside there are %q", got)
	}
	if got := entries(t, dir+".dewar/tmp"); len(got) != 0 {
		t.Errorf("half-written files are left: %q", got)
	}
	if got := read(t, filepath.Join(dir, countName)); !bytes.Equal(got, countOf(3)) {
		t.Errorf("the count is %x", got)
	}
}

func sameSet(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// countOf is cachelib's count file of a number under 256.
func countOf(n int) []byte {
	if n > 255 {
		return append(append([]byte("\x00\x00\x00\x00\x80\x05\x95\x04\x00\x00\x00\x00\x00\x00\x00M"), byte(n), byte(n>>8)), '.')
	}
	return append([]byte("\x00\x00\x00\x00\x80\x05K"), byte(n), '.')
}

// Over the threshold, first goes what is over; then what ends first, and of
// that somebody is told.
func TestThreshold(t *testing.T) {
	c, dropped := clock{time.Unix(1000, 0)}, 0
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{Now: c.Now, Threshold: 5, Dropped: func(live int) { dropped += live }})
	for i := range 3 {
		create(t, s, fmt.Sprint("short", i), "x", time.Minute)
	}
	for i := range 3 {
		create(t, s, fmt.Sprint("long", i), "x", time.Hour+time.Duration(i)*time.Minute)
	}
	c.now = time.Unix(1061, 0)
	create(t, s, "new", "x", time.Hour)
	if got := entries(t, dir); len(got) != 5 || dropped != 0 {
		t.Errorf("%d files, %d dropped; want 4 and the count, none", len(got), dropped)
	}
	for i := range 3 {
		create(t, s, fmt.Sprint("newer", i), "x", 2*time.Hour)
	}
	if dropped != 1 {
		t.Errorf("%d dropped, want 1", dropped)
	}
	absent(t, s, "long0") // it would have ended first
	holds(t, s, "long1", "x")
	if got := read(t, filepath.Join(dir, countName)); !bytes.Equal(got, countOf(6)) {
		t.Errorf("the count is %x", got)
	}
}

// A count that is wrong costs nobody a session.
func TestAWrongCountDropsNothing(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{Threshold: 5, Dropped: func(live int) { t.Errorf("%d dropped", live) }})
	for i := range 4 {
		create(t, s, fmt.Sprint(i), "x", time.Hour)
	}
	write(t, filepath.Join(dir, countName), countOf(300))
	create(t, s, "new", "x", time.Hour)
	if got := read(t, filepath.Join(dir, countName)); !bytes.Equal(got, countOf(5)) || len(entries(t, dir)) != 6 {
		t.Errorf("the count is %x, of %d files", got, len(entries(t, dir))-1)
	}
}

// Without a threshold nothing live goes, however many there are; with one and
// nobody to tell, the log is told how many, and no more.
func TestNothingIsDroppedInSilence(t *testing.T) {
	var log strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	for _, threshold := range []int{0, 2} {
		dir := t.TempDir() + "/s"
		s := open(t, dir, filestore.Options{Threshold: threshold})
		for i := range 600 - 595*min(threshold, 1) {
			create(t, s, fmt.Sprint("session:secret", i), "x", time.Hour)
		}
		if n := len(entries(t, dir)); threshold == 0 && (n != 600 || log.Len() > 0) {
			t.Errorf("%d files, want 600; %s", n, &log)
		}
	}
	if text := log.String(); strings.Count(text, "level=WARN") != 2 || !strings.Contains(text, "live=1 threshold=2") || strings.Contains(text, "secret") || strings.Contains(text, hexOf("session:secret0")) {
		t.Errorf("logged: %s", text)
	}
}

// What is listed is a name that leads back, and no id.
func TestListGivesNamesAndNoKeys(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{Threshold: 10})
	create(t, s, "session:secret", "abc", time.Hour)
	write(t, dir+"/notes.txt", []byte("\x00\x00\x00\x00x"))
	n := 0
	for l, err := range dewar.List(t.Context(), s, "session:") {
		n++
		if err != nil || l.Size != 3 || l.Left <= time.Hour-time.Minute || l.Key != "md5 "+hexOf("session:secret") || l.Key != dewar.Name(s, "session:secret") {
			t.Errorf("listed %+v, %v", l, err)
		}
		holds(t, s, l.Key, "abc")
	}
	if n != 1 || s.Name("md5 "+hexOf("x")) != "md5 "+hexOf("x") {
		t.Errorf("%d are listed", n)
	}
}

// Files of cachelib before 0.7 are read by their headers of all lengths; a touch
// writes the end of their life into the pickle, where there is room for it.
func TestHeadersOfOlderCachelib(t *testing.T) {
	const t0 = 1700000000
	at := func(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }
	for _, tt := range []struct {
		name, head string
		ends       int64 // 0: never; -1: over
		patched    bool
	}{
		{"protocol 5", "\x80\x05\x95" + at(6) + "J" + at(t0 + 60)[:4] + ".", t0 + 60, true},
		{"protocol 4", "\x80\x04\x95" + at(6) + "J" + at(t0 + 60)[:4] + ".", t0 + 60, true},
		{"from 2038 on", "\x80\x05\x95" + at(8) + "\x8a\x05" + at(1<<31 + 60)[:5] + ".", 1<<31 + 60, true},
		{"the last of 2038", "\x80\x05\x95" + at(6) + "J" + at(1<<31 - 1)[:4] + ".", 1<<31 - 1, false},
		{"never", "\x80\x05K\x00.", 0, true},
		{"of 2026, and no pickle", "\x80\x05Kj", 0x6a4b0580, true},
		{"negative", "\x80\x05\x95" + at(6) + "J\xff\xff\xff\xff.", -1, true},
		{"of today", at(t0 + 60)[:4], t0 + 60, true},
		{"cut off, and so of 1973", "\x80\x05\x95\x06\x00\x00", -1, true},
	} {
		data := "\x80\x05data" // a pickle, as in those cachelibs it always is
		if len(tt.head) == 4 {
			data = ".data"
		}
		c := clock{time.Unix(t0, 0)}
		dir := t.TempDir() + "/s"
		s := open(t, dir, filestore.Options{Now: c.Now})
		write(t, file(dir, "k"), []byte(tt.head+data))
		it, err := s.Load(t.Context(), "k")
		if tt.ends < 0 {
			if !errors.Is(err, dewar.ErrNotFound) {
				t.Errorf("%s: got %q, %v", tt.name, it.Data, err)
			}
			continue
		}
		left := time.Unix(tt.ends, 0).Sub(c.now)
		if tt.ends == 0 {
			left = 0
		}
		if err != nil || string(it.Data) != data || it.Left != left {
			t.Errorf("%s: got %q, %v left, %v; want %v left", tt.name, it.Data, it.Left, err, left)
		}
		must(t, s.Touch(t.Context(), "k", left+time.Hour))
		now := read(t, file(dir, "k"))
		if patched := len(now) == len(tt.head)+len(data); patched != tt.patched || !bytes.HasSuffix(now, []byte(data)) {
			t.Errorf("%s: after a touch the file is %s", tt.name, hex.EncodeToString(now))
		}
		if it, err = s.Load(t.Context(), "k"); err != nil || tt.ends != 0 && it.Left != left+time.Hour || string(it.Data) != data {
			t.Errorf("%s: after a touch: %q, %v left, %v", tt.name, it.Data, it.Left, err)
		}
		_, err = s.Update(t.Context(), "k", it, []byte("new"), time.Minute)
		must(t, err)
		if got, want := read(t, file(dir, "k")), binary.NativeEndian.AppendUint32(nil, t0+60); string(got) != string(want)+"new" {
			t.Errorf("%s: written anew as %x", tt.name, got)
		}
	}
}

// An older cachelib's count keeps its form.
func TestCountOfOlderCachelib(t *testing.T) {
	dir := t.TempDir() + "/s"
	s := open(t, dir, filestore.Options{})
	count := filepath.Join(dir, countName)
	write(t, count, []byte("\x80\x05K\x00.\x80\x05K\xfe."))
	for _, want := range []string{"\x80\x05K\x00.\x80\x05K\xff.", "\x80\x05K\x00.\x80\x05\x95\x04\x00\x00\x00\x00\x00\x00\x00M\x00\x01."} {
		create(t, s, "session:"+want, "x", time.Hour)
		if got := read(t, count); string(got) != want {
			t.Errorf("the count is %x, want %x", got, want)
		}
	}
	must(t, s.Delete(t.Context(), "session:\x80\x05K\x00.\x80\x05K\xff."))
	if got := read(t, count); string(got) != "\x80\x05K\x00.\x80\x05K\xff." {
		t.Errorf("the count is %x", got)
	}
}
