package pickle

import "encoding/binary"

// A machine does what a pickle's opcodes say, to data only: it makes no object
// and calls nothing. What it allocates is in proportion to the bytes and opcodes
// that it has read, whatever lengths they claim, and to what its calls are
// charged for: an argument that is read once and fetched from the memo for each
// of many calls is looked at by each of them.
type machine struct {
	data  []byte
	pos   int // of the next byte
	at    int // of the opcode that is being done
	steps int // opcodes, and what calls were charged for

	protocol byte // that its PROTO names; 0: there is none

	stack []any
	marks []int
	memo  memo

	// What it takes to append to a pickle that has objects in it.
	frames  []int // where FRAMEs stand
	bound   int   // the end of the last opcode that leans on an earlier one, or has to do with an object
	objects bool  // there was such a one
	corners []corner
}

// A corner is a MARK with nothing but a dict below it: where a pickle can be
// cut, if the dict is what it is a pickle of.
type corner struct {
	at   int
	root *dict
	n    int // how much is in the dict by then
}

// pickle does all opcodes up to STOP and returns what the pickle is of. What
// follows STOP is not looked at, as in Python.
func (m *machine) pickle() (any, error) {
	for {
		if op, err := m.next(); err != nil || op == opStop {
			if err != nil {
				return nil, err
			}
			return m.pop()
		}
	}
}

// fragment does all opcodes, which make one value, and no STOP.
func (m *machine) fragment() (any, error) {
	for m.pos < len(m.data) {
		if op, err := m.next(); err != nil || op == opStop {
			if err != nil {
				return nil, err
			}
			return nil, m.fail()
		}
	}
	if len(m.stack) != 1 || len(m.marks) > 0 {
		return nil, malformed(m.pos)
	}
	return m.stack[0], nil
}

// next does one opcode and returns it.
func (m *machine) next() (op byte, err error) {
	if m.steps++; m.steps > maxSteps || len(m.data) > maxSize {
		return 0, beyondLimit(m.pos)
	}
	m.at = m.pos
	if op, err = m.byte(); err == nil && op != opStop {
		err = m.step(op)
	}
	return op, err
}

// charge counts the work on what a call was given as opcodes: each of a
// container's items, and eight bytes of text, which take no longer.
func (m *machine) charge(args ...any) error {
	for _, arg := range args {
		switch arg := arg.(type) {
		case *seq:
			m.steps += len(arg.items)
		case *dict:
			m.steps += len(arg.items)
		case string:
			m.steps += len(arg) / 8
		}
	}
	if m.steps > maxSteps {
		return beyondLimit(m.at)
	}
	return nil
}

func (m *machine) fail() error { return malformed(m.at) }

func (m *machine) byte() (byte, error) {
	if m.pos >= len(m.data) {
		return 0, malformed(m.pos)
	}
	m.pos++
	return m.data[m.pos-1], nil
}

func (m *machine) take(n uint64) ([]byte, error) {
	if n > uint64(len(m.data)-m.pos) {
		return nil, m.fail()
	}
	m.pos += int(n)
	return m.data[m.pos-int(n) : m.pos : m.pos], nil
}

// number reads a little-endian number of width bytes.
func (m *machine) number(width uint64) (uint64, error) {
	b, err := m.take(width)
	if err != nil {
		return 0, err
	}
	var room [8]byte
	copy(room[:], b)
	return binary.LittleEndian.Uint64(room[:]), nil
}

// sized reads as many bytes as the number of width bytes before them says.
func (m *machine) sized(width uint64) ([]byte, error) {
	n, err := m.number(width)
	if err != nil {
		return nil, err
	}
	return m.take(n)
}

// fence is the height of the stack that can't be reached past a mark.
func (m *machine) fence() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *machine) push(v any) error {
	m.stack = append(m.stack, v)
	return nil
}

func (m *machine) pop() (any, error) {
	top := len(m.stack) - 1
	if top < m.fence() {
		return nil, m.fail()
	}
	v := m.stack[top]
	m.stack = m.stack[:top]
	return v, nil
}

// popN pops n values, in the order in which they were pushed. They are good
// until the next push.
func (m *machine) popN(n int) ([]any, error) {
	from := len(m.stack) - n
	if from < m.fence() {
		return nil, m.fail()
	}
	items := m.stack[from:]
	m.stack = m.stack[:from]
	return items, nil
}

// popMark pops what was pushed since the last mark, and that.
func (m *machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, m.fail()
	}
	from := m.fence()
	m.marks = m.marks[:len(m.marks)-1]
	items := m.stack[from:]
	m.stack = m.stack[:from]
	return items, nil
}

// top is the value on top of the stack, which stays there.
func (m *machine) top() (any, error) {
	if len(m.stack) <= m.fence() {
		return nil, m.fail()
	}
	return m.stack[len(m.stack)-1], nil
}

// A memo holds values under numbers. Picklers count from 0 (Python 2's C one
// from 1); other numbers cost no more than their values.
type memo struct {
	row  []any
	rest map[uint64]any
}

func (t *memo) put(i uint64, v any) {
	switch {
	case i < uint64(len(t.row)):
		t.row[i] = v
	case i == uint64(len(t.row)):
		t.row = append(t.row, v)
		delete(t.rest, i)
	default:
		if t.rest == nil {
			t.rest = map[uint64]any{}
		}
		t.rest[i] = v
	}
}

func (t *memo) get(i uint64) (any, bool) {
	if i < uint64(len(t.row)) {
		return t.row[i], true
	}
	v, ok := t.rest[i]
	return v, ok
}

// next is the number that MEMOIZE takes.
func (t *memo) next() uint64 { return uint64(len(t.row) + len(t.rest)) }
