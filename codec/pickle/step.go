package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"

	"github.com/dewar-go/dewar/codec/internal/wtf8"
)

// step does one opcode (Python's Modules/_pickle.c, load).
func (m *machine) step(op byte) error {
	switch op {
	case opProto:
		version, err := m.byte()
		if err == nil && version > 5 {
			err = m.fail()
		}
		m.protocol = version
		return err
	case opFrame:
		n, err := m.number(8)
		if err == nil && n > uint64(len(m.data)-m.pos) {
			err = m.fail()
		}
		m.frames = append(m.frames, m.at)
		return err
	case opMark:
		if len(m.stack) == 1 && len(m.marks) == 0 {
			if d, ok := m.stack[0].(*dict); ok {
				m.corners = append(m.corners, corner{m.at, d, len(d.items)})
			}
		}
		m.marks = append(m.marks, len(m.stack))
		return nil
	case opPop:
		if len(m.marks) > 0 && m.fence() == len(m.stack) {
			m.marks = m.marks[:len(m.marks)-1]
			return nil
		}
		_, err := m.pop()
		return err
	case opPopMark:
		_, err := m.popMark()
		return err
	case opDup:
		v, err := m.top()
		if err != nil {
			return err
		}
		return m.push(v)
	case opPersID, opBinPersID, opExt1, opExt2, opExt4, opNextBuffer, opReadOnlyBuffer:
		return ErrOutOfBand
	case opPut, opBinPut, opLongBinPut, opMemoize, opGet, opBinGet, opLongBinGet:
		return m.stepMemo(op)
	case opGlobal, opStackGlobal, opReduce, opBuild, opInst, opObj, opNewObj, opNewObjEx:
		return m.stepObject(op)
	}
	if v, ok, err := m.scalar(op); ok || err != nil {
		if err != nil {
			return err
		}
		return m.push(v)
	}
	return m.stepContainer(op)
}

func (m *machine) stepMemo(op byte) error {
	var i uint64
	var err error
	switch op {
	case opMemoize:
		i = m.memo.next()
	case opPut, opGet:
		i, err = m.index()
	case opBinPut, opBinGet:
		i, err = m.number(1)
	default:
		i, err = m.number(4)
	}
	if err != nil {
		return err
	}
	if op == opGet || op == opBinGet || op == opLongBinGet {
		v, ok := m.memo.get(i)
		if !ok {
			return m.fail()
		}
		m.bound = m.pos
		return m.push(v)
	}
	v, err := m.top()
	if err == nil {
		m.memo.put(i, v)
	}
	return err
}

// scalar reads the value that op itself holds. ok is false if it holds none.
func (m *machine) scalar(op byte) (v any, ok bool, err error) {
	switch op {
	case opNone:
		return nil, true, nil
	case opNewTrue, opNewFalse:
		return op == opNewTrue, true, nil
	case opBinInt:
		n, err := m.number(4)
		return int64(int32(n)), true, err
	case opBinInt1:
		n, err := m.number(1)
		return int64(n), true, err
	case opBinInt2:
		n, err := m.number(2)
		return int64(n), true, err
	case opLong1:
		b, err := m.sized(1)
		return wholeOf(b), true, err
	case opLong4:
		b, err := m.sized(4)
		if len(b) > maxDigits/2 { // 2.4 digits a byte
			return nil, true, beyondLimit(m.at)
		}
		return wholeOf(b), true, err
	case opBinFloat:
		b, err := m.take(8)
		if err != nil {
			return nil, true, err
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b)), true, nil
	case opInt, opLong, opFloat, opString, opUnicode:
		v, err = m.textual(op)
		return v, true, err
	case opBinUnicode, opShortBinUnicode, opBinUnicode8:
		b, err := m.sized(widthOf(op))
		text := string(b)
		if err == nil && !wtf8.Valid(text) {
			err = m.fail()
		}
		return text, true, err
	case opBinString, opShortBinString: // Python 2's str
		b, err := m.sized(widthOf(op))
		if err == nil && !isASCII(b) {
			err = m.fail()
		}
		return string(b), true, err
	case opBinBytes, opShortBinBytes, opBinBytes8:
		b, err := m.sized(widthOf(op))
		return b, true, err
	case opByteArray8:
		b, err := m.sized(8)
		return byteArray(b), true, err
	}
	return nil, false, nil
}

// widthOf is how many bytes op's length has.
func widthOf(op byte) uint64 {
	switch op {
	case opShortBinUnicode, opShortBinString, opShortBinBytes:
		return 1
	case opBinUnicode8, opBinBytes8:
		return 8
	}
	return 4
}

func isASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 })
}

// wholeOf reads a little-endian number in two's complement.
func wholeOf(b []byte) any {
	if len(b) <= 8 {
		var room [8]byte
		copy(room[8-len(b):], b)
		return int64(binary.LittleEndian.Uint64(room[:])) >> (64 - 8*len(b))
	}
	big1 := slices.Clone(b)
	slices.Reverse(big1)
	n := new(big.Int).SetBytes(big1)
	if b[len(b)-1] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}
