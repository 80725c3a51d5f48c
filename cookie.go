package dewar

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Cookie holds the attributes of the session's cookie. The zero Cookie has
// the safe ones: sent over HTTPS only, to this host only, unseen by scripts,
// SameSite=Lax.
type Cookie struct {
	// Name is "__Host-session" if empty, or what the other fields allow of it:
	// "__Secure-session" with a Domain or Path, "session" if Insecure. A name
	// with a prefix that the attributes don't meet, or that only looks like one, is
	// refused (RFC 6265bis, section 4.1.3); under Flask's rules it is sent, with a
	// warning.
	Name string

	Domain      string        // empty: this host only. A port and leading dots are cut; non-ASCII names are encoded
	Path        string        // "/" if empty
	NoPath      bool          // no Path attribute: the browser takes the folder of the request's path
	SameSite    http.SameSite // Lax if zero; SameSiteDefaultMode sends none. None needs Secure
	Insecure    bool          // sent over plain HTTP too
	Readable    bool          // scripts may read it: no HttpOnly
	Partitioned bool          // one jar per embedding site (CHIPS); needs Secure
	UntilClosed bool          // the browser forgets it when it closes: no Max-Age. Flask's rules have Session.Permanent instead; Flask-Session's new sessions are then not permanent

	// MaxBytes is the longest header value that is sent: name, value and
	// attributes. 0 is 4093, negative is no limit. A longer one is a
	// *CookieSizeError; under Flask's rules it is sent, with a warning
	// (MAX_COOKIE_SIZE).
	MaxBytes int

	front, back string // the attributes before and behind the life, formatted
}

// complete fills in what was left open, formats the attributes, and returns
// what can't be used.
func (c *Cookie) complete(r Rules) (errs []error) {
	bad := func(field, reason string) { errs = append(errs, &OptionError{"Cookie." + field, reason}) }
	if c.Name == "" {
		c.Name = c.defaultName()
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 4093
	}
	if c.SameSite == 0 {
		c.SameSite = http.SameSiteLaxMode
	}
	if !validName(c.Name, r) {
		bad("Name", "not a token of RFC 6265")
	}
	if r == Native {
		for _, trap := range c.traps() {
			bad(trap.field, trap.reason)
		}
	}
	if r != Native && c.Partitioned {
		c.Insecure = false // as werkzeug.http.dump_cookie does
	}
	domain, err := hostname(c.Domain)
	if err != nil {
		bad("Domain", "not a host name")
	}
	c.front = ""
	if c.Domain != "" {
		c.front = "; Domain=" + domain
	}
	if c.back, err = c.attributes(); err != nil {
		bad("SameSite", "not one of net/http's modes")
	}
	return errs
}

func (c *Cookie) defaultName() string {
	switch {
	case c.Insecure:
		return "session"
	case c.Domain != "" || c.NoPath || c.Path != "" && c.Path != "/":
		return "__Secure-session"
	}
	return "__Host-session"
}

// validName takes RFC 6265's tokens; under Flask's rules also what lies beyond
// ASCII, as Werkzeug does.
func validName(name string, r Rules) bool {
	for i := range len(name) {
		c := name[i]
		if c <= ' ' || c == 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 || c > 0x7f && r == Native {
			return false
		}
	}
	return name != ""
}

type trap struct{ field, reason string }

// traps are the combinations that make browsers drop the cookie in silence.
func (c *Cookie) traps() (found []trap) {
	name := strings.ToLower(c.Name) // browsers compare prefixes without case
	if strings.HasPrefix(name, "__host-") && (c.Insecure || c.Domain != "" || c.NoPath || c.Path != "" && c.Path != "/") {
		found = append(found, trap{"Name", "the prefix __Host- needs Secure, Path=/ and no Domain"})
	}
	if strings.HasPrefix(name, "__secure-") && c.Insecure {
		found = append(found, trap{"Name", "the prefix __Secure- needs Secure"})
	}
	if (strings.HasPrefix(name, "__http-") || strings.HasPrefix(name, "__host-http-")) && (c.Insecure || c.Readable) {
		found = append(found, trap{"Name", "the prefixes __Http- and __Host-Http- need Secure and HttpOnly"})
	}
	if misspelt(name) {
		found = append(found, trap{"Name", "looks like the prefix __Host-, __Secure- or __Http-, and is none"})
	}
	if c.SameSite == http.SameSiteNoneMode && c.Insecure {
		found = append(found, trap{"SameSite", "None needs Secure"})
	}
	if c.Partitioned && c.Insecure {
		found = append(found, trap{"Partitioned", "needs Secure"})
	}
	if c.Path != "" && c.Path[0] != '/' {
		found = append(found, trap{"Path", "doesn't begin with a slash"})
	}
	var path strings.Builder
	if writeQuoted(&path, c.Path); path.Len() > maxAttribute {
		found = append(found, trap{"Path", "longer than 1024 bytes: browsers take another"})
	}
	if host, err := hostname(c.Domain); err == nil && (c.Domain != "" && host == "" || len(host) > maxHost) {
		found = append(found, trap{"Domain", "names no host"})
	}
	return found
}

const (
	maxAttribute = 1024                 // of a longer attribute browsers take no notice (RFC 6265bis, section 5.6)
	maxHost      = 253                  // the longest name of a host (RFC 1035)
	maxKept      = 400 * 24 * time.Hour // browsers keep no cookie longer (RFC 6265bis, section 5.5)
)

// misspelt reports whether a name in lower case was meant to have a prefix, which
// browsers would enforce: "Host__", "_Host-", "__Host_".
func misspelt(name string) bool {
	rest := strings.TrimLeft(name, "_")
	for _, word := range [...]string{"host", "secure", "http"} {
		after, ok := strings.CutPrefix(rest, word)
		switch {
		case !ok:
		case len(rest) == len(name):
			return strings.HasPrefix(after, "__")
		default:
			return !strings.HasPrefix(name, "__"+word+"-") && (after == "" || after[0] == '-' || after[0] == '_')
		}
	}
	return false
}

// attributes formats what stands behind the life, in the order of
// werkzeug.http.dump_cookie.
func (c *Cookie) attributes() (string, error) {
	var b strings.Builder
	if !c.Insecure {
		b.WriteString("; Secure")
	}
	if !c.Readable {
		b.WriteString("; HttpOnly")
	}
	if !c.NoPath {
		b.WriteString("; Path=")
		if c.Path == "" {
			b.WriteByte('/')
		} else {
			writeQuoted(&b, c.Path)
		}
	}
	switch c.SameSite {
	case http.SameSiteDefaultMode:
	case http.SameSiteLaxMode:
		b.WriteString("; SameSite=Lax")
	case http.SameSiteStrictMode:
		b.WriteString("; SameSite=Strict")
	case http.SameSiteNoneMode:
		b.WriteString("; SameSite=None")
	default:
		return "", fmt.Errorf("dewar: unknown SameSite")
	}
	if c.Partitioned {
		b.WriteString("; Partitioned")
	}
	return b.String(), nil
}

// writeQuoted percent-encodes a path as Werkzeug does.
func writeQuoted(b *strings.Builder, path string) {
	const hex = "0123456789ABCDEF"
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			strings.IndexByte("_.-~%!$&'()*+,/:=@", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
}

// hostname gives a Domain as it is sent: no port, no leading dots, ASCII.
func hostname(domain string) (string, error) {
	domain, _, _ = strings.Cut(domain, ":")
	domain = strings.TrimLeft(domain, ".")
	for i := range len(domain) {
		if c := domain[i]; c <= ' ' || c == ';' || c == ',' || c == '"' || c == '\\' || c == 0x7f {
			return "", fmt.Errorf("dewar: not a host name")
		}
	}
	if strings.Contains(domain, "..") {
		return "", fmt.Errorf("dewar: an empty label in a host name")
	}
	if domain == "" || isASCII(domain) {
		return domain, nil
	}
	domain = strings.ToLower(domain) // what is encoded can't be compared without case
	// net/http holds the only IDNA encoder of the standard library: it encodes
	// the host of a request that it writes.
	var host strings.Builder
	r := http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}, Host: domain}
	if err := r.Write(&host); err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(host.String(), "\r\nHost: ")
	ascii, _, _ := strings.Cut(rest, "\r\n")
	if ascii == "" || !isASCII(ascii) {
		return "", io.ErrUnexpectedEOF
	}
	return ascii, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// set formats the cookie that carries value. expires is when it ends, zero if
// with the browser; a maxAge other than 0 is sent instead.
func (c *Cookie) set(value string, expires time.Time, maxAge time.Duration) string {
	var b [64]byte
	life := b[:0]
	switch {
	case maxAge != 0:
		life = strconv.AppendInt(append(life, "; Max-Age="...), int64(maxAge/time.Second), 10)
	case !expires.IsZero():
		life = expires.UTC().AppendFormat(append(life, "; Expires="...), http.TimeFormat)
	}
	return c.Name + "=" + value + c.front + string(life) + c.back
}

// line formats the cookie of a session with a life, be it permanent in Flask's sense. If
// browsers would drop it there is a *CookieSizeError too.
func (o *Options) line(value string, permanent bool, life time.Duration) (string, error) {
	c := &o.Cookie
	var line string
	switch {
	case o.Rules != Native && permanent:
		line = c.set(value, o.Now().Add(o.Life.Idle), 0)
	case o.Rules != Native || c.UntilClosed:
		line = c.set(value, time.Time{}, 0)
	default:
		line = c.set(value, time.Time{}, min(life, maxKept))
	}
	if c.MaxBytes < 0 || len(line) <= c.MaxBytes {
		return line, nil
	}
	return line, &CookieSizeError{Name: c.Name, Value: len(value), Size: len(line), Limit: c.MaxBytes}
}

// expire formats the cookie that makes the browser forget: both Expires and
// Max-Age, and the attributes that it was set with, without which browsers
// take it for another. Flask-Session leaves out what browsers don't compare; a
// Secure cookie can't be deleted so.
func (c *Cookie) expire(r Rules) string {
	if r.stored() && c.Insecure {
		path := "; Path=/"
		if i := strings.Index(c.back, "; Path="); i >= 0 {
			path, _, _ = strings.Cut(c.back[i+2:], ";")
			path = "; " + path
		}
		return c.Name + "=" + c.front + "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0" + path
	}
	return c.Name + "=" + c.front + "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0" + c.back
}
