package vectors

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec"
)

// A Typed is a Python value that was written down with its type. The zero value
// stands for one that the recording doesn't have.
type Typed struct {
	Type       string            `json:"type"`
	Value      json.RawMessage   `json:"value"`      // bool, or text for the other scalars
	Codepoints []rune            `json:"codepoints"` // of text, where it isn't a Value: it has a lone surrogate
	Hex        Hex               `json:"hex"`        // of bytes
	Bits       string            `json:"bits"`       // of a float: its 64 bits, hex
	Items      []json.RawMessage `json:"items"`      // Typed, or pairs of them where the type is a dict

	// Of a datetime. A naive one is taken for UTC, as Flask does.
	Unix          int64 `json:"unix"`
	Micros        int64 `json:"micros"`
	OffsetSeconds int   `json:"offset_seconds"`

	// Of an "other": a class that isn't one of Python's plain ones.
	PythonType string `json:"python_type"`
	Repr       string `json:"repr"`
}

// Hex are bytes that are written as hex digits.
type Hex []byte

func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// Go returns the value as package codec has it, dict keys as Python's json
// writes them. It returns an error for an "other", and for dicts whose keys
// aren't text, numbers, bools or None.
func (t Typed) Go() (any, error) {
	switch t.Type {
	case "null":
		return nil, nil
	case "bool":
		return string(t.Value) == "true", nil
	case "bytes":
		return []byte(t.Hex), nil
	case "list":
		return t.list()
	case "tuple":
		list, err := t.list()
		return codec.Tuple(list), err
	case "dict":
		return t.dict()
	case "float":
		bits, err := strconv.ParseUint(t.Bits, 16, 64)
		return math.Float64frombits(bits), err
	case "datetime":
		zone := time.UTC
		if t.OffsetSeconds != 0 {
			zone = time.FixedZone("", t.OffsetSeconds)
		}
		return time.Unix(t.Unix, t.Micros*1000).In(zone), nil
	}
	if t.Codepoints != nil {
		if text := wtf8(t.Codepoints); t.Type == "markup" {
			return codec.Markup(text), nil
		} else {
			return text, nil
		}
	}
	var text string
	if t.Value == nil || json.Unmarshal(t.Value, &text) != nil {
		return nil, fmt.Errorf("vectors: a %s %s has no Go value", t.Type, t.PythonType)
	}
	switch t.Type {
	case "str":
		return text, nil
	case "markup":
		return codec.Markup(text), nil
	case "int":
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			return nil, fmt.Errorf("vectors: %q is no int", text)
		}
		return codec.Plain(n)
	case "uuid":
		return codec.As[codec.UUID](text)
	}
	return nil, fmt.Errorf("vectors: unknown type %q", t.Type)
}

// Pairs returns the items of a dict, or of an "other" that is a kind of dict,
// in their order.
func (t Typed) Pairs() ([][2]Typed, error) {
	pairs := make([][2]Typed, len(t.Items))
	for i, item := range t.Items {
		if err := json.Unmarshal(item, &pairs[i]); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

func (t Typed) list() ([]any, error) {
	list := make([]any, len(t.Items))
	for i, item := range t.Items {
		var e Typed
		err := json.Unmarshal(item, &e)
		if err != nil {
			return nil, err
		}
		if list[i], err = e.Go(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (t Typed) dict() (any, error) {
	pairs, err := t.Pairs()
	if err != nil {
		return nil, err
	}
	m := make(map[any]any, len(pairs))
	for _, p := range pairs {
		switch p[0].Type {
		case "str", "int", "float", "bool", "null":
		default:
			return nil, fmt.Errorf("vectors: a %s can't be a key", p[0].Type)
		}
		k, err := p[0].Go()
		if err != nil {
			return nil, err
		}
		if m[k], err = p[1].Go(); err != nil {
			return nil, err
		}
	}
	return codec.Shallow(m)
}

// wtf8 is codec's form of text with surrogates in it.
func wtf8(codepoints []rune) string {
	var b strings.Builder
	for _, r := range codepoints {
		if utf8.ValidRune(r) {
			b.WriteRune(r)
		} else {
			b.Write([]byte{0xED, 0x80 | byte(r>>6)&0x3F, 0x80 | byte(r)&0x3F})
		}
	}
	return b.String()
}
