// Package signing is itsdangerous in Go: it signs bytes, says when it did, and
// makes the result fit for a URL or a cookie, byte for byte as the Python
// package does, so that a Go program and a Flask program read each other's
// values.
//
// It stands on three floors, each of use alone:
//
//	Signer   value "." signature
//	Timed    value "." time "." signature
//	URLSafe  base64(payload) "." time "." signature, deflated where that pays
//
// Beside them stands [Encrypted], which is Dewar's own: its values can be neither
// read nor made without the keys.
//
// All take their keys from a [Ring], which can be swapped while they are in use.
// Nothing of a value is decoded, inflated or believed before it is verified. What
// the three floors sign isn't encrypted: whoever holds a value can read it.
//
// What the three write is what itsdangerous 2.2 writes. Reading is stricter than
// there in three respects. Base64 of a signature or a payload must be spelled as
// the writer spells it, with the URL-safe alphabet, no padding, no spare bits
// set and nothing in between; Python also accepts other spellings, which nothing
// writes. A value of URLSafe is 64 KiB long at the most, and inflates to 256 KiB,
// unless [Options] say otherwise. A time past the year 9999 is malformed, where
// Python raises what Flask doesn't catch.
//
// Everything here is safe for concurrent use, except that a destination slice
// belongs to one caller at a time. Once they are warm the three floors sign and
// verify without allocating; the documentation of each method says what does.
package signing
