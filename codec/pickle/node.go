package pickle

import "unicode/utf8"

// What stands on a machine's stack: nil, bool, int64, *big.Int, float64,
// string, []byte and codec.Markup as they are, and these. The pointers are what
// Python's identity is: a memo hands out the same one each time.

// A seq is a list, tuple, set or frozenset.
type seq struct {
	kind  seqKind
	items []any
	soft  bool // of a tuple: something in it can change, so it can't be a key
	open  bool // it is being walked through: to meet it again is a cycle
}

type seqKind uint8

const (
	list seqKind = iota
	tuple
	set
	frozenSet
)

func (k seqKind) String() string { return [...]string{"list", "tuple", "set", "frozenset"}[k] }

// A dict has its keys and values in turn, as they were set: of a key that is
// there twice the last value holds.
type dict struct {
	items []any
	open  bool
}

// byteArray is Python's bytearray.
type byteArray []byte

// A global is a name of a module's, not looked up.
type global struct{ module, name string }

// String is of 257 bytes at most: those of a program are shorter.
func (g *global) String() string { return cut(g.module) + "." + cut(g.name) }

func cut(name string) string {
	n := min(len(name), 128)
	for n < len(name) && !utf8.RuneStart(name[n]) {
		n--
	}
	return name[:n]
}

// A call is an object of a class that is on the list, and the arguments that
// make it anew. They are checked.
type call struct {
	class *global
	args  []any
}

// A uuidObject is a uuid.UUID, which gets its number after it was made.
type uuidObject struct {
	number any // an int64 or *big.Int; nil until then
	safe   any // the number of its SafeUUID; nil: unknown, which isn't written
	odd    bool
}

// An object is of any other class: only its name is known.
type object struct{ class string }
