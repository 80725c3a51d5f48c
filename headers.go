package dewar

import (
	"net/http"
	"strings"
)

// varyOnCookie makes a response's Vary name Cookie: one line with what all
// lines had, untouched if Cookie stands there already. room is used where there
// was none.
func varyOnCookie(h http.Header, r Rules, room []string) {
	lines := h["Vary"]
	if len(lines) == 0 {
		h["Vary"] = append(room, "Cookie")
		return
	}
	if hasToken(lines, "cookie") || r == Native && hasToken(lines, "*") {
		if len(lines) > 1 {
			h["Vary"] = []string{strings.Join(lines, ", ")}
		}
		return
	}
	h["Vary"] = []string{strings.Join(append(lines[:len(lines):len(lines)], "Cookie"), ", ")}
}

// keepPrivate forbids shared caches to keep a response that carries
// somebody's session.
func keepPrivate(h http.Header) {
	if lines := h["Cache-Control"]; !hasToken(lines, "private") && !hasToken(lines, "no-store") {
		h["Cache-Control"] = append(lines[:len(lines):len(lines)], "private")
	}
}

// hasToken reports whether a header's comma-separated values hold token, in
// any case. token is in lower case.
func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.Trim(part, " \t"), token) {
				return true
			}
		}
	}
	return false
}
