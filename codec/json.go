package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"strconv"
	"strings"
)

var errTrailing = errors.New("codec: more than one JSON value")

// plainJSON reads what a MarshalJSON wrote. Its numbers stay json.Number inside
// lists and maps: Plain comes by there.
func plainJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errTrailing
	}
	if n, ok := v.(json.Number); ok {
		return plainNumber(n)
	}
	return v, nil
}

// plainNumber keeps whole numbers and others apart as Python's json does: by
// how they are written.
func plainNumber(n json.Number) (any, error) {
	if strings.ContainsAny(string(n), ".eE") {
		f, err := strconv.ParseFloat(string(n), 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, typed(n, "it isn't a number")
		}
		return f, nil
	}
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i, nil
	}
	if len(n) > maxDigits+1 {
		return nil, typed(n, "it has more than 4300 digits")
	}
	i, ok := new(big.Int).SetString(string(n), 10)
	if !ok {
		return nil, typed(n, "it isn't a number")
	}
	return plainBig(i)
}

// jsonOf writes a plain value for an UnmarshalJSON. NaN and infinities have no
// JSON and give an error.
func jsonOf(v any) ([]byte, error) {
	return json.Marshal(forJSON(v))
}

// forJSON replaces what encoding/json would write as a list of numbers.
func forJSON(v any) any {
	switch v := v.(type) {
	case UUID:
		return v.String()
	case []any:
		return forJSONList(v)
	case Tuple:
		return forJSONList(v)
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = forJSON(e)
		}
		return m
	}
	return v
}

func forJSONList(v []any) []any {
	list := make([]any, len(v))
	for i, e := range v {
		list[i] = forJSON(e)
	}
	return list
}
