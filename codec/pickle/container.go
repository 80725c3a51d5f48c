package pickle

import "slices"

// stepContainer does the opcodes that make and fill containers.
func (m *machine) stepContainer(op byte) error {
	switch op {
	case opEmptyDict:
		return m.push(&dict{})
	case opEmptyList:
		return m.push(&seq{kind: list})
	case opEmptySet:
		return m.push(&seq{kind: set})
	case opEmptyTuple:
		return m.push(tupleOf(nil))
	case opTuple1, opTuple2, opTuple3:
		items, err := m.popN(int(op-opTuple1) + 1)
		if err != nil {
			return err
		}
		return m.push(tupleOf(items))
	case opAppend:
		items, err := m.popN(1)
		if err != nil {
			return err
		}
		return m.fill(op, items)
	case opSetItem:
		items, err := m.popN(2)
		if err != nil {
			return err
		}
		return m.fill(op, items)
	}
	if !slices.Contains([]byte{opTuple, opList, opFrozenSet, opDict, opAppends, opSetItems, opAddItems}, op) {
		return m.fail()
	}
	items, err := m.popMark()
	if err != nil {
		return err
	}
	switch op {
	case opTuple:
		return m.push(tupleOf(items))
	case opList:
		return m.push(&seq{kind: list, items: slices.Clone(items)})
	case opFrozenSet:
		if !hashable(items, 1) {
			return m.fail()
		}
		return m.push(&seq{kind: frozenSet, items: slices.Clone(items)})
	case opDict:
		if len(items)%2 != 0 || !hashable(items, 2) {
			return m.fail()
		}
		return m.push(&dict{items: slices.Clone(items)})
	}
	return m.fill(op, items)
}

// fill puts items into the container on top of the stack. An object of an
// unknown class takes anything: what it would make of it is its affair.
func (m *machine) fill(op byte, items []any) error {
	into, err := m.top()
	if err != nil {
		return err
	}
	if len(items) == 0 && op != opAddItems {
		return nil // Python doesn't look either
	}
	switch into := into.(type) {
	case *seq:
		ok := into.kind == list && (op == opAppend || op == opAppends) ||
			into.kind == set && op == opAddItems && hashable(items, 1)
		if !ok {
			return m.fail()
		}
		into.items = append(into.items, items...)
	case *dict:
		if op != opSetItem && op != opSetItems || len(items)%2 != 0 || !hashable(items, 2) {
			return m.fail()
		}
		into.items = append(into.items, items...)
	case *uuidObject:
		into.odd = true
		m.unknown()
	case *object:
		m.unknown()
	default:
		return m.fail()
	}
	return nil
}

// tupleOf is a tuple of a copy of items.
func tupleOf(items []any) *seq {
	return &seq{kind: tuple, items: slices.Clone(items), soft: !hashable(items, 1)}
}

// hashable says whether each of items, or each second one, can be a key or in a
// set.
func hashable(items []any, step int) bool {
	for i := 0; i < len(items); i += step {
		switch v := items[i].(type) {
		case *dict, byteArray:
			return false
		case *seq:
			if v.kind == list || v.kind == set || v.soft {
				return false
			}
		}
	}
	return true
}
