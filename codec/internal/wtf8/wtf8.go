// Package wtf8 reads and writes text that is UTF-8 except that it may hold
// surrogates, each as the three bytes that UTF-8 would give it: the only way a
// Go string can hold what a Python str can (https://simonsapin.github.io/wtf-8/,
// without the rule that two halves must be joined).
package wtf8

import "unicode/utf8"

// Valid says whether s is well formed.
func Valid(s string) bool {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := DecodeRune(s[i:])
		if size == 0 {
			return false
		}
		i += size
	}
	return true
}

// DecodeRune returns the first code point of s, which may be a surrogate, and
// its length in bytes. The length is 0 where s is empty or ill-formed.
func DecodeRune(s string) (rune, int) {
	r, size := utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || size > 1 {
		return r, size
	}
	if len(s) >= 3 && s[0] == 0xED && s[1]&0xE0 == 0xA0 && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return utf8.RuneError, 0
}

// AppendRune appends r, which may be a surrogate.
func AppendRune(dst []byte, r rune) []byte {
	if r >= 0xD800 && r <= 0xDFFF {
		return append(dst, 0xED, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(dst, r)
}

// CutLast returns s, which is well formed, without its last n code points, or
// "" if it has fewer: Python's s[:-n].
func CutLast(s string, n int) string {
	for ; n > 0 && s != ""; n-- {
		i := len(s) - 1
		for i > 0 && !utf8.RuneStart(s[i]) {
			i--
		}
		s = s[:i]
	}
	return s
}
