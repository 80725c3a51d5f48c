package plainjson_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/dewar-go/dewar/codec/internal/msgspec"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/internal/seeded"
)

// What msgspec refuses is refused, and what it reads is read, to the same value.
// (That it reads what is written is shown beside codec/msgpack.)
func TestAgainstMsgspec(t *testing.T) {
	p, err := msgspec.Start()
	if errors.Is(err, msgspec.ErrNone) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	r := seeded.Rand(t)
	texts := make([][]byte, 0, 3000)
	for len(texts) < cap(texts)-len(oddities) {
		text, err := plainjson.Codec{}.Encode(nil, msgspec.Random(r, 2))
		if err != nil {
			t.Fatal(err)
		}
		if r.IntN(4) > 0 {
			text = msgspec.Mutated(r, text, `{}[]",:\0-.eE +tfnu19`+"\xc3\xed\x1f\x7f\n")
		}
		texts = append(texts, text)
	}
	for _, text := range oddities {
		texts = append(texts, []byte(text))
	}
	answers, err := p.Ask("json", texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		v, err := plainjson.Codec{}.Decode(texts[i])
		if (err != nil) != (a.Error != "") {
			t.Errorf("%.200q: got %.200v, %v, msgspec says %q", texts[i], v, err, a.Error)
			continue
		}
		if err != nil {
			continue
		}
		got, err := plainjson.Codec{}.Encode(nil, v)
		if err != nil || a.JSON == nil || !bytes.Equal(got, *a.JSON) {
			t.Errorf("%.200q:\n got %.200q, %v\nwant %.200q", texts[i], got, err, a.JSON)
		}
	}
}
