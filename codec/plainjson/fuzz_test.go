package plainjson_test

import (
	"testing"

	"github.com/dewar-go/dewar/codec/internal/codectest"
	"github.com/dewar-go/dewar/codec/plainjson"
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
				if c.Setting("SESSION_SERIALIZATION_FORMAT") == "json" && len(r.Bytes) < 500 {
					f.Add(r.Bytes)
				}
			}
		}
	}
	for _, text := range oddities {
		f.Add([]byte(text))
		f.Add([]byte(`{"a":` + text + `}`))
	}
}

func FuzzSplit(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := codectest.Split(plainjson.Codec{}, data); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := codectest.Decode(plainjson.Codec{}, data); err != nil {
			t.Fatal(err)
		}
	})
}
