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
// All three take their keys from a [Ring], which can be swapped while they are
// in use. Nothing of a value is decoded, inflated or believed before its
// signature is verified. The payload is signed, not encrypted: whoever holds a
// value can read it.
//
// What is written is what itsdangerous 2.2 writes. Reading is stricter than
// there in one respect: base64 of a signature or a payload must be spelled as
// the writer spells it, with the URL-safe alphabet, no padding, no spare bits
// set and nothing in between. Python also accepts other spellings, which
// nothing writes.
//
// Everything here is safe for concurrent use, except that a destination slice
// belongs to one caller at a time. Signing and verifying don't allocate once
// they are warm; the documentation of each method says what does.
package signing
