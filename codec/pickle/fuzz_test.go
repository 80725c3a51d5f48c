package pickle_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/codectest"
	"github.com/dewar-go/dewar/codec/pickle"
)

func addSeeds(f *testing.F, add func(data []byte)) {
	for _, r := range recordings(f) {
		add(r.data)
	}
	for _, data := range []string{carts, everything, "}q\x00U\x01ah\x00s.", "(dS'a'\nI01\nsS\"b\"\nL1L\nsV\\u00e9\nF1.5\ns."} {
		add([]byte(data))
	}
}

func FuzzSplit(f *testing.F) {
	addSeeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := codectest.Split(c, data); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	addSeeds(f, func(data []byte) {
		entries, err := c.Split(data)
		if err != nil {
			return
		}
		for _, e := range entries {
			f.Add(e.Raw)
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := codectest.Decode(c, data); err != nil {
			t.Fatal(err)
		}
	})
}

// What is a session to Python, by its own unpickler with our list of classes,
// is the same to us, and what isn't is none.
func FuzzAgainstPython(f *testing.F) {
	ask := python(f)
	addSeeds(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		ours, err := joined(data)
		opaque := false
		if entries, err := c.Split(data); err == nil {
			opaque = slices.ContainsFunc(entries, func(e codec.Entry) bool { return len(e.Raw) > 0 && e.Raw[0] == 0 })
		}
		var text any
		if err == nil && !opaque {
			text = hex.EncodeToString(ours)
		}
		var answers [1]struct {
			Error *string  `json:"error"`
			Same  bool     `json:"same"`
			Keys  bool     `json:"keys"`
			Ops   []string `json:"ops"`
		}
		ask(&answers, []any{"oracle", hex.EncodeToString(data), text})
		python := answers[0]
		switch {
		case opaque || errors.Is(err, codec.ErrLimit):
		case python.Error != nil && (*python.Error == "MemoryError" || *python.Error == "Unknown" || pickle.HasObjects(data)):
		case err == nil && python.Error != nil:
			t.Errorf("%q: Python raises %s", data, *python.Error)
		case err == nil && python.Ops == nil:
			t.Errorf("%q: pickletools finds no pickle in it", data)
		case err == nil && !python.Same:
			t.Errorf("%q is something else to Python than %q", data, ours)
		case err != nil && python.Error == nil && python.Keys && python.Ops != nil && !spelledOddly(python.Ops): // nor does pickletools always
			t.Errorf("%q: %v, and Python reads it", data, err)
		}
	})
}

// spelledOddly says whether there are opcodes in it in which Python takes more
// than picklers write: text of numbers, and methods of what isn't a list.
func spelledOddly(ops []string) bool {
	return slices.ContainsFunc(ops, func(op string) bool {
		switch op {
		case "INT", "LONG", "FLOAT", "GET", "PUT", "BYTEARRAY8", "READONLY_BUFFER":
			return true
		}
		return false
	})
}
