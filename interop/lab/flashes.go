package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
)

func flash(a *answer, args []any) (any, error) {
	category := ""
	if len(args) == 2 {
		var ok bool
		if category, ok = args[1].(string); !ok {
			return nil, fault("TypeError")
		}
	}
	return nil, a.notice(func() { a.s.Flash(args[0], category) })
}

// flashes gives messages, or tuples of category and message, as
// get_flashed_messages does. A filter that is a text matches by substring.
func flashes(a *answer, args []any) (any, error) {
	var options map[string]any
	if len(args) == 1 && args[0] != nil {
		var ok bool
		if options, ok = args[0].(map[string]any); !ok {
			return nil, fault("TypeError")
		}
	}
	with, wanted := false, func(string) bool { return true }
	for name, v := range options {
		switch name {
		case "with_categories":
			with = v != nil && v != false && v != int64(0) && v != ""
		case "category_filter":
			wanted = filter(v)
		default:
			return nil, fault("TypeError")
		}
	}
	a.saveAlong()
	if a.s.Has("_flashes") {
		if waiting, ok := a.get("_flashes").([]any); ok && a.pairs == nil {
			a.pairs = waiting
		}
		defer a.notice(func() {})
	}
	out := []any{}
	for _, f := range a.s.Flashes() {
		switch {
		case !wanted(f.Category):
		case with:
			out = append(out, a.pair(f))
		default:
			out = append(out, f.Message)
		}
	}
	return out, nil
}

// filter is Python's "category in v", where an empty v takes all.
func filter(v any) func(string) bool {
	switch v := v.(type) {
	case string:
		return func(c string) bool { return strings.Contains(v, c) }
	case []any:
		if len(v) > 0 {
			return func(c string) bool { return slices.Contains(v, any(c)) }
		}
	case dewar.Tuple:
		return filter([]any(v))
	}
	return func(string) bool { return true }
}

// pair gives a flash as Flask does: as the very object that waited, a list if
// another JSON provider left one.
func (a *answer) pair(f dewar.Flash) any {
	for _, waiting := range a.pairs {
		if l, ok := waiting.([]any); ok && reflect.DeepEqual(l, []any{f.Category, f.Message}) {
			return l
		}
	}
	return dewar.Tuple{f.Category, f.Message}
}
