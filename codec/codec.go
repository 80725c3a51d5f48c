// Package codec holds the seam between a session and its bytes, and the types
// of the values that a session can hold.
//
// A [Codec] sees a session as ordered top-level entries whose values stay
// encoded until somebody asks for them: an entry that nobody touched goes back
// byte for byte, so data that only Python understands survives a visit to Go.
// A Codec never meets keys of a store, time, cookies or HTTP.
//
// The values a Codec decodes to, and so the only ones it must encode, are the
// plain ones: nil, bool, int64, *big.Int (whole numbers outside int64),
// float64, string, []byte, []any, [Tuple], map[string]any, [Markup], [UUID],
// time.Time and [Opaque]. [Plain] turns any other Go value into these, and
// [Assign] turns these into any other Go value.
//
// A codec can be narrower than these types: in tagged JSON a time has whole
// seconds, and the zero time.Time comes back as 2001-01-01, as in Flask; leave it
// out of a struct with omitzero, or use a pointer.
//
// A string may hold lone surrogates, as Python's can: each stands as the three
// bytes that UTF-8 would use if it allowed them (WTF-8). Any other ill-formed
// UTF-8 is refused when it is encoded.
package codec

import (
	"errors"
)

// ErrMalformed says that bytes aren't what the codec writes: they were cut,
// changed, or made by something else. The error that wraps it says where
// (a byte offset), never what.
var ErrMalformed = errors.New("codec: malformed data")

// ErrLimit says that bytes ask for more than a session may: too deeply nested,
// a number of too many digits, too many values. It is refused as malformed
// data is, and errors.Is finds ErrMalformed in it too.
var ErrLimit error = errLimit{}

type errLimit struct{}

func (errLimit) Error() string        { return "codec: limit exceeded" }
func (errLimit) Is(target error) bool { return target == ErrMalformed }

// A Codec turns the entries of a session into bytes and back. Implementations
// are safe for concurrent use and keep no hold on the slices they are given,
// but the entries that Split returns may point into data.
type Codec interface {
	// Split returns the top-level entries of data in the order in which they
	// stand there, their values still encoded. A key that stands there twice
	// is returned once, with its last value, as Python reads it. Data that
	// isn't a session gives an error that is ErrMalformed.
	Split(data []byte) ([]Entry, error)

	// Join appends the encoded session to dst. The entries may stand in any
	// order; the codec writes them in its own. No entries give the empty
	// session, not nothing.
	Join(dst []byte, entries []Entry) ([]byte, error)

	// Decode returns the value that raw encodes; each call makes a new one.
	// What isn't a value gives an error that is ErrMalformed.
	Decode(raw []byte) (any, error)

	// Encode appends the encoding of v, after Plain, to dst. What the codec
	// can't express gives a *ValueError, and dst unchanged.
	Encode(dst []byte, v any) ([]byte, error)
}

// A Marker is a Codec that can write a session in a second form, which means
// the same to all who read it: a mark that a program beside us, Flask, doesn't
// notice. Split reads both forms, Join writes the first.
type Marker interface {
	// Mark returns the session data, which isn't marked, in the second form, and
	// leaves data as it is.
	Mark(data []byte) []byte

	// Marked reports whether data is in the second form, or has none, or isn't
	// a session.
	Marked(data []byte) bool
}

// An Entry is one top-level key of a session and its value, still encoded.
type Entry struct {
	Key string
	Raw []byte
}

// A Tuple is Python's tuple. It is a type of its own so that Flask gets back
// the tuple it wrote, not a list.
type Tuple []any

// Markup is text that is already HTML: markupsafe.Markup, or anything with a
// method __html__. As with template.HTML, whoever makes one vouches for it.
type Markup string

// A UUID is Python's uuid.UUID, in the byte order of RFC 9562. Plain takes any
// named [16]byte type that is called UUID for one.
type UUID [16]byte

// String gives the usual form of 36 characters.
func (u UUID) String() string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, 36)
	for i, c := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b = append(b, '-')
		}
		b = append(b, hex[c>>4], hex[c&15])
	}
	return string(b)
}

// Opaque is a value that can be carried but not made: something whose class
// only the other side knows. It goes back byte for byte where it came from: in a
// pickle Raw is code that Python runs. Never make one of what a client sent. No
// decoder makes one: its methods refuse.
type Opaque struct {
	Kind string // what it says it is, for people; never part of a log
	Raw  []byte
}

var errOpaque = errors.New("codec: an Opaque comes from a session only, not from other data")

// UnmarshalJSON refuses, but leaves null alone, as encoding/json has it.
func (*Opaque) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	return errOpaque
}

// UnmarshalText refuses.
func (*Opaque) UnmarshalText([]byte) error { return errOpaque }

// UnmarshalBinary refuses.
func (*Opaque) UnmarshalBinary([]byte) error { return errOpaque }

// GobDecode refuses.
func (*Opaque) GobDecode([]byte) error { return errOpaque }

// A ValueError says that a value can't be part of a session.
type ValueError struct {
	Type   string // the Go type, as %T prints it
	Path   string // where in the value it stands, as .field[2]; empty at its top
	Reason string // one clause, without the value
}

// Error names the type and the reason. It leaves the path out: map keys can be
// somebody's data.
func (e *ValueError) Error() string {
	return "codec: a value of type " + e.Type + " can't be part of a session: " + e.Reason
}
