//go:build unix

// Package note writes down what a run of the tests issues, and what the code
// says, for the search that its parent makes. Nothing imports it but the
// variants of files that the parent makes for such a run.
package note

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"syscall"
)

// The kinds of what is issued, each a byte in the file.
const (
	id          = 'i'
	key         = 'k'
	value       = 'v'
	secret      = 's'
	KindContent = 'c'
)

// Kinds names the kinds of what is issued.
func Kinds() map[byte]string {
	return map[byte]string{id: "id", key: "store key", value: "cookie value", secret: "signing key", KindContent: "content"}
}

// The names of the two files in a run's folder.
const (
	SecretsFile = "issued"
	SaidFile    = "said"
)

// MinLen is the length in bytes under which nothing is noted: it can't be told
// from a word. Content can be more of one, the name of a type for instance.
const MinLen, minContent = 8, 12

// maxLen is how much of a long one is noted, and maxSaid of what is said: what
// gives away a long one begins with its beginning.
const maxLen, maxSaid = 4096, 32 << 10

// ID notes a session's id.
func ID(s string) { issue(id, s) }

// Key notes where a store keeps something.
func Key(s string) { issue(key, s) }

// Value notes a cookie's value.
func Value[T string | []byte](s T) { issue(value, string(s)) }

// Secrets notes the keys of a ring.
func Secrets(current []byte, old [][]byte) {
	issue(secret, string(current))
	for _, k := range old {
		issue(secret, string(k))
	}
}

// Content notes every text in what is put into a session, or into a store.
func Content(v any) { texts(reflect.ValueOf(v), 0) }

// texts notes what is text in v: strings, bytes, and those in what is made of them.
func texts(v reflect.Value, depth int) {
	if depth > 8 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		issue(KindContent, v.String())
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if v.Kind() == reflect.Slice {
				issue(KindContent, string(v.Bytes()))
			}
			return
		}
		for i := range v.Len() {
			texts(v.Index(i), depth+1)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			texts(it.Value(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), depth+1)
		}
	case reflect.Pointer, reflect.Interface:
		texts(v.Elem(), depth+1)
	}
}

// Said notes what a program prints of v, an error or an event, in the ways that
// programs do. nil says nothing. Of a type and a shape, one is noted: most are
// said thousands of times, each time with another handle.
func Said(v any) {
	if v == nil {
		return
	}
	first := fmt.Appendf(nil, "%T %+v", v, v)
	if l, ok := v.(slog.LogValuer); ok { // which may say more
		first = append(first, l.LogValue().String()...)
	}
	if !fresh(SaidFile[0], shape(first)) {
		return
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: timeless})).Info("", "said", v)
	slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: timeless})).Info("", "said", v)
	fmt.Fprintf(&b, "%v\n%+v\n", v, v)
	write(said, fmt.Appendf(nil, "== %s, %T\n%s", filepath.Base(os.Args[0]), v, b.Bytes()[:min(b.Len(), maxSaid)]))
}

// timeless leaves a line's time out, which isn't of what is said and may be what a
// test has issued.
func timeless(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// shape is a text with the length of each long word in the word's place.
func shape(text []byte) []byte {
	const long = 16
	shape, word := text[:0], 0 // shape is never longer than what has been read
	for i := 0; i <= len(text); i++ {
		if i < len(text) && inWord(text[i]) {
			word++
			continue
		}
		if word >= long {
			shape = strconv.AppendInt(shape, int64(word), 10)
		} else {
			shape = append(shape, text[i-word:i]...)
		}
		if word = 0; i < len(text) {
			shape = append(shape, text[i])
		}
	}
	return shape
}

func inWord(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '_' || c == '-'
}

// Log notes what a server has written into its log.
func Log(path string) {
	if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
		write(said, fmt.Appendf(nil, "== %s, a server's log\n%s\n", filepath.Base(os.Args[0]), text))
	}
}

// issue notes one text of a kind: the kind, the length, the text.
func issue(kind byte, s string) {
	if len(s) < MinLen || kind == KindContent && len(s) < minContent || secrets < 0 {
		return
	}
	b := append(make([]byte, 0, 5+min(len(s), maxLen)), kind, 0, 0, 0, 0)
	b = append(b, s[:min(len(s), maxLen)]...)
	binary.BigEndian.PutUint32(b[1:], uint32(len(b)-5))
	if fresh(kind, b[5:]) {
		write(secrets, b)
	}
}

// The files are opened before anything runs, and each note is one write that
// appends, so that processes may share them, be killed, and that goroutines
// meet in no lock: the race detector is to see what it sees without notes.
var secrets, said = open(SecretsFile), open(SaidFile)

func open(name string) int {
	if folder == "" {
		return -1
	}
	fd, err := syscall.Open(filepath.Join(folder, name), syscall.O_WRONLY|syscall.O_APPEND|syscall.O_CREAT|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		panic(fmt.Sprintf("notes of what is issued, %s: %v", name, err)) // without them the search means nothing
	}
	return fd
}

func write(fd int, b []byte) {
	if fd < 0 || limited() {
		return
	}
	if n, err := syscall.Write(fd, b); n != len(b) {
		panic(fmt.Sprintf("a note of what is issued: %d of %d bytes: %v", n, len(b), err))
	}
}

// limited reports whether a test has set a limit to the files that this process
// writes, to see what becomes of sessions there.
func limited() bool {
	var limit syscall.Rlimit
	return syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit) == nil && uint64(limit.Cur) < 1<<32
}

// seen are hashes of what was noted last. It is looked at without a lock, on
// purpose: what is noted twice does no harm.
var seen [1 << 16]uint64

// fresh reports whether a text hasn't just been noted.
//
//go:norace
func fresh(kind byte, text []byte) bool {
	h := fnv.New64a()
	h.Write([]byte{kind})
	h.Write(text)
	sum := h.Sum64() | 1
	place := &seen[sum>>1%uint64(len(seen))]
	if *place == sum {
		return false
	}
	*place = sum
	return true
}
