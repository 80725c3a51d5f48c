package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
)

// setting is how the lab was told to run.
type setting struct {
	options      dewar.Options
	port         string
	endWithStdin bool
}

// serverSide are the settings of sessions on a server: a signed cookie has no
// use for them, as Flask's built-in session hasn't.
var serverSide = []string{
	"SESSION_REDIS", "SESSION_MEMCACHED", "SESSION_FILE_DIR", "SESSION_FILE_THRESHOLD", "SESSION_FILE_MODE",
	"SESSION_MONGODB", "SESSION_MONGODB_DB", "SESSION_MONGODB_COLLECT", "SESSION_SQLALCHEMY_TABLE",
	"SESSION_PERMANENT", "SESSION_USE_SIGNER", "SESSION_KEY_PREFIX", "SESSION_ID_LENGTH", "SESSION_SERIALIZATION_FORMAT",
}

// settings reads the environment: Flask's names, and of Dewar's own
//
//	DEWAR_RULES     flask (the default) or native
//	DEWAR_IDLE      seconds; native rules
//	DEWAR_INSECURE  true: the cookie goes over plain HTTP; under Flask's rules it does anyway
//	DEWAR_OUTAGE    fail or anonymous: accepted, though a signed cookie is never out
func settings(environ []string) (setting, error) {
	var set setting
	var errs []error
	config, own := map[string]any{}, map[string]any{}
	for _, variable := range environ {
		name, text, _ := strings.Cut(variable, "=")
		value := flask.Value(name, text)
		switch {
		case name == "PORT":
			set.port = text
		case name == "LAB_STDIN":
			set.endWithStdin = text == "1"
		case name == "LAB_NOW" || strings.HasPrefix(name, "DEWAR_"):
			own[name] = value
		case name == "SESSION_TYPE":
			if value != nil {
				errs = append(errs, errors.New("SESSION_TYPE: this lab has signed cookies only; leave SESSION_TYPE out"))
			}
		case name == "SESSION_MANAGER" || slices.Contains(serverSide, name):
		default:
			config[name] = value
		}
	}
	if set.port == "" {
		errs = append(errs, errors.New("PORT: missing"))
	}
	o, err := flask.FromMap(config)
	errs = append(errs, err)
	if own["DEWAR_RULES"] == "native" && err == nil {
		o, err = native(o, config, own)
		errs = append(errs, err)
	}
	errs = append(errs, apply(&o, own))
	set.options = o
	return set, errors.Join(errs...)
}

// native makes the Options of the native rules: Flask's settings count where
// they were given, and the safe defaults where not.
func native(given dewar.Options, config, own map[string]any) (dewar.Options, error) {
	var fallbacks [][]byte
	list, _ := config["SECRET_KEY_FALLBACKS"].([]any)
	for _, k := range list {
		fallbacks = append(fallbacks, fmt.Append(nil, k))
	}
	current, _ := config["SECRET_KEY"].(string)
	keys := flask.Keys([]byte(current), fallbacks...)
	keys.AllowShort = false
	ring, err := dewar.NewRing(keys)
	if err != nil {
		return dewar.Options{}, fmt.Errorf("SECRET_KEY: %w", err)
	}
	o := dewar.Cookies(ring)
	for name, take := range map[string]func(){
		"SESSION_COOKIE_NAME":          func() { o.Cookie.Name = given.Cookie.Name },
		"SESSION_COOKIE_DOMAIN":        func() { o.Cookie.Domain = given.Cookie.Domain },
		"SESSION_COOKIE_PATH":          func() { o.Cookie.Path, o.Cookie.NoPath = given.Cookie.Path, given.Cookie.NoPath },
		"SESSION_COOKIE_HTTPONLY":      func() { o.Cookie.Readable = given.Cookie.Readable },
		"SESSION_COOKIE_SECURE":        func() { o.Cookie.Insecure = given.Cookie.Insecure },
		"SESSION_COOKIE_SAMESITE":      func() { o.Cookie.SameSite = given.Cookie.SameSite },
		"SESSION_COOKIE_PARTITIONED":   func() { o.Cookie.Partitioned = given.Cookie.Partitioned },
		"MAX_COOKIE_SIZE":              func() { o.Cookie.MaxBytes = given.Cookie.MaxBytes },
		"PERMANENT_SESSION_LIFETIME":   func() { o.Life.Idle = given.Life.Idle },
		"SESSION_REFRESH_EACH_REQUEST": func() { o.Life.Fixed = given.Life.Fixed },
	} {
		if _, ok := config[name]; ok {
			take()
		}
	}
	if insecure, ok := own["DEWAR_INSECURE"].(bool); ok {
		o.Cookie.Insecure = insecure
	}
	if secs, ok := own["DEWAR_IDLE"].(float64); ok {
		o.Life.Idle = time.Duration(secs * float64(time.Second))
	}
	return o, nil
}

// apply checks Dewar's own settings and sets the clock.
func apply(o *dewar.Options, own map[string]any) error {
	var errs []error
	for name, value := range own {
		ok := false
		switch name {
		case "DEWAR_RULES":
			ok = value == "flask" || value == "native"
		case "DEWAR_IDLE":
			_, ok = value.(float64)
			ok = ok && own["DEWAR_RULES"] == "native"
		case "DEWAR_INSECURE":
			_, ok = value.(bool)
		case "DEWAR_OUTAGE":
			ok = value == "fail" || value == "anonymous"
		case "LAB_NOW":
			var secs float64
			if secs, ok = value.(float64); ok {
				o.Now = func() time.Time { return time.Unix(int64(secs), 0) }
			}
		}
		if !ok {
			errs = append(errs, fmt.Errorf("%s: not a setting or not a value that this lab knows", name))
		}
	}
	return errors.Join(errs...)
}
