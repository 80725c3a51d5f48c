package vectors

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

// A Value is a Python value as a StoreFile has it, written down before it was
// stored.
type Value struct {
	Type   string          `json:"t"`
	V      json.RawMessage `json:"v"`      // text, a bool, Values, or pairs of them where the type is a dict
	Bytes  []byte          `json:"b64"`    // of bytes and bytearray
	Bits   string          `json:"bits"`   // of a float: its 64 bits, hex
	Aware  bool            `json:"aware"`  // of a datetime: it has a zone
	Repeat string          `json:"repeat"` // of a long text: what it repeats
	Len    int             `json:"len"`    // of a long text: how often
	Micros string          `json:"us"`     // of a timedelta
	Repr   string          `json:"repr"`   // of an object
}

// Go returns the value as package codec has it, so that a codec that is msgspec
// stores of it what msgspec stores: sets are lists, and dates, times, decimals
// and datetimes without a zone are text. It returns an error for what has no
// such value: dicts with keys that aren't text, timedeltas, objects.
func (v Value) Go() (any, error) {
	switch v.Type {
	case "none":
		return nil, nil
	case "bool":
		return string(v.V) == "true", nil
	case "bytes", "bytearray":
		return append([]byte{}, v.Bytes...), nil
	case "float":
		bits, err := strconv.ParseUint(v.Bits, 16, 64)
		return math.Float64frombits(bits), err
	case "list", "set", "frozenset":
		return v.list()
	case "tuple":
		list, err := v.list()
		return codec.Tuple(list), err
	case "dict":
		return v.dict()
	}
	return v.scalar()
}

func (v Value) scalar() (any, error) {
	if v.Repeat != "" {
		return strings.Repeat(v.Repeat, v.Len), nil
	}
	// Python wrote it: there may be lone surrogates in it.
	plain, err := taggedjson.Codec{}.Decode(v.V)
	text, ok := plain.(string)
	if err != nil || !ok {
		return nil, v.strange()
	}
	switch v.Type {
	case "int":
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			return nil, v.strange()
		}
		return codec.Plain(n)
	case "uuid":
		return codec.As[codec.UUID](text)
	case "datetime":
		if v.Aware {
			return time.Parse(time.RFC3339Nano, text)
		}
		return text, nil
	case "str", "date", "time", "decimal":
		return text, nil
	}
	return nil, v.strange()
}

func (v Value) strange() error {
	return fmt.Errorf("vectors: this %s has no Go value", v.Type)
}

// Pairs returns the items of a dict in their order.
func (v Value) Pairs() ([][2]Value, error) {
	var pairs [][2]Value
	err := json.Unmarshal(v.V, &pairs)
	return pairs, err
}

func (v Value) list() ([]any, error) {
	var items []Value
	if err := json.Unmarshal(v.V, &items); err != nil {
		return nil, err
	}
	list := make([]any, len(items))
	for i, item := range items {
		var err error
		if list[i], err = item.Go(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (v Value) dict() (any, error) {
	pairs, err := v.Pairs()
	if err != nil {
		return nil, err
	}
	m := make(map[string]any, len(pairs))
	for _, p := range pairs {
		k, err := p[0].Go()
		if err != nil {
			return nil, err
		}
		key, ok := k.(string)
		if !ok {
			return nil, fmt.Errorf("vectors: a dict with a key of type %s has no Go value", p[0].Type)
		}
		if m[key], err = p[1].Go(); err != nil {
			return nil, err
		}
	}
	return m, nil
}
