//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"index/suffixarray"
	"maps"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/issued/note"
)

// A secret is found where this many bytes of it, one after the other, stand in
// a line; all of it, if it is shorter. In hex, and as a list of bytes, it is
// twice as many.
const enough = 16

// A said line is what is searched.
type said struct {
	place string // its file and line
	who   string // said it
	text  string
	name  bool // it gives a test's name, which may hold content; nothing else may stand there either
}

// A finding is a line that holds something issued. It doesn't say what, but of
// which kind.
type finding struct {
	said
	kind byte
}

// A search is for secrets in lines, each of which it keeps once.
type search struct {
	lines  []said
	starts []int // of the lines in text
	text   []byte
	index  *suffixarray.Index
	some   []uint64 // a bit for each block's hash
	shift  int      // that hashes are cut by
	found  map[finding]bool
}

// block is the length of what is looked up: a run of enough bytes has one whole
// block, wherever it begins.
const block = note.MinLen

func newSearch(lines []said) *search {
	s := &search{found: map[finding]bool{}}
	seen := map[string]bool{}
	for _, l := range lines {
		if seen[l.text] {
			continue
		}
		seen[l.text] = true
		s.lines, s.starts = append(s.lines, l), append(s.starts, len(s.text))
		s.text = append(append(s.text, l.text...), '\n')
	}
	size := bits.Len(uint(len(s.text))) + 5 // a bit in sixteen is set, or fewer
	s.some, s.shift = make([]uint64, max(1<<size/64, 1)), 64-size
	for i := range max(len(s.text)-block+1, 0) {
		h := s.hash(s.text[i:])
		s.some[h/64] |= 1 << (h % 64)
	}
	s.index = suffixarray.New(s.text)
	return s
}

func (s *search) hash(b []byte) uint64 {
	return binary.LittleEndian.Uint64(b) * 0x9E3779B97F4A7C15 >> s.shift
}

// look looks for a secret, in each of the ways in which it may be printed.
func (s *search) look(kind byte, secret []byte) {
	s.lookFor(kind, secret, enough)
	if quoted := strconv.Quote(string(secret)); len(quoted) != len(secret)+2 {
		s.lookFor(kind, []byte(quoted[1:len(quoted)-1]), enough)
	}
	s.lookFor(kind, hex.AppendEncode(nil, secret), 2*enough)
	s.lookFor(kind, numbers(secret), 2*enough)
}

// numbers is how fmt prints bytes.
func numbers(b []byte) []byte {
	list := make([]byte, 0, 4*len(b))
	for i, c := range b {
		if i > 0 {
			list = append(list, ' ')
		}
		list = strconv.AppendUint(list, uint64(c), 10)
	}
	return list
}

func (s *search) lookFor(kind byte, form []byte, need int) {
	need = min(need, len(form))
	for at := 0; at+block <= len(form); at += block {
		part := form[at : at+block]
		h := s.hash(part)
		if s.some[h/64]&(1<<(h%64)) == 0 || distinct(part) < 3 {
			continue
		}
		for _, pos := range s.index.Lookup(part, -1) {
			if common := s.common(form, at, pos, need); len(common) < need || plain(common) {
				continue
			}
			i, ok := slices.BinarySearch(s.starts, pos)
			if !ok {
				i--
			}
			if l := s.lines[i]; !l.name || kind != note.KindContent {
				s.found[finding{l, kind}] = true
			}
		}
	}
}

// common is the run that form has around at, and the text around pos: no
// further than need to either side.
func (s *search) common(form []byte, at, pos, need int) []byte {
	from, to := at, at+block
	for from > max(at-need, 0) && pos-at+from > 0 && form[from-1] == s.text[pos-at+from-1] {
		from--
	}
	for to < min(at+block+need, len(form)) && pos-at+to < len(s.text) && form[to] == s.text[pos-at+to] {
		to++
	}
	return form[from:to]
}

// digest tells what was noted from all else.
func digest(kind byte, secret []byte) (short [16]byte) {
	sum := sha256.Sum256(append([]byte{kind}, secret...))
	copy(short[:], sum[:])
	return short
}

// plain reports whether a run is hardly more than one byte again and again, as
// rulers and fillings are.
func plain(run []byte) bool { return distinct(run) < 5 }

// distinct counts the different bytes in b.
func distinct(b []byte) (n int) {
	var seen [256]bool
	for _, c := range b {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

// findings are in the order of the lines' places.
func (s *search) findings() []finding {
	list := slices.Collect(maps.Keys(s.found))
	slices.SortFunc(list, func(a, b finding) int {
		return strings.Compare(a.place+string(a.kind), b.place+string(b.kind))
	})
	return list
}

var testName = regexp.MustCompile(`^\s*(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|FAIL|SKIP))`)

// transcript matches the tests that, with -v, print what their scripts type into a
// terminal, keys too, and the content that they ask to see there.
var transcript = regexp.MustCompile(`/cmd/dewar Test(Store)?Scripts\b`)

// linesOf gives the lines of what a run has said.
func linesOf(o *output, file string) (lines []said) {
	text, begin := o.text.String(), 0
	for i, l := range o.lines {
		line := text[begin : l.end-1]
		begin = l.end
		if l.failed {
			continue // it says what it got, and fails the run by itself
		}
		if transcript.MatchString(l.who) {
			continue
		}
		lines = append(lines, said{fmt.Sprintf("%s:%d", file, i+1), l.who, line, testName.MatchString(line)})
	}
	return lines
}
