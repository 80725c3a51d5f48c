package interop

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/internal/vectors"
)

// storedVerbs are what the views of the recorded sessions did, where the lab
// calls it something else.
var storedVerbs = map[string]string{"in": "has", "regenerate": "renew", "update": "set"}

// storedOperations translates what the view of a step did, or says what the lab
// can't be told: an object, a time of less than a second.
//
// Where records are pickles all types stay what they are, and the lab can be
// told only of those that tagged JSON has.
func storedOperations(step vectors.StoreStep, pickles bool) (body, missing string) {
	var ops []string
	for _, op := range step.Ops {
		var parts []json.RawMessage
		var name string
		if json.Unmarshal(op, &parts) != nil || json.Unmarshal(parts[0], &name) != nil {
			return "", "an operation without a name"
		}
		calls, missing := argumentLists(name, parts[1:], step, pickles)
		if missing != "" {
			return "", missing
		}
		if verb, ok := storedVerbs[name]; ok {
			name = verb
		}
		for _, args := range calls {
			ops = append(ops, "["+strings.Join(append([]string{`"` + name + `"`}, args...), ",")+"]")
		}
	}
	return "[" + strings.Join(ops, ",") + "]", ""
}

// argumentLists gives the arguments, once; those of an update a key at a time,
// for a map that is sent to the lab has no order, and Python's has.
func argumentLists(name string, args []json.RawMessage, step vectors.StoreStep, pickles bool) (calls [][]string, missing string) {
	if name == "update" {
		var v vectors.Value
		_ = json.Unmarshal(args[0], &v)
		pairs, err := v.Pairs()
		if err != nil {
			return nil, err.Error()
		}
		for _, p := range pairs {
			text, missing := storedArgument(p[1], pickles)
			if missing != "" {
				return nil, missing
			}
			calls = append(calls, []string{string(p[0].V), text})
		}
		return calls, ""
	}
	call := []string{}
	for i, arg := range args {
		var v vectors.Value
		text := string(arg)
		if json.Unmarshal(arg, &v) == nil && v.Type != "" {
			if text, missing = storedArgument(v, pickles); missing != "" {
				return nil, missing
			}
		}
		if name == "flash" && i == 0 && step.AfterView != nil && strings.Contains(string(step.AfterView.V), "str:Markup") {
			text = `{" m":` + text + "}"
		}
		call = append(call, text)
	}
	return [][]string{call}, ""
}

func storedArgument(v vectors.Value, pickles bool) (text, missing string) {
	if pickles && pickleOnly(v) {
		return "", "a type that only pickles keep"
	}
	plain, err := v.Go()
	if err != nil {
		return "", err.Error()
	}
	raw, err := tagged.Encode(nil, plain)
	if err != nil {
		return "", err.Error()
	}
	if back, err := tagged.Decode(raw); err != nil || !vectors.Equal(back, plain) {
		return "", "a " + v.Type + " that tagged JSON has no form for"
	}
	return string(raw), ""
}

// pickleOnly says whether a value has a type in it that pickles keep and tagged
// JSON doesn't.
func pickleOnly(v vectors.Value) bool {
	switch v.Type {
	case "none", "bool", "int", "float", "str", "bytes", "uuid", "str:Markup":
		return false
	case "datetime":
		return !v.Aware
	case "list", "tuple":
		var items []vectors.Value
		_ = json.Unmarshal(v.V, &items)
		return slices.ContainsFunc(items, pickleOnly)
	case "dict":
		pairs, _ := v.Pairs()
		return slices.ContainsFunc(pairs, func(p [2]vectors.Value) bool { return p[0].Type != "str" || pickleOnly(p[1]) })
	}
	return true
}

// storedEnvironment is how the lab is started for a step.
func storedEnvironment(c *vectors.StoreCase, key, addr string, now int64) []string {
	env := []string{fmt.Sprint("LAB_NOW=", now), "SESSION_REDIS=redis://" + addr}
	if c.Version == "0.3.2" {
		env = append(env, "DEWAR_RULES=flask-session-0.3")
	}
	if c.Config["_no_secret"] == nil {
		quoted, _ := json.Marshal(key)
		env = append(env, "SECRET_KEY="+string(quoted))
	}
	for name, value := range c.Config {
		text := string(value)
		if strings.HasPrefix(c.Setting(name), "datetime.timedelta(") {
			text = timedelta(text)
		}
		if !strings.HasPrefix(name, "_") {
			env = append(env, name+"="+text)
		}
	}
	slices.Sort(env)
	return env
}

var timedeltaPart = regexp.MustCompile(`\b(seconds|microseconds)=(\d+)`)

// timedelta gives the seconds of Python's text for a short one.
func timedelta(text string) string {
	sum := 0.0
	for _, m := range timedeltaPart.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.ParseFloat(m[2], 64)
		if m[1] == "microseconds" {
			n /= 1e6
		}
		sum += n
	}
	return fmt.Sprint(sum)
}

// shownText gives a recorded session as the lab prints it. A value reads as
// the store gives it back, from the very request that set it: a tuple as a
// list, a UUID as text.
//
// What a pickle holds is what the view left, and says more of it.
func shownText(t *testing.T, cc codec.Codec, step vectors.StoreStep) string {
	t.Helper()
	view := *step.AfterView
	if cc == codec.Codec(pickle.Codec{}) && len(step.Store) > 0 {
		if shown, ok := shownPickle(step.Store[0].Bytes); ok {
			return shown
		}
	}
	pairs, err := view.Pairs()
	if err != nil {
		t.Fatal(err)
	}
	session := map[string]any{}
	for _, p := range pairs {
		key, err := p[0].Go()
		if err != nil {
			t.Fatal(err)
		}
		session[key.(string)] = shownValue(t, cc, p[1])
	}
	text, err := taggedjson.Marshal(session)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shownPickle gives the session in a recorded pickle as the lab prints it.
func shownPickle(data []byte) (string, bool) {
	entries, err := pickle.Codec{}.Split(data)
	if err != nil {
		return "", false
	}
	session := map[string]any{}
	for _, e := range entries {
		v, err := pickle.Codec{}.Decode(e.Raw)
		if err != nil {
			return "", false
		}
		session[e.Key] = v
	}
	text, err := shownPickles.Encode(nil, session)
	return string(text), err == nil
}

// shownPickles prints what tagged JSON has no tag for as the lab does.
var shownPickles = func() taggedjson.Codec {
	c, err := taggedjson.New(taggedjson.Tag{
		Name: " x",
		Encode: func(v any) (any, bool, error) {
			o, ok := v.(codec.Opaque)
			return []any{o.Kind, ""}, ok, nil
		},
		Decode: func(any) (any, error) { return nil, errors.ErrUnsupported },
	})
	if err != nil {
		panic(err)
	}
	return c
}()

func shownValue(t *testing.T, cc codec.Codec, v vectors.Value) any {
	t.Helper()
	plain, err := v.Go()
	if err != nil {
		return map[string]any{" x": []any{opaqueKinds[v.Type], ""}}
	}
	raw, err := cc.Encode(nil, plain)
	if err != nil {
		t.Fatal(err)
	}
	back, err := cc.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// opaqueKinds are what the lab says of values that have none in Go, by their
// types: a map whose keys aren't text, and the one extension that was recorded.
var opaqueKinds = map[string]string{"dict": "map", "object:msgspec.msgpack.Ext": "ext 5"}

// unsortedBelow says whether there is a dict below the top whose keys aren't in
// order. Go's maps have none, and are stored sorted.
func unsortedBelow(v vectors.Value, top bool) bool {
	switch v.Type {
	case "list", "tuple":
		var items []vectors.Value
		_ = json.Unmarshal(v.V, &items)
		return slices.ContainsFunc(items, func(v vectors.Value) bool { return unsortedBelow(v, false) })
	case "dict":
		pairs, _ := v.Pairs()
		sorted := slices.IsSortedFunc(pairs, func(a, b [2]vectors.Value) int { return strings.Compare(string(a[0].V), string(b[0].V)) })
		return !top && !sorted || slices.ContainsFunc(pairs, func(p [2]vectors.Value) bool { return unsortedBelow(p[1], false) })
	}
	return false
}
