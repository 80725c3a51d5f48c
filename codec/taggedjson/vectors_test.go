package taggedjson_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/vectors"
)

func load(t *testing.T) *vectors.File {
	t.Helper()
	f, err := vectors.Load("../../testdata/flask_cookie.json")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// onlyPython are the sessions that hold what Go can't, or can't in that way.
var onlyPython = map[string]string{
	"coerced_date":        "a date without a time",
	"coerced_decimal":     "a Decimal",
	"coerced_dataclass":   "a dataclass",
	"coerced_namedtuple":  "a namedtuple",
	"coerced_intenum":     "an IntEnum",
	"coerced_ordereddict": "an OrderedDict",
	"coerced_html_object": "an object with __html__",
	"key_int":             "int keys: sorted as numbers, 9 before 10",
	"key_int_toplevel":    "int keys: sorted as numbers, 2 before 10",
	"key_numeric_mix":     "keys of several types: sorted as numbers",
	"key_float":           "float keys: sorted as numbers",
	"json_utf8_provider":  "an app that writes UTF-8",
}

func TestEncodeIsFlasks(t *testing.T) {
	seen := 0
	for _, c := range load(t).Cases {
		if c.Kind != "roundtrip" || onlyPython[c.Name] != "" {
			continue
		}
		session, err := goValue(c.Session)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		seen++
		got, err := codecFor(t, c).Encode(nil, session)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if string(got) != c.JSON {
			t.Errorf("%s:\n got %.200s\nwant %.200s", c.Name, got, c.JSON)
		}
	}
	if seen < 190 {
		t.Errorf("only %d sessions were compared", seen)
	}
}

func TestDecodeIsFlasks(t *testing.T) {
	for _, c := range load(t).Cases {
		if c.Kind != "roundtrip" {
			continue
		}
		want, err := goValue(c.Loaded)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		got, err := decodeSession(codecFor(t, c), []byte(c.JSON))
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if !vectors.Equal(got, want) {
			t.Errorf("%s:\n got %.300v\nwant %.300v", c.Name, got, want)
		}
	}
}

// What nobody touched goes back byte for byte, whoever spelled it how.
func TestJoinGivesBackWhatSplitTook(t *testing.T) {
	for _, c := range load(t).Cases {
		if c.Kind != "roundtrip" {
			continue
		}
		cc := codecFor(t, c)
		entries, err := cc.Split([]byte(c.JSON))
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		got, err := cc.Join(nil, entries)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if string(got) != c.JSON && c.Name != "key_int_toplevel" {
			t.Errorf("%s:\n got %.200s\nwant %.200s", c.Name, got, c.JSON)
		}
	}
}

// refusedHere are what Flask reads and this codec doesn't.
var refusedHere = map[string]string{
	"payload_list_of_pairs": "nothing writes a session so",
	"zip_bomb_4mib":         "the transport's limit",
}

func TestLoadIsFlasks(t *testing.T) {
	oks, faults := 0, 0
	for _, c := range load(t).Cases {
		if c.Kind != "load" || refusedHere[c.Name] != "" || c.Outcome != "ok" && c.Outcome != "error" {
			continue
		}
		data, ok := payload(c.Cookie)
		if !ok {
			continue
		}
		got, err := decodeSession(taggedjson.Codec{}, data)
		if c.Outcome == "error" {
			// The rest failed before the codec, or on the timestamp.
			if c.Cause != "" || strings.HasPrefix(c.Name, "payload_") {
				faults++
				if !errors.Is(err, codec.ErrMalformed) {
					t.Errorf("%s: got %v, %v, want ErrMalformed", c.Name, got, err)
				}
			}
			continue
		}
		oks++
		want, werr := goValue(c.Value)
		if werr != nil {
			t.Errorf("%s: %v", c.Name, werr)
		} else if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if !vectors.Equal(got, want) {
			t.Errorf("%s:\n got %#v\nwant %#v", c.Name, got, want)
		}
	}
	if oks < 30 || faults < 19 {
		t.Errorf("only %d payloads that load and %d that don't were compared", oks, faults)
	}
}

func TestRefusesWhatFlaskRefusesToSave(t *testing.T) {
	for _, e := range load(t).DumpErrors {
		session, err := e.Session.Go()
		if err != nil {
			continue // there is no such thing in Go
		}
		if strings.Contains(e.Name, "mixed") {
			continue // Python can't sort such keys; Go's are all text by now
		}
		got, err := taggedjson.Codec{}.Encode(nil, session)
		if _, ok := errors.AsType[*codec.ValueError](err); !ok {
			t.Errorf("%s: got %q, %v, want a *ValueError", e.Name, got, err)
		}
	}
}

// decodeSession is what a session does when all of its values are asked for. A
// fault must be found by Split: later errors aren't ErrMalformed here.
func decodeSession(c taggedjson.Codec, data []byte) (any, error) {
	entries, err := c.Split(data)
	if err != nil {
		return nil, err
	}
	m := map[string]any{}
	for _, e := range entries {
		if m[e.Key], err = c.Decode(e.Raw); err != nil {
			return nil, fmt.Errorf("Split let it pass: %v", err)
		}
	}
	return m, nil
}

// payload returns what the codec gets of a cookie's value, and false if it gets
// nothing.
func payload(cookie string) ([]byte, bool) {
	packed := strings.HasPrefix(cookie, ".")
	parts := strings.Split(strings.TrimPrefix(cookie, "."), ".")
	if len(parts) != 3 {
		return nil, false
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || !packed {
		return data, err == nil
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, false
	}
	data, err = io.ReadAll(r)
	return data, err == nil
}
