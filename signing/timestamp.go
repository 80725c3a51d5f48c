package signing

import (
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"time"
)

// maxUnix is 9999-12-31T23:59:59Z, the last second of Python's datetime. A
// value that claims a later one makes Flask answer 500.
const maxUnix = 253402300799

// appendTimestamp appends the seconds of now since 1970 as base64 of as many
// big-endian bytes as they need; no seconds need none (itsdangerous'
// int_to_bytes).
func appendTimestamp(dst []byte, now time.Time) []byte {
	seconds := uint64(max(now.Unix(), 0))
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], seconds)
	return base64.RawURLEncoding.AppendEncode(dst, b[bits.LeadingZeros64(seconds)/8:])
}

// parseTimestamp reads a timestamp as itsdangerous' base64_decode and
// bytes_to_int do, with Python's leniency: only a holder of a key can have
// spelled one oddly, since it is read after its signature was verified, and
// Flask takes such values. More than 8 bytes are no timestamp, and neither is
// a second past the year 9999.
func parseTimestamp(text string) (time.Time, bool) {
	digits, n, ok := pythonDigits(text)
	if !ok {
		return time.Time{}, false
	}
	var b [8]byte
	size := base64.RawURLEncoding.DecodedLen(n)
	if _, err := base64.RawURLEncoding.Decode(b[8-size:], digits[:n]); err != nil {
		return time.Time{}, false
	}
	seconds := binary.BigEndian.Uint64(b[:])
	if seconds > maxUnix {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// pythonDigits returns the base64 digits that Python's urlsafe_b64decode sees
// in text once text is padded with "=" to a multiple of four characters: either
// alphabet, with other characters skipped, up to the "=" that completes a group
// of four. It isn't ok if the last group stays incomplete, or if there are more
// digits than 8 bytes take.
func pythonDigits(text string) (digits [11]byte, n int, ok bool) {
	pads := 0 // "=" since the last digit
	for i := range (len(text) + 3) / 4 * 4 {
		c := byte('=')
		if i < len(text) {
			c = text[i]
		}
		switch {
		case c == '=':
			if n%4 < 2 {
				continue // Python passes over a "=" where no group can end
			}
			if pads++; n%4+pads == 4 {
				return digits, n, true
			}
			continue
		case c == '+':
			c = '-'
		case c == '/':
			c = '_'
		case c != '-' && c != '_' && !alphanumeric(c):
			continue
		}
		if n == len(digits) {
			return digits, n, false
		}
		digits[n] = c
		n++
		pads = 0
	}
	return digits, n, n%4 == 0
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
