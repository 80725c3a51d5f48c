package taggedjson

// What a session may ask for. Python's own limits are on nesting, by its stack
// (about 490 levels on 3.11, 990 later), and on digits.
const (
	maxNesting = 500
	maxValues  = 1 << 20
	maxDigits  = 4300
)

// A scanner finds where values end and checks them on the way, by the grammar
// of Python's json (CPython: Modules/_json.c). It decodes nothing.
type scanner struct {
	data    []byte
	values  int  // how many were met
	wary    bool // every object may be a tag, of whatever name
	suspect bool // there is something that may be a malformed tag
}

// space returns the place of the first byte at or after i that isn't white.
func (s *scanner) space(i int) int {
	for i < len(s.data) {
		switch s.data[i] {
		case ' ', '\t', '\n', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// value returns the end of the value that begins at i.
func (s *scanner) value(i, depth int) (int, error) {
	if i >= len(s.data) {
		return 0, malformed(i)
	}
	if s.values++; s.values > maxValues {
		return 0, beyondLimit(i)
	}
	switch c := s.data[i]; c {
	case '"':
		end, _, err := s.text(i)
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
	case 'N':
		return s.word(i, "NaN")
	case 'I':
		return s.word(i, "Infinity")
	case '-':
		if i+1 < len(s.data) && s.data[i+1] == 'I' {
			return s.word(i, "-Infinity")
		}
	}
	end, _, err := s.number(i)
	return end, err
}

func (s *scanner) word(i int, word string) (int, error) {
	end := i + len(word)
	if end > len(s.data) || string(s.data[i:end]) != word {
		return 0, malformed(i)
	}
	return end, nil
}

// number returns the end of the number that begins at i, and whether it is a
// whole one: without fraction and exponent.
func (s *scanner) number(i int) (end int, whole bool, err error) {
	start := i
	if s.data[i] == '-' {
		i++
	}
	first := i
	i = s.digits(i)
	if i == first {
		return 0, false, malformed(start)
	}
	if s.data[first] == '0' {
		i = first + 1
	}
	whole = true
	if i < len(s.data) && s.data[i] == '.' {
		if end := s.digits(i + 1); end > i+1 {
			i, whole = end, false
		}
	}
	if i < len(s.data) && s.data[i]|0x20 == 'e' {
		j := i + 1
		if j < len(s.data) && (s.data[j] == '+' || s.data[j] == '-') {
			j++
		}
		if end := s.digits(j); end > j {
			i, whole = end, false
		}
	}
	if whole && i-first > maxDigits {
		return 0, false, beyondLimit(start)
	}
	return i, whole, nil
}

func (s *scanner) digits(i int) int {
	for i < len(s.data) && s.data[i]-'0' <= 9 {
		i++
	}
	return i
}

// first is for the bracket at i: it returns where the first element begins, or
// done and the place after the closing bracket.
func (s *scanner) first(i int, closing byte) (next int, done bool) {
	i = s.space(i + 1)
	if i < len(s.data) && s.data[i] == closing {
		return i + 1, true
	}
	return i, false
}

// more is first for the place after an element.
func (s *scanner) more(i int, closing byte) (next int, done bool, err error) {
	i = s.space(i)
	if i < len(s.data) {
		switch s.data[i] {
		case closing:
			return i + 1, true, nil
		case ',':
			return s.space(i + 1), false, nil
		}
	}
	return 0, false, malformed(i)
}

func (s *scanner) array(i, depth int) (int, error) {
	if depth > maxNesting {
		return 0, beyondLimit(i)
	}
	i, done := s.first(i, ']')
	for !done {
		end, err := s.value(i, depth)
		if err != nil {
			return 0, err
		}
		if i, done, err = s.more(end, ']'); err != nil {
			return 0, err
		}
	}
	return i, nil
}

func (s *scanner) object(i, depth int) (int, error) {
	if depth > maxNesting {
		return 0, beyondLimit(i)
	}
	i, done := s.first(i, '}')
	for !done {
		m, err := s.member(i, depth)
		if err != nil {
			return 0, err
		}
		s.suspect = s.suspect || s.suspects(&m)
		if i, done, err = s.more(m.valueEnd, '}'); err != nil {
			return 0, err
		}
	}
	return i, nil
}

// A member is where a key, with its quotes, and its value stand.
type member struct {
	key, keyEnd, value, valueEnd int
	escaped                      bool // the key has escapes
}

// member checks the member that begins at i.
func (s *scanner) member(i, depth int) (m member, err error) {
	m.key = i
	if m.value, m.keyEnd, m.escaped, err = s.keyed(i); err != nil {
		return m, err
	}
	m.valueEnd, err = s.value(m.value, depth)
	return m, err
}

// keyed checks the key that begins at i and the colon, and returns where the
// member's value begins.
func (s *scanner) keyed(i int) (value, keyEnd int, escaped bool, err error) {
	if i >= len(s.data) || s.data[i] != '"' {
		return 0, 0, false, malformed(i)
	}
	if keyEnd, escaped, err = s.text(i); err != nil {
		return 0, 0, false, err
	}
	colon := s.space(keyEnd)
	if colon >= len(s.data) || s.data[colon] != ':' {
		return 0, 0, false, malformed(colon)
	}
	return s.space(colon + 1), keyEnd, escaped, nil
}
