package msgpack_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
)

func show(entries []codec.Entry) string {
	var parts []string
	for _, e := range entries {
		parts = append(parts, fmt.Sprintf("%s=%x", e.Key, e.Raw))
	}
	return strings.Join(parts, "|")
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"80", ""},
		{"de 0000", ""},
		{"df 00000000", ""},
		{"82 a162 01 a161 02", "b=01|a=02"},
		{"de 0002 a162 01 a161 02", "b=01|a=02"},
		{"df 00000001 d9 01 62 91c0", "b=91c0"},
		{"83 a161 01 a162 02 a161 03", "a=03|b=02"}, // as in a Python dict
		{"81 a161 82 a162 01 a162 02", "a=82a16201a16202"},
		{"81 a161 ca 3fc00000", "a=ca3fc00000"}, // spelled as nobody spells it
		{"81 a0 d40501", "=d40501"},
		{"81 a161 8101c0", "a=8101c0"},
	} {
		entries, err := msgpack.Codec{}.Split(unhex(c.data))
		if err != nil || show(entries) != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.data, show(entries), err, c.want)
		}
	}
	for _, data := range []string{
		"", "c0", "05", "90", "91 92a16101", "a0", "c400", // no map
		"81 01 c0", "81 c0 c0", "82 a161 01 02 03", "81 c40161 01", // keys of other types
		"80 80", "81 a161 01 00", "81 a161", "82 a161 01", "de 00", "df ffffffff", "81 a1ff 01",
	} {
		entries, err := msgpack.Codec{}.Split(unhex(data))
		if !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%s: got %s, %v, want ErrMalformed", data, show(entries), err)
		}
	}
}

// Many keys are looked up in another way.
func TestSplitOfManyKeys(t *testing.T) {
	var entries []codec.Entry
	for i := range 300 {
		entries = append(entries, codec.Entry{Key: fmt.Sprint(i % 250), Raw: []byte{byte(i % 128)}})
	}
	data, err := msgpack.Codec{}.Join(nil, entries)
	if err != nil {
		t.Fatal(err)
	}
	got, err := msgpack.Codec{}.Split(data)
	if err != nil || len(got) != 250 || got[0].Raw[0] != 250%128 || got[249].Key != "249" || got[49].Raw[0] != 299%128 {
		t.Errorf("got %d entries, %v: %s", len(got), err, show(got))
	}
}

// A value that is appended to doesn't run into its neighbour.
func TestEntriesAreApart(t *testing.T) {
	data := unhex("82 a161 01 a162 02")
	entries, err := msgpack.Codec{}.Split(data)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(entries[0].Raw, 0xFF)
	if string(data) != string(unhex("82 a161 01 a162 02")) {
		t.Errorf("got %x", data)
	}
}

func TestJoin(t *testing.T) {
	one := []byte{1}
	for _, c := range []struct {
		entries []codec.Entry
		want    string
	}{
		{nil, "80"},
		{[]codec.Entry{{Key: "_permanent", Raw: []byte{0xC3}}, {Key: "b", Raw: one}, {Key: "a", Raw: one}}, "83 aa5f7065726d616e656e74 c3 a162 01 a161 01"},
		{[]codec.Entry{{Key: "a", Raw: one}, {Key: "_permanent", Raw: []byte{0xC3}}}, "82 a161 01 aa5f7065726d616e656e74 c3"},
	} {
		got, err := msgpack.Codec{}.Join([]byte("x"), c.entries)
		if want := "x" + string(unhex(c.want)); err != nil || string(got) != want {
			t.Errorf("%s: got %x, %v, want %x", show(c.entries), got, err, want)
		}
	}
	for _, e := range []codec.Entry{{Key: "a"}, {Key: "\xff", Raw: one}, {Key: "\xed\xa0\x80", Raw: one}} {
		got, err := msgpack.Codec{}.Join([]byte("x"), []codec.Entry{{Key: "b", Raw: one}, e})
		_, unfit := errors.AsType[*codec.ValueError](err)
		if string(got) != "x" || unfit == errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: got %x, %v", e.Key, got, err)
		}
	}
}

// Errors say where, not what.
func TestErrorsAreDiscreet(t *testing.T) {
	for _, data := range []string{"\x81\xA6secret\xA6secre", "\x81\xA6secret\x01secret", "\x01secret"} {
		_, err := msgpack.Codec{}.Split([]byte(data))
		if err == nil || strings.Contains(err.Error(), "secre") || !strings.HasPrefix(err.Error(), "msgpack: byte ") {
			t.Errorf("%q: got %v", data, err)
		}
	}
}
