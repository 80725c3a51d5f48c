package pickle

import (
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/dewar-go/dewar/codec"
)

// stepObject does the opcodes that in Python find, call and change something.
// Here they put down names and arguments.
func (m *machine) stepObject(op byte) error {
	switch op {
	case opGlobal:
		g, err := m.twoLines()
		if err != nil {
			return err
		}
		return m.push(g)
	case opStackGlobal:
		names, err := m.popN(2)
		if err != nil {
			return err
		}
		module, ok := names[0].(string)
		name, ok2 := names[1].(string)
		if !ok || !ok2 {
			return m.fail()
		}
		return m.push(m.global(module, name))
	case opBuild:
		return m.build()
	case opInst:
		g, err := m.twoLines()
		if err != nil {
			return err
		}
		args, err := m.popMark()
		if err != nil {
			return err
		}
		return m.made(g, args, calling)
	case opObj:
		args, err := m.popMark()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return m.fail()
		}
		return m.make(args[0], args[1:], calling)
	case opNewObjEx:
		parts, err := m.popN(3)
		if err != nil {
			return err
		}
		if _, ok := parts[2].(*dict); !ok {
			return m.fail()
		}
		return m.make(parts[0], nil, unknown)
	}
	parts, err := m.popN(2)
	if err != nil {
		return err
	}
	args, ok := parts[1].(*seq)
	if !ok || args.kind != tuple {
		return m.fail()
	}
	if op == opNewObj {
		return m.make(parts[0], args.items, allocating)
	}
	return m.make(parts[0], args.items, calling)
}

func (m *machine) twoLines() (*global, error) {
	module, err := m.line()
	if err != nil {
		return nil, err
	}
	name, err := m.line()
	if err != nil || len(module) == 0 || len(name) == 0 || !utf8.Valid(module) || !utf8.Valid(name) {
		return nil, m.fail()
	}
	return m.global(string(module), string(name)), nil
}

// global is a name, as Python 3 has it: up to protocol 2 that of Python 2 may
// stand there (_compat_pickle).
func (m *machine) global(module, name string) *global {
	if m.protocol < 3 {
		switch module {
		case "__builtin__":
			module = "builtins"
			if name == "unicode" {
				name = "str"
			}
		case "copy_reg":
			module = "copyreg"
		}
	}
	return &global{module, name}
}

// A way is how an object comes to be.
type way uint8

const (
	calling    way = iota // class(*args)
	allocating            // class.__new__(class, *args)
	unknown
)

// make pushes what class and args stand for.
func (m *machine) make(class any, args []any, w way) error {
	switch class := class.(type) {
	case *global:
		return m.made(class, args, w)
	case *object:
		m.unknown()
		return m.push(&object{class.class})
	}
	return m.fail()
}

// made pushes the value that class and args stand for if they are on the list,
// and an object else: also where a class on the list has arguments that no
// pickler writes.
func (m *machine) made(class *global, args []any, w way) error {
	name := class.String()
	m.steps += len(name) / 8
	if err := m.charge(args...); err != nil {
		return err
	}
	if v := known(class, args, w); v != nil {
		return m.push(v)
	}
	m.unknown()
	return m.push(&object{name})
}

// unknown makes a note of an object that can't be made again.
func (m *machine) unknown() { m.bound, m.objects = m.pos, true }

// known is the list: all that is ever made. It is nil for what isn't on it.
func known(class *global, args []any, w way) any {
	if w == allocating {
		switch class.String() {
		case "uuid.UUID":
			if len(args) == 0 {
				return &uuidObject{}
			}
		case markupClass:
			return markup(args)
		}
		return nil
	}
	if w != calling {
		return nil
	}
	switch class.String() {
	case "_codecs.encode":
		return latin1Of(args, "latin1")
	case "builtins.bytes":
		if len(args) == 0 {
			return []byte{}
		}
	case "builtins.bytearray":
		return byteArrayOf(args)
	case "builtins.set":
		return setOf(set, args)
	case "builtins.frozenset":
		return setOf(frozenSet, args)
	case "copyreg._reconstructor":
		return reconstructed(args)
	case markupClass:
		return markup(args)
	case "builtins.complex", "decimal.Decimal", "datetime.date", "datetime.time", "datetime.datetime", "datetime.timedelta", "datetime.timezone":
		if fits(class.String(), args) {
			return &call{class: class, args: slices.Clone(args)}
		}
	}
	return nil
}

const markupClass = "markupsafe.Markup"

func markup(args []any) any {
	if len(args) == 1 {
		if text, ok := args[0].(string); ok {
			return codec.Markup(text)
		}
	}
	return nil
}

// latin1Of is how protocols up to 2 write bytes: as text, with the name of its
// encoding.
func latin1Of(args []any, name string) any {
	if len(args) != 2 || args[1] != name {
		return nil
	}
	text, ok := args[0].(string)
	if !ok {
		return nil
	}
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xFF {
			return nil
		}
		b = append(b, byte(r))
	}
	return b
}

func byteArrayOf(args []any) any {
	switch len(args) {
	case 0:
		return byteArray{}
	case 1:
		if b, ok := args[0].([]byte); ok {
			return byteArray(b)
		}
		return nil
	}
	if b, ok := latin1Of(args, "latin-1").([]byte); ok {
		return byteArray(b)
	}
	return nil
}

func setOf(kind seqKind, args []any) any {
	if len(args) == 0 {
		return &seq{kind: kind}
	}
	from, ok := args[0].(*seq)
	if !ok || len(args) > 1 || from.kind != list || !hashable(from.items, 1) {
		return nil
	}
	return &seq{kind: kind, items: slices.Clone(from.items)}
}

// reconstructed is how protocols 0 and 1 write objects: class, base and the
// base's part of it.
func reconstructed(args []any) any {
	if len(args) != 3 {
		return nil
	}
	class, ok := args[0].(*global)
	base, ok2 := args[1].(*global)
	if !ok || !ok2 {
		return nil
	}
	switch class.String() + " " + base.String() {
	case "uuid.UUID builtins.object":
		if args[2] == nil {
			return &uuidObject{}
		}
	case markupClass + " builtins.str":
		return markup(args[2:])
	}
	return nil
}

// build gives an object its state. Of those on the list only a UUID has one.
func (m *machine) build() error {
	state, err := m.pop()
	if err != nil {
		return err
	}
	into, err := m.top()
	if err != nil {
		return err
	}
	switch into := into.(type) {
	case *uuidObject:
		if err := m.charge(state); err != nil {
			return err
		}
		if !into.set(state) {
			into.odd = true
			m.unknown()
		}
	case *object:
		m.unknown()
	default:
		return m.fail()
	}
	return nil
}

// set takes the state that UUID.__getstate__ writes.
func (u *uuidObject) set(state any) bool {
	d, ok := state.(*dict)
	if !ok || u.number != nil {
		return false
	}
	var number, safe any
	for i := 0; i < len(d.items); i += 2 {
		switch d.items[i] {
		case "int":
			number = d.items[i+1]
		case "is_safe":
			safe = d.items[i+1]
		default:
			return false
		}
	}
	switch n := number.(type) {
	case int64:
		ok = n >= 0
	case *big.Int:
		ok = n.Sign() > 0 && n.BitLen() <= 128
	default:
		ok = false
	}
	if !ok || safe != nil && safe != int64(0) && safe != int64(-1) {
		return false
	}
	u.number, u.safe = number, safe
	return true
}

// value is false for one that lacks its number.
func (u *uuidObject) value() (id codec.UUID, ok bool) {
	if u.odd {
		return id, false
	}
	switch n := u.number.(type) {
	case int64:
		big.NewInt(n).FillBytes(id[:])
	case *big.Int:
		n.FillBytes(id[:])
	default:
		return id, false
	}
	return id, true
}
