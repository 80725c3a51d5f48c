package taggedjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/vectors"
)

// An orderedDict is what the example in Flask's documentation of custom tags is
// about: a dict whose order is kept.
type orderedDict []pair

type pair struct {
	key   string
	value any
}

var orderedDictTag = taggedjson.Tag{
	Name: " od",
	Encode: func(v any) (any, bool, error) {
		od, ok := v.(orderedDict)
		if !ok {
			return nil, false, nil
		}
		list := make([]any, len(od))
		for i, p := range od {
			list[i] = []any{p.key, p.value}
		}
		return list, true, nil
	},
	Decode: func(inner any) (any, error) {
		list, ok := inner.([]any)
		if !ok {
			return nil, errors.New("not a list")
		}
		od := make(orderedDict, len(list))
		for i, e := range list {
			p, ok := e.([]any)
			if !ok || len(p) != 2 {
				return nil, errors.New("not a pair")
			}
			key, ok := p[0].(string)
			if !ok {
				return nil, errors.New("not a key")
			}
			od[i] = pair{key, p[1]}
		}
		return od, nil
	},
}

func withOrderedDict(t *testing.T) taggedjson.Codec {
	t.Helper()
	c, err := taggedjson.New(orderedDictTag)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func codecFor(t *testing.T, c vectors.Case) taggedjson.Codec {
	if c.CustomTag == "" {
		return taggedjson.Codec{}
	}
	return withOrderedDict(t)
}

// goValue is Typed.Go for recordings that have an OrderedDict in them.
func goValue(v vectors.Typed) (any, error) {
	if v.PythonType != "OrderedDict" && !strings.Contains(string(join(v.Items)), "OrderedDict") {
		return v.Go()
	}
	if v.Type == "tuple" {
		t := make(codec.Tuple, len(v.Items))
		for i, item := range v.Items {
			var e vectors.Typed
			err := json.Unmarshal(item, &e)
			if err != nil {
				return nil, err
			}
			if t[i], err = goValue(e); err != nil {
				return nil, err
			}
		}
		return t, nil
	}
	pairs, err := v.Pairs()
	if err != nil {
		return nil, err
	}
	var od orderedDict
	m := map[string]any{}
	for _, p := range pairs {
		k, err := codec.As[string](must(p[0].Go()))
		if err != nil {
			return nil, err
		}
		e, err := goValue(p[1])
		if err != nil {
			return nil, err
		}
		od = append(od, pair{k, e})
		m[k] = e
	}
	if v.Type == "dict" {
		return m, nil
	}
	return od, nil
}

func must(v any, err error) any {
	if err != nil {
		return err
	}
	return v
}

func join(items []json.RawMessage) []byte {
	var all []byte
	for _, item := range items {
		all = append(all, item...)
	}
	return all
}

func TestNewRefuses(t *testing.T) {
	nop := orderedDictTag
	for name, tags := range map[string][]taggedjson.Tag{
		"no name":   {{Encode: nop.Encode, Decode: nop.Decode}},
		"no encode": {{Name: " od", Decode: nop.Decode}},
		"no decode": {{Name: " od", Encode: nop.Encode}},
		"Flask's":   {{Name: " t", Encode: nop.Encode, Decode: nop.Decode}},
		"twice":     {nop, nop},
	} {
		if _, err := taggedjson.New(tags...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A tag sees values as they are, wherever they stand, before Plain would make
// something else of them.
func TestCustomTagInsideGoValues(t *testing.T) {
	c := withOrderedDict(t)
	type cart struct {
		Items []orderedDict `json:"items"`
		Any   any           `json:"any"`
	}
	od := orderedDict{{"z", codec.Tuple{1}}, {"a", orderedDict{}}}
	v := map[string]any{"v": &cart{Items: []orderedDict{od}, Any: codec.Tuple{od}}}
	got, err := c.Encode(nil, v)
	const text = `{" od":[["z",{" t":[1]}],["a",{" od":[]}]]}`
	if want := `{"v":{"any":{" t":[` + text + `]},"items":[` + text + `]}}`; err != nil || string(got) != want {
		t.Errorf("\n got %s, %v\nwant %s", got, err, want)
	}
}

func TestCustomTagAtTheTop(t *testing.T) {
	c := withOrderedDict(t)
	entries := []codec.Entry{{Key: " od", Raw: []byte("1")}}
	got, err := c.Join(nil, entries)
	if want := `{" di":{" od__":1}}`; err != nil || string(got) != want {
		t.Fatalf("got %s, %v, want %s", got, err, want)
	}
	back, err := c.Split(got)
	if err != nil || show(back) != " od=1" {
		t.Errorf("got %s, %v", show(back), err)
	}
	if _, err := c.Split([]byte(`{" od":[]}`)); !errors.Is(err, codec.ErrMalformed) {
		t.Errorf("an OrderedDict is no session: got %v", err)
	}
	if entries, err := (taggedjson.Codec{}).Split([]byte(`{" od":[]}`)); err != nil || show(entries) != " od=[]" {
		t.Errorf("without the tag it is a key: got %s, %v", show(entries), err)
	}
}

func TestCustomTagErrors(t *testing.T) {
	fault := errors.New("no")
	c, err := taggedjson.New(taggedjson.Tag{
		Name:   " f",
		Encode: func(v any) (any, bool, error) { _, ok := v.(error); return nil, ok, fault },
		Decode: func(any) (any, error) { return nil, fault },
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Encode([]byte("x"), fault); !errors.Is(err, fault) || string(got) != "x" {
		t.Errorf("got %s, %v, want the tag's error", got, err)
	}
	if _, err := c.Decode([]byte(`{" f":1}`)); !errors.Is(err, codec.ErrMalformed) || errors.Is(err, fault) {
		t.Errorf("got %v, want ErrMalformed alone", err)
	}
	if _, err := c.Decode([]byte(`{" m":[{" f":1}]}`)); !errors.Is(err, codec.ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed", err)
	}
}

// A tag that gives back what it got would never end.
func TestCustomTagThatReturnsItsValue(t *testing.T) {
	c, err := taggedjson.New(taggedjson.Tag{
		Name:   " m2",
		Encode: func(v any) (any, bool, error) { _, ok := v.(map[string]any); return v, ok, nil },
		Decode: func(inner any) (any, error) { return inner, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Encode(nil, map[string]any{})
	if _, ok := errors.AsType[*codec.ValueError](err); !ok {
		t.Errorf("got %v, want a *ValueError", err)
	}
	entries, err := c.Split([]byte(`{" m2":{"b":{" t":[1]},"a":1}}`))
	if want := `a=1|b={" t":[1]}`; err != nil || show(entries) != want {
		t.Errorf("what it decodes to is a session: got %s, %v, want %s", show(entries), err, want)
	}
}
