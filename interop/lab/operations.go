package main

import (
	"fmt"
	"slices"
	"time"
)

// A verb is what an operation does.
type verb struct {
	least, most int  // arguments
	keyed       bool // the first one is a key
	writes      bool // a session that can't be written to refuses it
	do          func(a *answer, args []any) (any, error)
}

// operation is a verb and what it is done with.
type operation struct {
	verb verb
	args []any
}

func (op operation) do(a *answer) (any, error) { return op.verb.do(a, op.args) }

// parse reads a body as a whole before anything is done.
func parse(body []byte) ([]operation, error) {
	v, err := tagged.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("the body is no tagged JSON")
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("the body is no array of operations")
	}
	operations := make([]operation, len(list))
	for n, item := range list {
		parts, _ := item.([]any)
		if len(parts) == 0 {
			return nil, fmt.Errorf("operation %d is no array with a name first", n)
		}
		name, _ := parts[0].(string)
		verb, ok := verbs[name]
		if !ok {
			return nil, fmt.Errorf("operation %d has a name that the lab doesn't know", n)
		}
		args := parts[1:]
		if len(args) < verb.least || len(args) > verb.most {
			return nil, fmt.Errorf("operation %d, %s, has %d arguments", n, name, len(args))
		}
		if verb.keyed {
			if _, ok := args[0].(string); !ok {
				return nil, fmt.Errorf("operation %d, %s: the key is no text", n, name)
			}
		}
		operations[n] = operation{verb, args}
	}
	return operations, nil
}

func reads(least, most int, do func(*answer, []any) (any, error)) verb {
	return verb{least: least, most: most, keyed: least > 0, do: do}
}

func writes(least, most int, keyed bool, do func(*answer, []any) (any, error)) verb {
	return verb{least: least, most: most, keyed: keyed, writes: true, do: do}
}

func shapes(args int, do func(*answer, []any) (any, error)) verb {
	return verb{least: args, most: args, do: do}
}

var verbs = map[string]verb{
	"get":     reads(1, 1, func(a *answer, args []any) (any, error) { return a.get(args[0]), nil }),
	"getitem": reads(1, 1, func(a *answer, args []any) (any, error) { return a.getitem(args[0]) }),
	"has":     reads(1, 1, func(a *answer, args []any) (any, error) { return a.s.Has(args[0].(string)), nil }),
	"len":     reads(0, 0, func(a *answer, _ []any) (any, error) { return a.s.Len(), nil }),
	"bool":    reads(0, 0, func(a *answer, _ []any) (any, error) { return a.truth(), nil }),
	"keys":    reads(0, 0, func(a *answer, _ []any) (any, error) { return a.keys(), nil }),
	"items": reads(0, 0, func(a *answer, _ []any) (any, error) {
		items := []any{}
		for _, k := range a.keys() {
			items = append(items, []any{k, a.get(k)})
		}
		return items, nil
	}),
	"get_permanent": reads(0, 0, func(a *answer, _ []any) (any, error) {
		if !a.s.Has("_permanent") {
			return false, nil
		}
		return a.get("_permanent"), nil
	}),

	"set": writes(2, 2, true, func(a *answer, args []any) (any, error) { return nil, a.set(args[0], args[1]) }),
	"delete": writes(1, 1, true, func(a *answer, args []any) (any, error) {
		_, err := a.take(args[0])
		return nil, err
	}),
	"pop": writes(1, 2, true, func(a *answer, args []any) (any, error) {
		v, err := a.take(args[0])
		if err != nil && len(args) == 2 {
			return args[1], nil
		}
		return v, err
	}),
	"setdefault": writes(2, 2, true, func(a *answer, args []any) (any, error) {
		if a.s.Has(args[0].(string)) {
			return a.get(args[0]), nil
		}
		return args[1], a.set(args[0], args[1])
	}),
	"update": writes(1, 1, false, update),
	"clear":  writes(0, 0, false, func(a *answer, _ []any) (any, error) { return nil, a.notice(a.s.Clear) }),
	"append": {least: 2, most: 2, keyed: true, do: grow},
	"put":    {least: 3, most: 3, keyed: true, do: put},
	"incr":   writes(2, 2, true, incr),

	"permanent": writes(1, 1, false, func(a *answer, args []any) (any, error) {
		on, ok := args[0].(bool)
		if !ok {
			return nil, fault("TypeError")
		}
		return nil, a.notice(func() { a.s.Permanent(on) })
	}),
	"renew": writes(0, 0, false, func(a *answer, _ []any) (any, error) {
		return nil, a.notice(a.s.Renew)
	}),
	"destroy": writes(0, 0, false, func(a *answer, _ []any) (any, error) { return nil, a.notice(a.s.Destroy) }),
	"logout":  writes(0, 0, false, func(a *answer, _ []any) (any, error) { return nil, a.notice(a.s.Destroy) }),
	"login": writes(1, 1, false, func(a *answer, args []any) (any, error) {
		user, ok := args[0].(string)
		if !ok { // Flask keeps what it is given; Login takes text
			a.s.Renew()
			return nil, a.set("_user_id", args[0])
		}
		return nil, a.notice(func() { a.s.Login(user) })
	}),
	"flash":   writes(1, 2, false, flash),
	"flashes": {most: 1, do: flashes},

	"sleep": shapes(1, func(_ *answer, args []any) (any, error) {
		ms, ok := args[0].(int64)
		if !ok || ms < 0 || ms > 60_000 {
			return nil, fault("ValueError")
		}
		time.Sleep(time.Duration(ms) * time.Millisecond)
		return nil, nil
	}),
	"header": shapes(2, func(a *answer, args []any) (any, error) {
		a.w.Header().Add(fmt.Sprint(args[0]), fmt.Sprint(args[1]))
		return nil, nil
	}),
	"status": shapes(1, func(a *answer, args []any) (any, error) {
		n, ok := args[0].(int64)
		if !ok || n < 200 || n > 599 {
			return nil, fault("ValueError")
		}
		if a.status >= 0 {
			a.status = int(n)
		}
		return nil, nil
	}),
	"write": shapes(1, func(a *answer, args []any) (any, error) { a.write(fmt.Sprint(args[0])); return nil, nil }),
	"flush": shapes(0, func(a *answer, _ []any) (any, error) { a.flush(); return nil, nil }),
	"panic": shapes(0, func(*answer, []any) (any, error) { panic(errPanic) }),
}

func (a *answer) keys() []string {
	keys := []string{}
	for k := range a.s.All() {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
