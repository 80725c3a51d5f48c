package signing

import "slices"

// sextets gives what a character of the URL-safe alphabet stands for, and 0xff
// for all others.
var sextets = func() (t [256]byte) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range t {
		t[i] = 0xff
	}
	for i := range alphabet {
		t[alphabet[i]] = byte(i)
	}
	return t
}()

// appendDecoded appends what text stands for to dst, if text is spelled as an
// encoder spells it: no padding, and no spare bits set in the last character.
// Else the error is ErrPayload. The standard library's decoder passes over line
// ends even when it is strict.
func appendDecoded(dst []byte, text string) ([]byte, error) {
	start := len(dst)
	dst = slices.Grow(dst, len(text)/4*3+2)[:start+len(text)*3/4]
	out := dst[start:]
	for len(text) >= 4 && len(out) >= 3 {
		a, b, c, d := sextets[text[0]], sextets[text[1]], sextets[text[2]], sextets[text[3]]
		if a|b|c|d > 0x3f {
			return nil, ErrPayload
		}
		out[0], out[1], out[2] = a<<2|b>>4, b<<4|c>>2, c<<6|d
		text, out = text[4:], out[3:]
	}
	switch len(text) {
	case 0:
		return dst, nil
	case 2:
		a, b := sextets[text[0]], sextets[text[1]]
		if a|b <= 0x3f && b&0x0f == 0 {
			out[0] = a<<2 | b>>4
			return dst, nil
		}
	case 3:
		a, b, c := sextets[text[0]], sextets[text[1]], sextets[text[2]]
		if a|b|c <= 0x3f && c&0x03 == 0 {
			out[0], out[1] = a<<2|b>>4, b<<4|c>>2
			return dst, nil
		}
	}
	return nil, ErrPayload
}
