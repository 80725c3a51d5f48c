package main

import (
	"errors"

	"github.com/dewar-go/dewar"
)

// get is session.get(key).
func (a *answer) get(key any) any {
	if list, ok := a.grown[key.(string)]; ok {
		return list
	}
	return a.s.Get(key.(string))
}

// truth is bool(session). To Flask-Session, permanence alone is nothing.
func (a *answer) truth() bool {
	n := a.s.Len()
	if a.rules == dewar.FlaskSession08 && a.s.Has("_permanent") {
		n--
	}
	return n > 0
}

// getitem is session[key].
func (a *answer) getitem(key any) (any, error) {
	if !a.s.Has(key.(string)) {
		return nil, fault("KeyError")
	}
	return a.get(key), nil
}

// set is session[key] = v.
func (a *answer) set(key, v any) error {
	delete(a.grown, key.(string))
	a.notice(func() { a.s.Set(key.(string), v) })
	if err := a.s.Err(); err != nil && !errors.Is(err, dewar.ErrReadOnly) && !errors.Is(err, dewar.ErrTooLate) {
		return fault("TypeError")
	}
	return nil
}

// take is session.pop(key).
func (a *answer) take(key any) (any, error) {
	v, err := a.getitem(key)
	if err != nil {
		a.s.Delete(key.(string)) // a session that can't be written to says so first
		return nil, err
	}
	delete(a.grown, key.(string))
	return v, a.notice(func() { a.s.Delete(key.(string)) })
}

// update is session.update(map). An empty one counts as a change for Flask;
// here it is one where something is set, so the first value is set again, or
// the empty session cleared.
func update(a *answer, args []any) (any, error) {
	m, ok := args[0].(map[string]any)
	if !ok {
		return nil, fault("TypeError")
	}
	for k, v := range m {
		if err := a.set(k, v); err != nil {
			return nil, err
		}
	}
	if len(m) > 0 || a.rules == dewar.Native {
		return nil, nil
	}
	for _, k := range a.keys() {
		return nil, a.set(k, a.get(k))
	}
	return nil, a.notice(a.s.Clear)
}

// put is session[key][sub] = v, in place.
func put(a *answer, args []any) (any, error) {
	v, err := a.getitem(args[0])
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case map[string]any:
		sub, ok := args[1].(string)
		if !ok {
			return nil, fault("TypeError")
		}
		v[sub] = args[2]
		return nil, nil
	case []any:
		i, ok := args[1].(int64)
		if !ok {
			return nil, fault("TypeError")
		}
		if i < 0 {
			i += int64(len(v))
		}
		if i < 0 || i >= int64(len(v)) {
			return nil, fault("IndexError")
		}
		v[i] = args[2]
		return nil, nil
	}
	return nil, fault("TypeError")
}

// grow is session[key].append(v). A Go slice can't grow in place, so a handler
// writes Update. That is a change under the native rules, where changes in
// place count; Flask doesn't notice one, and saves it along when something
// else is set, which saveAlong does.
func grow(a *answer, args []any) (any, error) {
	v, err := a.getitem(args[0])
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fault("AttributeError")
	}
	list = append(list, args[1])
	if a.rules == dewar.Native {
		a.s.Update(args[0].(string), func(any) any { return list })
		return nil, nil
	}
	if a.grown == nil {
		a.grown = map[string][]any{}
	}
	a.grown[args[0].(string)] = list
	if a.noticed {
		a.saveAlong()
	}
	return nil, nil
}

// notice does what Flask notices.
func (a *answer) notice(do func()) error {
	do()
	a.noticed = true
	a.saveAlong()
	return nil
}

// saveAlong puts the grown lists into a session that is going to be saved.
func (a *answer) saveAlong() {
	for k, list := range a.grown {
		if a.s.Has(k) {
			a.s.Set(k, list)
		}
		delete(a.grown, k)
	}
}
