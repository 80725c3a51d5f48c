package flask

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/signing"
)

// A ConfigError names a setting that can't be used.
type ConfigError struct {
	Name   string // as SESSION_COOKIE_NAME
	Reason string // never the value: it may be a key
}

func (e *ConfigError) Error() string { return "flask: " + e.Name + ": " + e.Reason }

var errNoKey = errors.New("flask: the session is unavailable because no SECRET_KEY was set")

// FromMap reads Flask's settings as app.config holds them. A setting that is
// absent has Flask's default; so has one that is nil, where Flask's default is
// None. Names that have nothing to do with sessions are passed over; one that
// begins with SESSION_ and isn't known is an error, as is a value of the wrong
// type or range: every *ConfigError is in the error, joined.
//
// Without a SECRET_KEY, sessions are what Flask's null sessions are: empty,
// and a write shows in Session.Err.
func FromMap(config map[string]any) (dewar.Options, error) {
	r := reader{config: config}
	r.checkNames(known)
	o := Cookies(r.ring())
	if o.Backend == nil {
		o.Backend = dewar.Unavailable{Reason: errNoKey}
	}
	o.Life.Idle = r.lifetime("PERMANENT_SESSION_LIFETIME", o.Life.Idle)
	r.cookie(&o)
	return r.done(o)
}

// checkNames refuses settings of sessions that aren't among these.
func (r *reader) checkNames(known ...[]string) {
	for _, name := range slices.Sorted(maps.Keys(r.config)) {
		if strings.HasPrefix(name, "SESSION_") && !slices.Contains(slices.Concat(known...), name) {
			r.bad(name, "not a setting that is known here")
		}
	}
}

// cookie reads what is common to all kinds of sessions.
func (r *reader) cookie(o *dewar.Options) {
	o.Life.Fixed = !r.boolean("SESSION_REFRESH_EACH_REQUEST", true)
	o.Cookie.Name = r.text("SESSION_COOKIE_NAME", o.Cookie.Name)
	o.Cookie.Domain = r.domain()
	o.Cookie.Path, o.Cookie.NoPath = r.path()
	o.Cookie.Readable = !r.boolean("SESSION_COOKIE_HTTPONLY", true)
	o.Cookie.Insecure = !r.boolean("SESSION_COOKIE_SECURE", false)
	o.Cookie.Partitioned = r.boolean("SESSION_COOKIE_PARTITIONED", false)
	o.Cookie.SameSite = r.sameSite()
	o.Cookie.MaxBytes = r.size()
}

// done returns o, or all that was wrong.
func (r *reader) done(o dewar.Options) (dewar.Options, error) {
	if len(r.errs) > 0 {
		return dewar.Options{}, errors.Join(r.errs...)
	}
	return o, nil
}

// known are the settings that FromMap reads.
var known = []string{
	"SECRET_KEY", "SECRET_KEY_FALLBACKS", "PERMANENT_SESSION_LIFETIME", "SESSION_REFRESH_EACH_REQUEST",
	"SESSION_COOKIE_NAME", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "SESSION_COOKIE_HTTPONLY",
	"SESSION_COOKIE_SECURE", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_PARTITIONED",
	"MAX_COOKIE_SIZE", "APPLICATION_ROOT",
}

// FromEnv reads the settings from environment variables of their own names. A
// value is taken as JSON where it is JSON (true, 3600, ["old"], null), else as
// text, as is JSON with U+FFFD or what can't be read as UTF-8; SECRET_KEY is text
// unless it is a JSON string or null. The session manager of
// the X Window System, SESSION_MANAGER, is none of ours.
func FromEnv() (dewar.Options, error) { return FromPrefixedEnv("") }

// FromPrefixedEnv is FromEnv for variables whose names have a prefix, as
// Flask's Config.from_prefixed_env has "FLASK_".
func FromPrefixedEnv(prefix string) (dewar.Options, error) { return FromMap(environ(prefix)) }

// environ gathers the settings of sessions from the environment.
func environ(prefix string) map[string]any {
	config := map[string]any{}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		name, ours := strings.CutPrefix(name, prefix)
		if ours && name != "SESSION_MANAGER" && (strings.HasPrefix(name, "SESSION_") || slices.Contains(known, name)) {
			config[name] = Value(name, value)
		}
	}
	return config
}

// Value reads one setting as FromEnv does.
func Value(name, text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil || mangled(v) {
		return text
	}
	if _, isText := v.(string); name == "SECRET_KEY" && !isText && v != nil {
		return text // a key of digits is still a key
	}
	return v
}

// mangled reports whether v has U+FFFD, which package json puts for what isn't
// UTF-8 and for half of a surrogate pair: keys that differ would be one, and known.
func mangled(v any) bool {
	b, err := json.Marshal(v)
	return err != nil || bytes.Contains(b, []byte("\uFFFD"))
}

// reader takes settings out of a config and gathers what is wrong with them.
type reader struct {
	config map[string]any
	errs   []error
}

func (r *reader) bad(name, format string, args ...any) {
	r.errs = append(r.errs, &ConfigError{name, fmt.Sprintf(format, args...)})
}

// ring gathers the keys; nil without a SECRET_KEY.
func (r *reader) ring() *dewar.Ring {
	current, ok := r.key("SECRET_KEY", r.config["SECRET_KEY"])
	if !ok || len(current) == 0 {
		return nil
	}
	fallbacks := r.fallbacks()
	ring, err := dewar.NewRing(Keys(current, fallbacks...))
	if err != nil {
		r.bad("SECRET_KEY", "%v", err)
		return nil
	}
	for i, k := range append([][]byte{current}, fallbacks...) {
		if len(k) < signing.MinKeyBytes {
			name := "SECRET_KEY"
			if i > 0 {
				name = fmt.Sprint("SECRET_KEY_FALLBACKS, key ", i-1)
			}
			slog.Warn(fmt.Sprintf("flask: %s is %d bytes long: cookies signed with fewer than %d can be forged by guessing", name, len(k), signing.MinKeyBytes))
		}
	}
	return ring
}

func (r *reader) key(name string, v any) ([]byte, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case string:
		return []byte(v), true
	case []byte:
		return v, true
	}
	r.bad(name, "neither text nor bytes")
	return nil, false
}

// fallbacks refuses a plain text, which Flask takes apart: every letter of it
// would be a key. An empty key would let anybody sign. What is false to Python is
// no list, as in Flask.
func (r *reader) fallbacks() (keys [][]byte) {
	const name = "SECRET_KEY_FALLBACKS"
	switch list := r.config[name].(type) {
	case nil:
	case []string:
		for _, k := range list {
			keys = append(keys, []byte(k))
		}
	case [][]byte:
		keys = list
	case []any:
		for _, k := range list {
			b, _ := r.key(name, k)
			keys = append(keys, b)
		}
	default:
		if !falsy(list) {
			r.bad(name, "not a list of keys in UTF-8")
		}
	}
	for i, k := range keys {
		if len(k) == 0 {
			r.bad(name, "key %d is empty", i)
		}
	}
	return keys
}

func (r *reader) sameSite() http.SameSite {
	const name = "SESSION_COOKIE_SAMESITE"
	v := r.config[name]
	if v == nil {
		return http.SameSiteDefaultMode
	}
	text, _ := v.(string)
	switch strings.ToLower(text) {
	case "lax":
		return http.SameSiteLaxMode
	case "strict":
		return http.SameSiteStrictMode
	case "none":
		return http.SameSiteNoneMode
	}
	r.bad(name, "not one of Strict, Lax, None")
	return http.SameSiteDefaultMode
}
