package pickle_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/codectest"
	"github.com/dewar-go/dewar/codec/pickle"
)

var c pickle.Codec

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := c.Encode(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func split(t testing.TB, data string) []codec.Entry {
	t.Helper()
	entries, err := c.Split([]byte(data))
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	return entries
}

// with is entries with another value under key.
func with(t testing.TB, entries []codec.Entry, key string, v any) []codec.Entry {
	entries = slices.Clone(entries)
	for i := range entries {
		if entries[i].Key == key {
			entries[i].Raw = encoded(t, v)
			return entries
		}
	}
	return append(entries, codec.Entry{Key: key, Raw: encoded(t, v)})
}

func without(entries []codec.Entry, key string) []codec.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e codec.Entry) bool { return e.Key == key })
}

func shown(m map[string]any) string {
	for k, v := range m {
		if o, ok := v.(codec.Opaque); ok {
			m[k] = "<" + o.Kind + ">"
		}
	}
	return fmt.Sprint(m)
}

func TestSplit(t *testing.T) {
	for data, want := range map[string]string{
		"\x80\x04}\x94.":               "map[]",
		"}.trailing":                   "map[]",
		"(d.":                          "map[]",
		"(dS'a'\nI01\nsS\"b\"\nI1\ns.": "map[a:true b:1]",
		"}(S'\\x61\\n\\142\\'\\q'\nNS'a'\nL-12L\nu.":         "map[a:-12 a\nb'\\q:<nil>]",
		"}(U\x01aK\x01T\x01\x00\x00\x00bJ\xff\xff\xff\xffu.": "map[a:1 b:-1]",
		"}Va\\u00e9\\\\u0041\xe9\nF1.5\ns.":                  "map[aé\\\\u0041é:1.5]",
		"}(U\x01aK\x01U\x01aK\x02u.":                         "map[a:2]",
		"}U\x01a2s.":                                         "map[a:a]",
		"}q\x05U\x01a]q\x06s0h\x05.":                         "map[a:[]]", // its memo counts from 5
		"}U\x01a]\x94(K\x01h\x00es.":                         "map[a:<list with itself>]",
		"}U\x01a}U\x01bc__builtin__\nset\n(]K\x01atRss.":     "map[a:map[b:{set [143 148 40 75 1 144]}]]",
		"}U\x01ac__builtin__\nset\nss.":                      "",
		"}U\x01ac__builtin__\nset\ns.":                       "map[a:<the class builtins.set>]",
		"\x80\x03}U\x01ac__builtin__\nset\n)Rs.":             "map[a:<__builtin__.set>]", // Python 2's name in a pickle of Python 3
		"}U\x01acos\nsystem\n(U\x02lstRs.":                   "map[a:<os.system>]",
		"}U\x01a(icos\nsystem\nos.":                          "",
		"}U\x01a(cos\nsystem\nU\x02lsos.":                    "map[a:<os.system>]",
		"}U\x01a(U\x02lsios\nsystem\ns.":                     "map[a:<os.system>]",
		"}U\x01acapp\nC\n)\x81}U\x01xK\x01sbs.":              "map[a:<app.C>]",
		"}U\x01acapp\nC\n)}\x92s.":                           "map[a:<app.C>]",
		"}U\x01a(capp\nC\n)\x81K\x05ts.":                     "map[a:<tuple with app.C>]",
		"}U\x01acdatetime\ndate\n(U\x04zzzztRs.":             "map[a:<datetime.date>]", // no pickler writes it
		"}U\x01a}K\x01K\x02ss.":                              "map[a:<dict>]",
	} {
		got, err := session([]byte(data), c.Decode)
		if want == "" {
			if !errors.Is(err, codec.ErrMalformed) {
				t.Errorf("%q: got %v, %v, want ErrMalformed", data, got, err)
			}
			continue
		}
		if err != nil || shown(got) != want {
			t.Errorf("%q: got %s, %v, want %s", data, shown(got), err, want)
		}
		if err := codectest.Split(c, []byte(data)); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	}
	for _, data := range []string{
		"", ".", "N.", "K\x01.", "].", "}", "}K\x01Ns.", "}NNs.", "}\x80\x06.", "}(U\x01au.", "\x80\x05\x95\xff\x00\x00\x00\x00\x00\x00\x00}.",
		"}U\x01a]]s.U", "0.", "1.", "2.", "h\x00.", "}(U\x01aU\x01b.", "}]Ns.", "}c\nx\n0.", "}cx\n\n0.", "}U\x01aS'\\xff'\ns.", "}U\x01a}]\x85\x85Nss.", "}]\x85\x85Ns.", "}X\x01\x00\x00\x00\xffNs.", "}U\x01\x80Ns.",
		"}U\x01aI1_0\ns.", "}U\x01aI-0\ns.", "}U\x01aI\ns.", "}U\x01aF0x1p3\ns.", "}U\x01aF1e999\ns.", "}U\x01aS'b\ns.", "}U\x01aS'\\x0'\ns.", "}U\x01aV\\u00\ns.", "}U\x01aV\\U00110000\ns.",
	} {
		if entries, err := c.Split([]byte(data)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: got %v, %v, want ErrMalformed", data, entries, err)
		}
	}
}

// What isn't in the pickle is refused by its own name.
func TestOutOfBand(t *testing.T) {
	for _, op := range []string{"Pid\n", "U\x02idQ", "\x82\x01", "\x83\x01\x00", "\x84\x01\x00\x00\x00", "\x97", "C\x00\x98"} {
		_, err := c.Split([]byte("}U\x01a" + op + "s."))
		if !errors.Is(err, pickle.ErrOutOfBand) || !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: %v", op, err)
		}
	}
}

func TestJoin(t *testing.T) {
	one := encoded(t, 1)
	for _, row := range []struct {
		entries []codec.Entry
		want    string
	}{
		{nil, "\x80\x04}\x94."},
		{[]codec.Entry{{Key: "a", Raw: one}}, "\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s."},
		{[]codec.Entry{{Key: "b", Raw: one}, {Key: "\xed\xa0\x80", Raw: one}}, "\x80\x04\x95\x13\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01b\x94K\x01\x8c\x03\xed\xa0\x80\x94K\x01u."},
	} {
		got, err := c.Join([]byte("x"), row.entries)
		if err != nil || string(got) != "x"+row.want {
			t.Errorf("got %q, %v, want %q", got, err, row.want)
		}
	}
	for _, e := range []codec.Entry{{Key: "a"}, {Key: "\xff", Raw: one}, {Key: "a", Raw: make([]byte, 17<<20)}, {Key: "a", Raw: []byte("\x00")}} {
		got, err := c.Join([]byte("x"), []codec.Entry{{Key: "b", Raw: one}, e})
		_, unfit := errors.AsType[*codec.ValueError](err)
		if string(got) != "x" || unfit == errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: got %q, %v", e.Key, got, err)
		}
	}
}

// carts is {"n": 1, "cart": app.Cart([1]), "owner": the same cart, "l": [2]} as
// Python pickles it: the memo is shared.
const carts = "\x80\x04\x95\x3d\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01n\x94K\x01\x8c\x04cart\x94\x8c\x03app\x94\x8c\x04Cart\x94\x93\x94]\x94K\x01a\x85\x94R\x94\x8c\x05owner\x94h\x08\x8c\x01l\x94]\x94K\x02au."

func show(t *testing.T, ask func(any, ...[]any), data []byte) string {
	t.Helper()
	var text [1]string
	ask(&text, []any{"show", hex.EncodeToString(data)})
	return text[0]
}

// A record with objects of unknown classes can be changed, and Python finds
// them as they were.
func TestChangesBesideUnknownClasses(t *testing.T) {
	ask := python(t)
	var all [1][6]string
	ask(&all, []any{"carts"})
	for _, text := range all[0] {
		data, _ := hex.DecodeString(text)
		before := string(data)
		entries := split(t, before)
		got, err := session(data, c.Decode)
		if want := "map[cart:<app.Cart> l:[2] n:1 owner:<app.Cart>]"; err != nil || shown(got) != want {
			t.Fatalf("got %s, %v, want %s", shown(got), err, want)
		}
		if data, err := c.Join(nil, entries); err != nil || string(data) != before {
			t.Errorf("untouched: got %q, %v", data, err)
		}
		for _, row := range []struct {
			change func([]codec.Entry) []codec.Entry
			want   string
		}{
			{func(e []codec.Entry) []codec.Entry { return with(t, e, "n", 5) }, "{'n': 5, 'cart': Cart([1]), 'owner': Cart([1]), 'l': [2]}"},
			{func(e []codec.Entry) []codec.Entry { return with(t, with(t, e, "x", "é"), "y", []any{1}) }, "{'n': 1, 'cart': Cart([1]), 'owner': Cart([1]), 'l': [2], 'x': 'é', 'y': [1]}"},
			{func(e []codec.Entry) []codec.Entry { return with(t, e, "cart", nil) }, "{'n': 1, 'cart': None, 'owner': Cart([1]), 'l': [2]}"},
			{func(e []codec.Entry) []codec.Entry { return with(t, with(t, e, "cart", 1), "owner", 2) }, "{'n': 1, 'cart': 1, 'owner': 2, 'l': [2]}"},
			{func(e []codec.Entry) []codec.Entry { return without(without(without(e, "cart"), "owner"), "n") }, "{'l': [2]}"},
		} {
			data, err := c.Join([]byte("x"), row.change(entries))
			if err != nil {
				t.Errorf("want %s: %v", row.want, err)
				continue
			}
			if got := show(t, ask, data[1:]); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if err := codectest.Split(c, data[1:]); err != nil {
				t.Error(err)
			}
			if strings.HasPrefix(before, "\x80\x04\x95") && strings.HasPrefix(string(data[1:]), "\x80\x04\x95") && strings.Contains(row.want, "Cart") {
				t.Errorf("there is still a FRAME in %q", data)
			}
		}
	}
}

// What a later part of a pickle does to an earlier one is done still.
func TestChangesKeepWhatLeansOnEarlierParts(t *testing.T) {
	ask := python(t)
	for before, want := range map[string]string{
		"}(U\x01a]q\x01U\x01ccapp\nCart\n]\x85Ru(U\x01bh\x01Nau(U\x01dNu.": "{'a': [None], 'c': Cart([]), 'b': [None], 'd': None, 'n': 1}",
		"}(U\x01ccapp\nCart\n]\x85Ru(U\x01bc__builtin__\nset\nu.":          "{'c': Cart([]), 'b': <class 'set'>, 'n': 1}",
	} {
		data, err := c.Join(nil, with(t, split(t, before), "n", 1))
		if err != nil {
			t.Fatal(err)
		}
		if got := show(t, ask, data); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// What was appended is replaced by what is appended next, and can be deleted.
func TestRecordsWithUnknownClassesDontGrow(t *testing.T) {
	ask := python(t)
	data := []byte(carts)
	size := 0
	for i := range 50 {
		entries := with(t, split(t, string(data)), "views", int64(100+i))
		var err error
		if data, err = c.Join(nil, entries); err != nil {
			t.Fatal(err)
		}
		if size == 0 {
			size = len(data)
		}
		if len(data) != size {
			t.Fatalf("%d bytes after %d changes, %d at first", len(data), i+1, size)
		}
	}
	if got, want := show(t, ask, data), "{'n': 1, 'cart': Cart([1]), 'owner': Cart([1]), 'l': [2], 'views': 149}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	data, err := c.Join(nil, without(split(t, string(data)), "views"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(t, ask, data), "{'n': 1, 'cart': Cart([1]), 'owner': Cart([1]), 'l': [2]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What can't be parted is refused, and says so.
func TestErrOpaque(t *testing.T) {
	entries := split(t, carts)
	moved := slices.Clone(entries)
	moved[1].Key, moved[0].Key = "n", "cart"
	tail := func(n int, with string) []codec.Entry { // with in place of the last n bytes
		other := slices.Clone(entries)
		raw := other[1].Raw
		other[1].Raw = append(slices.Clone(raw[:len(raw)-n]), with...)
		return other
	}
	other := split(t, strings.Replace(carts, "K\x02", "K\x03", 1))
	for name, all := range map[string][]codec.Entry{
		"deleted":         without(entries, "n"),
		"deleted, opaque": without(entries, "cart"),
		"moved":           moved,
		"no such place":   tail(4, "\xff\xff\xff\xff"),
		"another kind":    tail(14, "app.Dart\x08\x00\x01\x00\x00\x00"),
		"copied":          append(slices.Clone(entries), codec.Entry{Key: "z", Raw: entries[1].Raw}),
		"another session": append(slices.Clone(entries[:2]), other[2:]...),
		"a new session":   {{Key: "cart", Raw: entries[1].Raw}},
	} {
		got, err := c.Join([]byte("x"), all)
		if _, ok := errors.AsType[*codec.ValueError](err); !ok || !errors.Is(err, pickle.ErrOpaque) || string(got) != "x" {
			t.Errorf("%s: got %q, %v, want ErrOpaque", name, got, err)
		}
	}
	apart := slices.Clone(entries) // not the same memory
	for i := range apart {
		apart[i].Raw = slices.Clone(apart[i].Raw)
	}
	if got, err := c.Join(nil, apart); err != nil || string(got) != carts {
		t.Errorf("copies: got %q, %v", got, err)
	}
	for _, raw := range []string{"\x00", "\x00\x02\x00\x00\x00}.", "\x00\x02\x00\x00\x00}.\x00\x00\x00\x00", "\x00\x02\x00\x00\x00}.\x01\x00\x00\x00\x00\x00", "\x00\xff\xff\xff\xff}."} {
		if v, err := c.Decode([]byte(raw)); !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%q: got %v, %v, want ErrMalformed", raw, v, err)
		}
	}
	o, err := c.Decode(entries[1].Raw)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := c.Encode([]byte("x"), o); err != nil || string(raw) != "x"+string(entries[1].Raw) {
		t.Errorf("an Opaque by itself: got %q, %v", raw, err)
	}
	for _, v := range []any{[]any{o}, codec.Opaque{Kind: "app.Other", Raw: o.(codec.Opaque).Raw}, codec.Opaque{Raw: []byte("\x00")}, codec.Opaque{Kind: "set", Raw: []byte("K\x01")}, codec.Opaque{}} {
		raw, err := c.Encode([]byte("x"), v)
		if _, ok := errors.AsType[*codec.ValueError](err); !ok || string(raw) != "x" {
			t.Errorf("%.60v: got %q, %v, want a *ValueError", v, raw, err)
		}
	}
}
