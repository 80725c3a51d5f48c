// Package sniff reads a session in whatever form Flask-Session has left it, by
// its first bytes, and writes it in one.
package sniff

import "github.com/dewar-go/dewar/codec/pickle"

// A Format is one of the forms in which Flask-Session stores a session.
type Format uint8

// The formats. Unknown, the zero value, is anything else, and nothing.
const (
	Unknown Format = iota
	MsgPack        // codec/msgpack
	JSON           // codec/plainjson
	Pickle         // Python's own, of Flask-Session before 0.7 and of cachelib
)

// String gives the name in lower case, "unknown" for all others.
func (f Format) String() string {
	switch f {
	case MsgPack:
		return "msgpack"
	case JSON:
		return "json"
	case Pickle:
		return "pickle"
	}
	return "unknown"
}

// Of says which format data is in, if it is a session, which is a map in all of
// them. It looks at three bytes at most and doesn't say that the rest is right.
//
// A pickle of protocol 2 to 5 begins with 0x80 and the protocol. To MessagePack
// that would be an empty map with something after it, which is none. Protocols 0
// and 1 begin a dict with "(" and "}", which are no map's. On Redis cachelib puts a
// "!" before a pickle.
func Of(data []byte) Format {
	if len(data) == 0 {
		return Unknown
	}
	switch c := data[0]; {
	case c == pickle.Bang && len(data) > 1 && data[1] != pickle.Bang:
		if Of(data[1:]) == Pickle {
			return Pickle
		}
		return Unknown
	case c == '{' || c == ' ' || c == '\t' || c == '\n' || c == '\r':
		return JSON
	case c == '(' || c == '}':
		return Pickle
	case c == 0x80 && len(data) > 1 && data[1] >= 2 && data[1] <= 5:
		return Pickle
	case c >= 0x80 && c <= 0x8F || c == 0xDE || c == 0xDF:
		return MsgPack
	}
	return Unknown
}
