// Package jsontext reads JSON where it stands, for the codecs that keep values
// encoded: it finds out where they end, and decodes those that are asked for.
package jsontext

import (
	"bytes"
	"math"
	"strconv"

	"github.com/dewar-go/dewar/codec/internal/fault"
)

// What a session may ask for. Python's own limits are on nesting, by its stack
// (about 490 levels on 3.11, 990 later), and on digits.
const (
	MaxNesting = 500
	MaxDigits  = 4300
	maxValues  = 1 << 20
)

// A Grammar is what a codec takes for JSON.
type Grammar struct {
	Package string // its name, for errors

	// Python is the grammar of Python's json (CPython: Modules/_json.c) instead
	// of RFC 8259's: NaN and infinities, numbers that are too large for a float,
	// and lone surrogates.
	Python bool

	// Suspicious, if it is set, is asked for the members of objects inside of
	// values whose keys begin with a space or an escape.
	Suspicious func(data []byte, m Member) bool
}

// A Scanner finds where values end and checks them on the way. It decodes
// nothing.
type Scanner struct {
	Data    []byte
	Grammar *Grammar
	Wary    bool // every member is suspicious
	Suspect bool // one was

	values int // how many were met
}

// Malformed is the error for the byte at i.
func (s *Scanner) Malformed(i int) error { return fault.Malformed(s.Grammar.Package, i) }

func (s *Scanner) beyondLimit(i int) error { return fault.Limit(s.Grammar.Package, i) }

// Space returns the place of the first byte at or after i that isn't white.
func (s *Scanner) Space(i int) int {
	for i < len(s.Data) {
		switch s.Data[i] {
		case ' ', '\t', '\n', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// Value returns the end of the value that begins at i.
func (s *Scanner) Value(i, depth int) (int, error) {
	if i >= len(s.Data) {
		return 0, s.Malformed(i)
	}
	if s.values++; s.values > maxValues {
		return 0, s.beyondLimit(i)
	}
	switch s.Data[i] {
	case '"':
		end, _, err := s.Text(i)
		return end, err
	case '{':
		return s.object(i, depth+1)
	case '[':
		return s.array(i, depth+1)
	case 't':
		return s.word(i, "true")
	case 'f':
		return s.word(i, "false")
	case 'n':
		return s.word(i, "null")
	}
	return s.number(i)
}

// Enter counts the object or array at i, whose elements are at depth, for a
// decoder that walks through it by itself.
func (s *Scanner) Enter(i, depth int) error {
	if s.values++; s.values > maxValues || depth > MaxNesting {
		return s.beyondLimit(i)
	}
	return nil
}

func (s *Scanner) word(i int, word string) (int, error) {
	end := i + len(word)
	if end > len(s.Data) || string(s.Data[i:end]) != word {
		return 0, s.Malformed(i)
	}
	return end, nil
}

// number returns the end of the number that begins at i.
func (s *Scanner) number(i int) (int, error) {
	start := i
	if s.Data[i] == '-' {
		i++
	}
	first := i
	i = s.digits(i)
	if i == first {
		return s.notFinite(start)
	}
	if s.Data[first] == '0' {
		i = first + 1
	}
	whole := true
	if i < len(s.Data) && s.Data[i] == '.' {
		if end := s.digits(i + 1); end > i+1 {
			i, whole = end, false
		}
	}
	if i < len(s.Data) && s.Data[i]|0x20 == 'e' {
		j := i + 1
		if j < len(s.Data) && (s.Data[j] == '+' || s.Data[j] == '-') {
			j++
		}
		if end := s.digits(j); end > j {
			i, whole = end, false
		}
	}
	if whole && i-first > MaxDigits {
		return 0, s.beyondLimit(start)
	}
	if !whole && !s.Grammar.Python && overflows(s.Data[start:i]) {
		return 0, s.Malformed(start)
	}
	return i, nil
}

// notFinite returns the end of one of the numbers that Python's json has besides
// JSON's.
func (s *Scanner) notFinite(i int) (int, error) {
	if s.Grammar.Python {
		for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
			if bytes.HasPrefix(s.Data[i:], []byte(word)) {
				return i + len(word), nil
			}
		}
	}
	return 0, s.Malformed(i)
}

// overflows says whether a number is too large for a float64. Few need a look.
func overflows(token []byte) bool {
	if len(token) < 300 && !bytes.ContainsAny(token, "eE") {
		return false
	}
	f, _ := strconv.ParseFloat(string(token), 64)
	return math.IsInf(f, 0)
}

func (s *Scanner) digits(i int) int {
	for i < len(s.Data) && s.Data[i]-'0' <= 9 {
		i++
	}
	return i
}

// First is for the bracket at i: it returns where the first element begins, or
// done and the place after the closing bracket.
func (s *Scanner) First(i int, closing byte) (next int, done bool) {
	i = s.Space(i + 1)
	if i < len(s.Data) && s.Data[i] == closing {
		return i + 1, true
	}
	return i, false
}

// More is first for the place after an element.
func (s *Scanner) More(i int, closing byte) (next int, done bool, err error) {
	i = s.Space(i)
	if i < len(s.Data) {
		switch s.Data[i] {
		case closing:
			return i + 1, true, nil
		case ',':
			return s.Space(i + 1), false, nil
		}
	}
	return 0, false, s.Malformed(i)
}

func (s *Scanner) array(i, depth int) (int, error) {
	if depth > MaxNesting {
		return 0, s.beyondLimit(i)
	}
	i, done := s.First(i, ']')
	for !done {
		end, err := s.Value(i, depth)
		if err != nil {
			return 0, err
		}
		if i, done, err = s.More(end, ']'); err != nil {
			return 0, err
		}
	}
	return i, nil
}

func (s *Scanner) object(i, depth int) (int, error) {
	if depth > MaxNesting {
		return 0, s.beyondLimit(i)
	}
	i, done := s.First(i, '}')
	for !done {
		m, err := s.Member(i, depth)
		if err != nil {
			return 0, err
		}
		if s.Grammar.Suspicious != nil && !s.Suspect && s.odd(&m) {
			s.Suspect = s.Wary || s.Grammar.Suspicious(s.Data, m)
		}
		if i, done, err = s.More(m.ValueEnd, '}'); err != nil {
			return 0, err
		}
	}
	return i, nil
}

// odd says whether m is to be looked at.
func (s *Scanner) odd(m *Member) bool {
	first := s.Data[m.Key+1]
	return s.Wary || first == ' ' || first == '\\'
}

// A Member is where a key, with its quotes, and its value stand.
type Member struct {
	Key, KeyEnd, Value, ValueEnd int
	Escaped                      bool // the key has escapes
}

// Member checks the member that begins at i.
func (s *Scanner) Member(i, depth int) (m Member, err error) {
	m.Key = i
	if m.Value, m.KeyEnd, m.Escaped, err = s.Keyed(i); err != nil {
		return m, err
	}
	m.ValueEnd, err = s.Value(m.Value, depth)
	return m, err
}

// Keyed checks the key that begins at i and the colon, and returns where the
// member's value begins.
func (s *Scanner) Keyed(i int) (value, keyEnd int, escaped bool, err error) {
	if i >= len(s.Data) || s.Data[i] != '"' {
		return 0, 0, false, s.Malformed(i)
	}
	if keyEnd, escaped, err = s.Text(i); err != nil {
		return 0, 0, false, err
	}
	colon := s.Space(keyEnd)
	if colon >= len(s.Data) || s.Data[colon] != ':' {
		return 0, 0, false, s.Malformed(colon)
	}
	return s.Space(colon + 1), keyEnd, escaped, nil
}
