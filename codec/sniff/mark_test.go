package sniff_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/msgspec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

// A mark is seen by who looks for it, and by nobody else: not by Split, and not
// by msgspec.
func TestMark(t *testing.T) {
	peer, err := msgspec.Start()
	if errors.Is(err, msgspec.ErrNone) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Stop()
	for format, codecs := range map[string][]codec.Codec{
		"msgpack": {msgpack.Codec{}, sniff.New(msgpack.Codec{}), sniff.New(plainjson.Codec{})},
		"json":    {plainjson.Codec{}, sniff.New(plainjson.Codec{}), sniff.New(msgpack.Codec{}), taggedjson.Codec{}},
	} {
		for _, n := range []int{0, 1, 15, 16, 300, 1 << 16} {
			entries := make([]codec.Entry, n)
			for i := range entries {
				entries[i] = codec.Entry{Key: fmt.Sprint("k", i), Raw: []byte("7")} // 55 in MessagePack
			}
			plain, err := codecs[0].Join(nil, entries)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range codecs {
				m := c.(codec.Marker)
				if n == 1<<16 && format == "msgpack" {
					if !m.Marked(plain) {
						t.Errorf("%T: there is no longer head, yet it isn't marked", c)
					}
					if again, err := c.Split(m.Mark(plain)); err != nil || len(again) != n {
						t.Errorf("%T: marked all the same: %d entries, %v", c, len(again), err)
					}
					continue
				}
				before := bytes.Clone(plain)
				marked := m.Mark(plain)
				want, err := c.Split(plain)
				got, markedErr := c.Split(marked)
				if err != nil || markedErr != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%T, %d entries: another session: %v, %v", c, n, err, markedErr)
				}
				if m.Marked(plain) || !m.Marked(marked) || !bytes.Equal(plain, before) {
					t.Errorf("%T, %d entries: marked before %v, after %v", c, n, m.Marked(plain), m.Marked(marked))
				}
				answers, err := peer.Ask(format, [][]byte{plain, marked})
				if err != nil || answers[1].Error != "" || !bytes.Equal(*answers[0].Msgpack, *answers[1].Msgpack) {
					t.Errorf("%T, %d entries: msgspec reads another session (%v)", c, n, err)
				}
			}
		}
	}
	for _, none := range []string{"", "x", ".", "\x80\x04}"} {
		if !sniff.New(msgpack.Codec{}).Marked([]byte(none)) {
			t.Errorf("%q isn't marked, and no session", none)
		}
	}
}

// In a pickle too, of any protocol and with a class that stays in it.
func TestMarkOfPickles(t *testing.T) {
	c := sniff.New(pickle.Codec{})
	for _, plain := range []string{"\x80\x04}\x94.", "(dp0\n.", "\x80\x04}\x8c\x01ac__main__\nC\n)\x81s."} {
		marked := c.Mark([]byte(plain))
		if c.Marked([]byte(plain)) || !c.Marked(marked) {
			t.Errorf("%q: marked before, or not after", plain)
		}
		want, err := c.Split([]byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Split(marked)
		if err != nil || len(got) != len(want) {
			t.Errorf("%q: another session, %v", plain, err)
		}
		for _, set := range [][]codec.Entry{nil, {{Key: "b", Raw: []byte("N")}}} {
			unmarked, err := c.Join(nil, append(want[:len(want):len(want)], set...))
			again, err2 := c.Join(nil, append(got[:len(got):len(got)], set...))
			if err != nil || err2 != nil || c.Marked(unmarked) || c.Marked(again) {
				t.Errorf("%q: saved again as %q, %v; as %q, %v", plain, unmarked, err, again, err2)
			}
		}
	}
}
