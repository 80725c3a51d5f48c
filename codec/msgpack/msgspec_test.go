package msgpack_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/dewar-go/dewar/codec/internal/msgspec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/internal/seeded"
)

func startPeer(t *testing.T) *msgspec.Peer {
	t.Helper()
	p, err := msgspec.Start()
	if errors.Is(err, msgspec.ErrNone) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func ask(t *testing.T, p *msgspec.Peer, data [][]byte) []msgspec.Answer {
	t.Helper()
	answers, err := p.Ask("msgpack", data)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// msgspec reads what Encode writes, and writes the same bytes for it, in JSON
// too: the value that it has read is the one that was written.
func TestEncodeAgainstMsgspec(t *testing.T) {
	p, r := startPeer(t), seeded.Rand(t)
	values, data := make([]any, 500), make([][]byte, 500)
	for i := range values {
		values[i] = msgspec.Random(r, 3)
		var err error
		if data[i], err = (msgpack.Codec{}).Encode(nil, values[i]); err != nil {
			t.Fatalf("%v: %v", values[i], err)
		}
	}
	for i, a := range ask(t, p, data) {
		text, err := plainjson.Codec{}.Encode(nil, values[i])
		if err != nil || a.Error != "" || a.Msgpack == nil || a.JSON == nil {
			t.Fatalf("%.300v\n%.300x: %v %v", values[i], data[i], err, a.Error)
		}
		if !bytes.Equal(*a.Msgpack, data[i]) {
			t.Fatalf("%.300v:\n got %x\nwant %x", values[i], data[i], *a.Msgpack)
		}
		if !bytes.Equal(*a.JSON, text) {
			t.Fatalf("%.300v:\n got %s\nwant %s", values[i], text, *a.JSON)
		}
	}
}

// What msgspec refuses is refused, and what it reads is read, to the same value.
func TestDecodeAgainstMsgspec(t *testing.T) {
	p, r := startPeer(t), seeded.Rand(t)
	data := make([][]byte, 0, 3000)
	for len(data) < cap(data)-len(oddities) {
		d, err := msgpack.Codec{}.Encode(nil, msgspec.Random(r, 2))
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, msgspec.Mutated(r, d, "\x80\x81\x90\x91\xa0\xa1\xc0\xc1\xc4\xc7\xca\xcb\xcc\xcf\xd0\xd3\xd6\xd7\xd8\xd9\xdb\xdc\xdd\xde\xdf\xff\x00\x7f"))
	}
	data = append(data, oddities...)
	for i, a := range ask(t, p, data) {
		compare(t, data[i], a)
	}
}

func compare(t *testing.T, data []byte, a msgspec.Answer) {
	t.Helper()
	v, err := msgpack.Codec{}.Decode(data)
	if a.Error == "TypeError" {
		return // a map or an extension as a key, which we only carry
	}
	if (err != nil) != (a.Error != "") {
		t.Errorf("%.200x: got %.200v, %v, msgspec says %q", data, v, err, a.Error)
		return
	}
	if err != nil || a.Odd {
		return
	}
	got, err := msgpack.Codec{}.Encode(nil, inMicros(v))
	if err != nil || a.Msgpack == nil || !bytes.Equal(got, *a.Msgpack) {
		t.Errorf("%.200x:\n got %.200x, %v\nwant %.200x", data, got, err, a.Msgpack)
	}
}

// inMicros rounds the times in v as Python does.
func inMicros(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Round(time.Microsecond)
	case []any:
		for i, e := range v {
			v[i] = inMicros(e)
		}
	case map[string]any:
		for k, e := range v {
			v[k] = inMicros(e)
		}
	}
	return v
}
