package dewar

import "strings"

// maxCandidates is how many cookies of the session's name are looked at: a
// request may carry several (another Domain or Path, or planted by a sibling
// host), each costs a verification, and a client can send any number.
const maxCandidates = 8

// cookieValues calls yield with the value of each cookie called name in the
// lines of a Cookie header, in their order, until yield returns false. Empty
// values count as none.
//
// It reads as Werkzeug does (werkzeug.sansio.http.parse_cookie), not as
// net/http: names are compared with case, spaces around "=" and ";" mean
// nothing, a quoted value is unquoted, and the value may hold any byte.
func cookieValues(lines []string, name string, yield func(string) bool) {
	left := maxCandidates
	for _, line := range lines {
		for line != "" && left > 0 {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			k, v, ok := strings.Cut(pair, "=")
			if !ok || trim(k) != name {
				continue
			}
			if v = unquote(trim(v)); v == "" {
				continue
			}
			left--
			if !yield(v) {
				return
			}
		}
	}
}

// trim cuts spaces and tabs off both ends.
func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// unquote undoes the quoting of RFC 2109: \" and \\, and \ooo for a byte.
func unquote(v string) string {
	if len(v) < 2 || v[0] != '"' || v[len(v)-1] != '"' {
		return v
	}
	v = v[1 : len(v)-1]
	if strings.IndexByte(v, '\\') < 0 {
		return v
	}
	b := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] != '\\' || i+1 == len(v):
			b = append(b, v[i])
		case i+3 < len(v) && octal(v[i+1]) && v[i+1] <= '3' && octal(v[i+2]) && octal(v[i+3]):
			b = append(b, (v[i+1]-'0')<<6|(v[i+2]-'0')<<3|(v[i+3]-'0'))
			i += 3
		default:
			i++
			b = append(b, v[i])
		}
	}
	return string(b)
}

func octal(c byte) bool { return '0' <= c && c <= '7' }
