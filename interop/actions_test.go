package interop

import (
	"encoding/json"
	"strings"

	"github.com/dewar-go/dewar/internal/vectors"
)

// sameAs are the actions of the recording that are the lab's operations under
// another name.
var sameAs = map[string]string{
	"get": "get", "getitem": "getitem", "contains": "has", "len": "len", "bool": "bool", "keys": "keys", "items": "items",
	"set": "set", "delete": "delete", "pop": "pop", "pop_default": "pop", "setdefault": "setdefault", "update": "update",
	"clear": "clear", "append_nested": "append", "set_nested": "put", "set_permanent": "permanent", "get_permanent": "get_permanent",
	"flash": "flash", "get_flashed": "flashes", "raise": "panic", "abort": "status", "header": "header",
}

// operationsOf translates an exchange, or says what it needs that the lab
// hasn't got.
func operationsOf(x vectors.Exchange) (body []byte, missing string) {
	if x.Request.Path != "/" {
		if x.Request.Method != "GET" {
			return nil, x.Request.Method
		}
	} else if x.Request.Method != "GET" && x.Request.Method != "POST" {
		return nil, x.Request.Method
	}
	for hook := range x.Hooks {
		return nil, hook
	}
	var ops [][]byte
	for _, action := range x.Actions {
		more, missing := operations(action)
		if missing != "" {
			return nil, missing
		}
		ops = append(ops, more...)
	}
	var text []string
	for _, op := range ops {
		text = append(text, string(op))
	}
	return []byte("[" + strings.Join(text, ",") + "]"), ""
}

// operations gives what one action is in the lab: mostly one operation.
func operations(action json.RawMessage) (ops [][]byte, missing string) {
	var parts []json.RawMessage
	if err := json.Unmarshal(action, &parts); err != nil {
		return nil, "an action that is no list"
	}
	var name string
	_ = json.Unmarshal(parts[0], &name)
	switch name {
	case "try":
		return operations(parts[1])
	case "redirect":
		return [][]byte{[]byte(`["status",302]`), []byte(`["header","Location",` + string(parts[1]) + `]`)}, ""
	case "stream":
		ops = append(ops, []byte(`["flush"]`))
		var inner []json.RawMessage
		_ = json.Unmarshal(parts[1], &inner)
		for _, a := range inner {
			more, missing := operations(a)
			if missing != "" {
				return nil, missing
			}
			ops = append(ops, more...)
		}
		return ops, ""
	}
	verb, ok := sameAs[name]
	if !ok {
		return nil, name
	}
	op := `["` + verb + `"`
	for _, arg := range parts[1:] {
		text, missing := argument(arg)
		if missing != "" {
			return nil, missing
		}
		op += "," + text
	}
	return [][]byte{[]byte(op + "]")}, ""
}

// argument gives an action's argument as tagged JSON: it is a typed value, or
// plain JSON.
func argument(arg json.RawMessage) (text, missing string) {
	var typed vectors.Typed
	if json.Unmarshal(arg, &typed) != nil || typed.Type == "" {
		return string(arg), ""
	}
	v, err := typed.Go()
	if err != nil {
		return "", typed.Type
	}
	raw, err := tagged.Encode(nil, v)
	if err != nil {
		return "", typed.Type
	}
	return string(raw), ""
}
