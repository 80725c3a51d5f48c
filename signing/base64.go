package signing

import (
	"encoding/base64"
	"strings"
)

// strict is the URL-safe alphabet without padding, and with no spare bits set
// in the last character.
var strict = base64.RawURLEncoding.Strict()

// appendDecoded appends what text stands for to dst, if text is spelled as an
// encoder spells it; else the error is ErrPayload. Go's decoder passes over
// line ends even when it is strict.
func appendDecoded(dst []byte, text string) ([]byte, error) {
	if strings.IndexByte(text, '\n') >= 0 || strings.IndexByte(text, '\r') >= 0 {
		return nil, ErrPayload
	}
	dst, err := strict.AppendDecode(dst, []byte(text))
	if err != nil {
		return nil, ErrPayload
	}
	return dst, nil
}
