// Package plainjson is Flask-Session's other form of a session: JSON as msgspec
// writes it (msgspec.json, src/msgspec/_core.c), chosen by
// SESSION_SERIALIZATION_FORMAT="json".
//
//	value                   on the wire                          read back
//	nil, bool               null, true, false                    the same
//	whole numbers           digits                               int64, *big.Int beyond it
//	float64                 1.0, 0.00001, 1e16, 1.5e-7, -0.0     float64
//	NaN and infinities      null                                 nil
//	string, codec.Markup    UTF-8; escapes only where needed     string
//	codec.UUID              a string of 36 characters            string
//	[]byte                  a string, standard base64            string
//	time.Time               a string, 2024-01-02T03:04:05Z, or   string
//	                        with microseconds, or +02:00 for Z
//	[]any, codec.Tuple      array                                []any
//	map[string]any          object, keys sorted                  map[string]any
//
// JSON has no other types and nothing marks these, so that much comes back as a
// string, in Python too. [codec.Assign] makes times, bytes and UUIDs of strings.
//
// What has no UTF-8 (lone surrogates) can neither be written nor read: msgspec
// raises for both, and for the escape \ud800 without its other half.
//
// It reads what msgspec reads, with these exceptions, none of which anything
// writes:
//
//   - 500 levels of nesting (Python: about 990) and 1048576 values are its limits
//     ([codec.ErrLimit]);
//   - a session is an object: Flask-Session also takes a list of pairs.
package plainjson
