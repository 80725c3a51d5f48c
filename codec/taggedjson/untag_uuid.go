package taggedjson

import (
	"strings"

	"github.com/dewar-go/dewar/codec"
)

// toUUID is uuid.UUID(inner): the prefixes, braces and dashes go, wherever they
// are, and int(hex, 16) reads the 32 characters that must be left.
func toUUID(inner any) (any, bool) {
	var hex string
	switch v := inner.(type) {
	case string:
		hex = v
	case codec.Markup:
		hex = string(v)
	default:
		return nil, false
	}
	hex = strings.ReplaceAll(hex, "urn:", "")
	hex = strings.ReplaceAll(hex, "uuid:", "")
	hex = strings.Trim(hex, "{}")
	hex = strings.ReplaceAll(hex, "-", "")
	if countChars(hex) != 32 {
		return nil, false
	}
	digits, ok := pyHex(hex)
	if !ok {
		return nil, false
	}
	// int() allows fewer digits than characters: they are the low ones.
	var u codec.UUID
	shift := len(u)*2 - len(digits)
	for i, d := range digits {
		at := shift + i
		u[at/2] |= d << (4 * (1 - at%2))
	}
	return u, true
}
