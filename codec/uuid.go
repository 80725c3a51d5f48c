package codec

import "encoding/hex"

// parseUUID reads the two usual forms: 36 characters with dashes, and 32 hex
// digits.
func parseUUID(s string) (UUID, bool) {
	var digits [32]byte
	n := 0
	for i := range len(s) {
		if len(s) == 36 && (i == 8 || i == 13 || i == 18 || i == 23) {
			if s[i] != '-' {
				return UUID{}, false
			}
			continue
		}
		if n == len(digits) {
			return UUID{}, false
		}
		digits[n] = s[i]
		n++
	}
	var u UUID
	_, err := hex.Decode(u[:], digits[:])
	return u, err == nil && n == len(digits)
}
