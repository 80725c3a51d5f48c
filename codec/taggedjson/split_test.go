package taggedjson_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

// show writes entries as key=value lines.
func show(entries []codec.Entry) string {
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.Key+"="+string(e.Raw))
	}
	return strings.Join(lines, "|")
}

func entry(key, raw string) codec.Entry {
	return codec.Entry{Key: key, Raw: []byte(raw)}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"empty", `{}`, ``},
		{"one", `{"a":1}`, `a=1`},
		{"order is kept", `{"b":1,"a":2}`, `b=1|a=2`},
		{"values stay encoded", `{"a":{" t":[1,{"b":"\u00e9"}]}}`, `a={" t":[1,{"b":"\u00e9"}]}`},
		{"white space around values goes", " {\t\"a\"\n:\r1 , \"b\" : [ 1 ] } ", `a=1|b=[ 1 ]`},
		{"keys are unescaped", `{"\u00e9\ud83d\ude00\n\"":1}`, "é\U0001F600\n\"=1"},
		{"a lone surrogate is WTF-8", `{"\ud83d":1}`, "\xed\xa0\xbd=1"},
		{"raw UTF-8", `{"é":"😀"}`, `é="😀"`},
		{"the last value in the first place", `{"a":1,"b":2,"a":3}`, `a=3|b=2`},
		{"escaped or not, a key is the same", `{"a":1,"\u0061":2}`, `a=2`},
		{"a lone tag-like key", `{" di":{" t__":1}}`, ` t=1`},
		{"a lone tag-like key, twice escaped", `{" di":{" di__":1}}`, ` di=1`},
		{"what stands there twice stands once", `{" di":1," di":{" t__":1}}`, ` t=1`},
		{"a tag beside a key is a key", `{" t":1,"a":2}`, ` t=1|a=2`},
		{"an unknown tag is a key", `{" x":1}`, ` x=1`},
		{"null", `null`, ``},
		{"empty list", ` [] `, ``},
		{"empty text", `""`, ``},
		{"empty tuple", `{" t":[]}`, ``},
		{"empty bytes", `{" b":""}`, ``},
		{"no date", `{" d":"soon"}`, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entries, err := taggedjson.Codec{}.Split([]byte(tt.data))
			if got := show(entries); err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestSplitRefuses(t *testing.T) {
	for _, data := range []string{
		``, ` `, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a":1}}`, `{"a":1}x`, "\xef\xbb\xbf{}", "{}\x00",
		`{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":-}`, `{"a":tru}`, `{"a":nan}`, `{"a":'b'}`, `{a:1}`,
		"{\"a\":\"\n\"}", `{"a":"\x"}`, `{"a":"\u12"}`, "{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"\xc0\x80\":1}",
		`1`, `true`, `"a"`, `[1]`, `[["a",1]]`, `{" t":[1]}`, `{" u":"00000000000000000000000000000001"}`,
		`{" d":"Thu, 29 Feb 2024 12:34:56 GMT"}`, `{" b":"!"}x`, `{" t":null}`, `{" di":[]}`, `{" di":{}}`, `{" di":null}`,
	} {
		entries, err := taggedjson.Codec{}.Split([]byte(data))
		if !errors.Is(err, codec.ErrMalformed) || errors.Is(err, codec.ErrLimit) || entries != nil {
			t.Errorf("%q: got %v, %v, want ErrMalformed", data, entries, err)
		}
	}
}

func TestLimits(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	printed := func(n int) string { return `{" m":["` + strings.Repeat("x", n) + `"]}` } // 4 bytes more
	for _, tt := range []struct {
		name, inside, beyond string
	}{
		{"nesting", nested(499), nested(500)},
		{"nested objects", strings.Repeat(`{"a":`, 498) + "{}" + strings.Repeat("}", 498), strings.Repeat(`{"a":`, 500) + "1" + strings.Repeat("}", 500)},
		{"digits", "-" + strings.Repeat("9", 4300), strings.Repeat("9", 4301)},
		{"values", "[" + strings.Repeat("0,", 1<<20-2) + "0]", "[" + strings.Repeat("0,", 1<<20-1) + "0]"},
		{"printed", printed(256<<10 - 4), printed(256<<10 - 3)},
		{"printed by two", "[" + printed(100000) + "," + printed(256<<10-100000-8) + "]", "[" + printed(100000) + "," + printed(256<<10-100000-7) + "]"},
	} {
		if _, err := (taggedjson.Codec{}).Split([]byte(`{"a":` + tt.inside + `}`)); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		_, err := taggedjson.Codec{}.Split([]byte(`{"a":` + tt.beyond + `}`))
		if !errors.Is(err, codec.ErrLimit) || !errors.Is(err, codec.ErrMalformed) {
			t.Errorf("%s: Split says %v, want ErrLimit", tt.name, err)
		}
		if _, err := (taggedjson.Codec{}).Decode([]byte(`[` + tt.beyond + `]`)); !errors.Is(err, codec.ErrLimit) {
			t.Errorf("%s: Decode says %v, want ErrLimit", tt.name, err)
		}
	}
	if _, err := (taggedjson.Codec{}).Decode([]byte(strings.Repeat("9", 5000) + ".0")); err != nil {
		t.Errorf("a float may have any number of digits: %v", err)
	}
}

// Markup of a list with Markup of a list … prints twice the backslashes at each
// level, and at the least all that is inside once more.
func TestNestedMarkupCostsLittle(t *testing.T) {
	bomb := func(levels int, text string) string {
		return strings.Repeat(`{" m":[`, levels) + `"` + text + `"` + strings.Repeat(`]}`, levels)
	}
	some := bomb(5, strings.Repeat("x", 20000)) // 100 kB
	for name, data := range map[string]string{
		"backslashes":     `{"a":` + bomb(18, `\\`) + `}`,
		"in a dict":       `{"a":` + strings.Repeat(`{" m":{"k":`, 18) + `"\\"` + strings.Repeat(`}}`, 18) + `}`,
		"in another key":  `{"` + `\u0020m":[` + bomb(18, `\\`) + `]}`,
		"every level":     `{"a":` + bomb(14, strings.Repeat("x", 20000)) + `}`,
		"of many entries": `{"a":` + some + `,"b":` + some + `,"c":` + some + `}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := taggedjson.Codec{}.Split([]byte(data))
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 || !errors.Is(err, codec.ErrLimit) {
			t.Errorf("%s: %d kB were allocated for %d bytes; got %v, want ErrLimit", name, used>>10, len(data), err)
		}
	}
	v, err := taggedjson.Codec{}.Decode([]byte(bomb(15, `\\`)))
	if m, ok := v.(codec.Markup); !ok || err != nil || strings.Count(string(m), `\`) < 1<<15 {
		t.Errorf("15 levels: got %d bytes, %v", len(m), err)
	}
	text := strings.Repeat("x", 300<<10)
	if v, err := (taggedjson.Codec{}).Decode([]byte(`{" m":{" m":"` + text + `"}}`)); err != nil || v != codec.Markup(text) {
		t.Errorf("Markup of text has no limit: %v", err)
	}
}

// Python refuses nothing of this; what matters is that it takes no quadratic
// time, which would show as a test that doesn't end.
func TestManyKeys(t *testing.T) {
	var b strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&b, `,"key%d":%d`, i%10000, i)
	}
	entries, err := taggedjson.Codec{}.Split([]byte("{" + b.String()[1:] + "}"))
	if err != nil || len(entries) != 10000 {
		t.Fatalf("got %d entries, %v", len(entries), err)
	}
	for i, e := range entries {
		if e.Key != fmt.Sprintf("key%d", i) || string(e.Raw) != fmt.Sprint(i+10000) {
			t.Fatalf("entry %d: got %s", i, show(entries[i:i+1]))
		}
	}
}

func TestJoin(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries []codec.Entry
		want    string
	}{
		{"none", nil, `{}`},
		{"sorted by code points", []codec.Entry{entry("\U00010000", "3"), entry("\uffff", "2"), entry("B", "1"), entry("", "0")}, `{"":0,"B":1,"\uffff":2,"\ud800\udc00":3}`},
		{"a lone tag", []codec.Entry{entry(" t", "1")}, `{" di":{" t__":1}}`},
		{"a lone " + `" di"`, []codec.Entry{entry(" di", "1")}, `{" di":{" di__":1}}`},
		{"two tags", []codec.Entry{entry(" t", "1"), entry(" d", "2")}, `{" d":2," t":1}`},
		{"raw text as it is", []codec.Entry{entry("é", `"é \u00E9" `)}, `{"\u00e9":"é \u00E9" }`},
	} {
		before := show(tt.entries)
		got, err := taggedjson.Codec{}.Join([]byte("x"), tt.entries)
		if err != nil || string(got) != "x"+tt.want {
			t.Errorf("%s: got %s, %v, want x%s", tt.name, got, err, tt.want)
		}
		if after := show(tt.entries); after != before {
			t.Errorf("%s: the entries were reordered: %s", tt.name, after)
		}
	}
}

func TestJoinRefuses(t *testing.T) {
	got, err := taggedjson.Codec{}.Join([]byte("x"), []codec.Entry{entry("a", "1"), {Key: "b"}})
	if !errors.Is(err, codec.ErrMalformed) || string(got) != "x" {
		t.Errorf("no value: got %q, %v", got, err)
	}
	got, err = taggedjson.Codec{}.Join([]byte("x"), []codec.Entry{entry("\xff", "1")})
	if _, ok := errors.AsType[*codec.ValueError](err); !ok || string(got) != "x" {
		t.Errorf("not text: got %q, %v", got, err)
	}
}

func TestErrorsSayWhereAndNotWhat(t *testing.T) {
	_, err := taggedjson.Codec{}.Split([]byte(`{"secret":"hidden`))
	if got, want := err.Error(), "taggedjson: byte 17: codec: malformed data"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = taggedjson.Codec{}.Encode(nil, map[string]any{"secret": []any{make(chan int)}})
	if got, want := err.Error(), "codec: a value of type chan int can't be part of a session: nothing in Python corresponds to it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if e, _ := errors.AsType[*codec.ValueError](err); e.Path != ".secret[0]" {
		t.Errorf("got path %q", e.Path)
	}
	if _, err = (taggedjson.Codec{}).Encode(nil, "hidden\xff"); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("got %v", err)
	}
}

// A tag whose contents can't be read makes the whole session unreadable, as
// Flask has it, wherever it stands and however its key is spelled.
func TestSplitChecksTags(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"v":{" u":"00000000000000000000000000000001"}}`: true,
		`{"v":{" u":"x"}}`:                     false,
		`{"v":[1,{"w":{" u":5}}],"z":0}`:       false,
		`{"v":{"\u0020u":5}}`:                  false,
		`{"v":{" u":5,"w":1}}`:                 true, // two keys: no tag
		`{"v":{" x":5}}`:                       true, // unknown: a map
		`{"a":{" t":null},"b":{" t":[]}}`:      false,
		`{" di":{" t__":{" b":"not padded"}}}`: false,
	} {
		if _, err := (taggedjson.Codec{}).Split([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
