package msgpack_test

import (
	"testing"

	"github.com/dewar-go/dewar/codec/internal/codectest"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/internal/vectors"
)

func addSeeds(f *testing.F) {
	file, err := vectors.LoadStore("../../testdata/flask_session.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range file.Cases {
		for _, s := range c.Steps {
			for _, r := range s.Store {
				if c.Backend == "redis" && len(r.Bytes) < 500 {
					f.Add(r.Bytes)
				}
			}
		}
	}
	for _, data := range oddities {
		f.Add(data)
		f.Add(append([]byte("\x81\xA1a"), data...))
	}
}

func FuzzSplit(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := codectest.Split(msgpack.Codec{}, data); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := codectest.Decode(msgpack.Codec{}, data); err != nil {
			t.Fatal(err)
		}
	})
}
