package flask

import (
	"encoding/json"
	"math"
	"time"
)

// text reads a setting that is a text and not empty.
func (r *reader) text(name, absent string) string {
	v, ok := r.config[name]
	if !ok {
		return absent
	}
	s, ok := v.(string)
	if !ok || s == "" {
		r.bad(name, "not a text, or empty")
	}
	return s
}

// boolean refuses what Flask would print into the header: "true" for
// SESSION_COOKIE_SECURE sends "Secure=true".
func (r *reader) boolean(name string, absent bool) bool {
	v, ok := r.config[name]
	if !ok {
		return absent
	}
	b, ok := v.(bool)
	if !ok {
		r.bad(name, "neither true nor false")
	}
	return b
}

// number reads a number as Go programs, encoding/json and TOML readers make
// them.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// falsy reports whether a setting that is there is false to Python.
func falsy(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case bool:
		return !v
	case map[string]any:
		return len(v) == 0
	}
	n, ok := number(v)
	return ok && n == 0
}

// lifetime reads seconds, or a time.Duration where Flask has a timedelta.
func (r *reader) lifetime(name string, absent time.Duration) time.Duration {
	v, ok := r.config[name]
	if !ok {
		return absent
	}
	d, ok := v.(time.Duration)
	if !ok {
		secs, ok := number(v)
		if !ok || math.IsNaN(secs) || math.Abs(secs) > 100*365*24*60*60 {
			r.bad(name, "not a number of seconds within a hundred years")
			return absent
		}
		d = time.Duration(secs * float64(time.Second))
	}
	if d == 0 {
		return 1 // Options takes 0 for its default; a nanosecond is as short
	}
	return d
}

// size reads MAX_COOKIE_SIZE, where 0 is no limit.
func (r *reader) size() int {
	const name = "MAX_COOKIE_SIZE"
	v, ok := r.config[name]
	if !ok {
		return 0
	}
	n, ok := number(v)
	switch {
	case !ok || n != math.Trunc(n) || n < 0 || n > math.MaxInt32:
		r.bad(name, "not a number of bytes")
		return 0
	case n == 0:
		return -1
	}
	return int(n)
}

// domain reads SESSION_COOKIE_DOMAIN: None and False are none. An empty text
// sends an empty Domain, which is what a lone dot leaves of itself.
func (r *reader) domain() string {
	const name = "SESSION_COOKIE_DOMAIN"
	switch v := r.config[name].(type) {
	case nil:
		return ""
	case bool:
		if v {
			r.bad(name, "neither a host name nor false")
		}
		return ""
	case string:
		if v == "" {
			return "."
		}
		return v
	}
	r.bad(name, "neither a host name nor false")
	return ""
}

// path reads SESSION_COOKIE_PATH, for which APPLICATION_ROOT stands in; if
// both are None there is no Path.
func (r *reader) path() (path string, none bool) {
	root := any("/")
	if v, ok := r.config["APPLICATION_ROOT"]; ok {
		root = v
	}
	name, v := "SESSION_COOKIE_PATH", r.config["SESSION_COOKIE_PATH"]
	if v == nil || v == "" || v == false {
		name, v = "APPLICATION_ROOT", root
	}
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, v == ""
	}
	r.bad(name, "not a path")
	return "", false
}
