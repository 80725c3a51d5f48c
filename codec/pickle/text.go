package pickle

import (
	"bytes"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// Protocol 0 writes lines of text.

// line reads up to the next line end, which it leaves out.
func (m *machine) line() ([]byte, error) {
	n := bytes.IndexByte(m.data[m.pos:], '\n')
	if n < 0 {
		return nil, m.fail()
	}
	m.pos += n + 1
	return m.data[m.pos-n-1 : m.pos-1], nil
}

// index reads the number of a PUT or GET.
func (m *machine) index() (uint64, error) {
	b, err := m.line()
	if err != nil {
		return 0, err
	}
	i, err := strconv.ParseUint(string(b), 10, 63)
	if err != nil {
		return 0, m.fail()
	}
	return i, nil
}

func (m *machine) textual(op byte) (any, error) {
	b, err := m.line()
	if err != nil {
		return nil, err
	}
	text := string(b)
	switch op {
	case opInt:
		if text == "00" || text == "01" {
			return text == "01", nil
		}
		if text == "-0" {
			return nil, m.fail() // no pickler writes what is False to Python: two characters, and nought
		}
		return m.decimal(text)
	case opLong:
		return m.decimal(strings.TrimSuffix(text, "L"))
	case opFloat:
		return m.float(text)
	case opUnicode:
		return m.rawUnicodeEscape(text)
	}
	return m.quoted(text)
}

// decimal reads a whole number as Python writes it. (Python reads 0x10 too, and
// 1_000.)
func (m *machine) decimal(text string) (any, error) {
	digits := strings.TrimPrefix(text, "-")
	if len(digits) > maxDigits {
		return nil, beyondLimit(m.at)
	}
	if strings.Trim(digits, "0123456789") != "" || digits == "" || len(digits) > 1 && digits[0] == '0' {
		return nil, m.fail()
	}
	n, _ := new(big.Int).SetString(text, 10)
	if n.IsInt64() {
		return n.Int64(), nil
	}
	return n, nil
}

func (m *machine) float(text string) (any, error) {
	if strings.Trim(text, "0123456789+-.eE") != "" {
		switch text {
		case "nan", "inf", "-inf":
		default:
			return nil, m.fail()
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, m.fail()
	}
	return f, nil
}

// rawUnicodeEscape reads Python's codec of that name: \u and \U with four and
// eight hex digits, all else Latin-1.
func (m *machine) rawUnicodeEscape(text string) (any, error) {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = utf8.AppendRune(out, rune(text[i]))
			continue
		}
		i++
		digits := 4
		switch text[i] {
		case 'U':
			digits = 8
		case 'u':
		default:
			out = utf8.AppendRune(append(out, '\\'), rune(text[i]))
			continue
		}
		if len(text)-i-1 < digits {
			return nil, m.fail()
		}
		r, err := strconv.ParseUint(text[i+1:i+1+digits], 16, 32)
		if err != nil || r > utf8.MaxRune {
			return nil, m.fail()
		}
		out = wtf8.AppendRune(out, rune(r))
		i += digits
	}
	return string(out), nil
}

// quoted reads Python 2's repr of a str, of ASCII.
func (m *machine) quoted(text string) (any, error) {
	n := len(text)
	if n < 2 || text[0] != text[n-1] || text[0] != '\'' && text[0] != '"' {
		return nil, m.fail()
	}
	text = text[1 : n-1]
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		if i++; i == len(text) {
			return nil, m.fail() // a lone backslash at the end
		}
		c := text[i]
		if at := strings.IndexByte(`\'"bfnrtva`, c); at >= 0 {
			out = append(out, "\\'\"\b\f\n\r\t\v\a"[at])
			continue
		}
		base, digits := 8, 0
		start := i
		switch {
		case c == 'x':
			base, digits, start = 16, 2, i+1
		case c >= '0' && c <= '7':
			for digits < 3 && i+digits < len(text) && text[i+digits] >= '0' && text[i+digits] <= '7' {
				digits++
			}
		default:
			out = append(out, '\\', c)
			continue
		}
		if len(text)-start < digits {
			return nil, m.fail()
		}
		code, err := strconv.ParseUint(text[start:start+digits], base, 16)
		if err != nil {
			return nil, m.fail()
		}
		out = append(out, byte(code))
		i = start + digits - 1
	}
	if !isASCII(out) {
		return nil, m.fail()
	}
	return string(out), nil
}
