// Package msgpack is Flask-Session's default form of a session: MessagePack as
// msgspec writes it (msgspec.msgpack, src/msgspec/_core.c).
//
//	value                 on the wire                     read back
//	nil, bool             c0, c2, c3                      the same
//	whole numbers         the shortest form               int64, *big.Int above it
//	float64               cb, always                      float64; ca too
//	string, codec.Markup  str, the shortest header        string
//	codec.UUID            str of 36 characters            string
//	[]byte                bin                             []byte
//	[]any, codec.Tuple    array                           []any
//	map[string]any        map, keys sorted                map[string]any
//	time.Time             ext -1, the shortest of three   time.Time in UTC
//	codec.Opaque          as it was read                  codec.Opaque
//
// A map with a key that isn't text, which Python's dicts can have and Go's maps
// here can't, is decoded to a [codec.Opaque] of the kind "map", and an extension
// of a type other than -1 to one of the kind "ext N". Both go back byte for byte.
//
// MessagePack has no whole numbers outside of -2^63 to 2^64-1 and no text with
// lone surrogates: msgspec raises for them and Encode gives a
// *[codec.ValueError]. Times keep their nanoseconds, of which Python reads
// microseconds.
//
// It reads what msgspec reads, with these exceptions, none of which anything
// writes:
//
//   - 500 levels of nesting (Python: about 990) and 1048576 values are its limits
//     ([codec.ErrLimit]);
//   - a session is a map with keys of text: Flask-Session also takes a list of
//     pairs, and keys of other types;
//   - an extension, or a map, is let pass as the key of a map inside a value.
package msgpack
