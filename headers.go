package dewar

import (
	"net/http"
	"strings"
)

// varyOnCookie makes a response's Vary name Cookie: one line with what all
// lines had, untouched if that is one line with Cookie in it already. room is
// used where there was none.
func varyOnCookie(h http.Header, r Rules, room []string) {
	lines := h["Vary"]
	if len(lines) == 0 {
		h["Vary"] = append(room, "Cookie")
		return
	}
	enough := hasToken(lines, "cookie") || r == Native && hasToken(lines, "*")
	if enough && len(lines) == 1 {
		return
	}
	var names []string
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = trim(name); name != "" && !hasToken(names, strings.ToLower(name)) {
				names = append(names, name)
			}
		}
	}
	if !enough {
		names = append(names, "Cookie")
	}
	h["Vary"] = []string{strings.Join(names, ", ")}
}

// keepPrivate forbids shared caches to keep a response that carries
// somebody's session, whatever the handler allowed them. room is used where
// nothing was said. What CDNs and proxies obey before Cache-Control is deleted:
// targeted fields (RFC 9213, "…-CDN-Cache-Control"), Surrogate-Control, and
// nginx's X-Accel-Expires.
func keepPrivate(h http.Header, room []string) {
	for name := range h {
		if strings.HasSuffix(name, "-Cache-Control") || name == "Surrogate-Control" || name == "X-Accel-Expires" {
			delete(h, name)
		}
	}
	lines := h["Cache-Control"]
	if len(lines) == 0 {
		h["Cache-Control"] = append(room, "private")
		return
	}
	if hasToken(lines, "private") || hasToken(lines, "no-store") {
		return
	}
	var parts []string
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			part = trim(part)
			if name, _, _ := strings.Cut(strings.ToLower(part), "="); name != "public" && name != "s-maxage" && part != "" {
				parts = append(parts, part)
			}
		}
	}
	h["Cache-Control"] = []string{strings.Join(append(parts, "private"), ", ")}
}

// hasToken reports whether a header's comma-separated values hold token, in
// any case. token is in lower case.
func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(trim(part), token) {
				return true
			}
		}
	}
	return false
}
