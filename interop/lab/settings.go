package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/breaker"
)

// setting is how the lab was told to run.
type setting struct {
	options      dewar.Options
	port         string
	endWithStdin bool
	route        dewar.Route
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
//	DEWAR_RULES     native, flask, flask-session-0.8, flask-session-0.3; by SESSION_TYPE
//	                if absent, flask or flask-session-0.8
//	DEWAR_IDLE      seconds; native rules. So DEWAR_ABSOLUTE, DEWAR_RENEWAL, DEWAR_GRACE
//	DEWAR_STORE     a store URL as the command takes it, instead of SESSION_TYPE
//	DEWAR_STRICT    true: two plain Sets of one key conflict; native rules
//	DEWAR_INSECURE  true: the cookie goes over plain HTTP; under Flask's rules it does anyway
//	DEWAR_CLIENT    go-redis: what SESSION_REDIS says, by that client; for memcached pymemcache,
//	                python-memcached or pylibmc, which servers are chosen like
//	DEWAR_OUTAGE    fail or anonymous: what becomes of requests while the store can't answer
//	DEWAR_TOMBSTONES true: what a Flask writes back of an ended session is none; beside
//	                Flask's layout
//	DEWAR_TIMEOUT   seconds that a call of the store may take; a signed cookie has no use for it
//	DEWAR_BREAKER   true: a store that is down is asked by one request a second (store/breaker)
//	DEWAR_HASH_KEYS true: keys are digests of ids, false: they are the ids. The native rules have
//	                the one, Flask's the other; asking for what isn't so is an error
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
		case name == "SESSION_MANAGER", name == "LAB_MEMCACHED":
		default:
			config[name] = value
		}
	}
	if set.port == "" {
		errs = append(errs, errors.New("PORT: missing"))
	}
	o, err := optionsOf(config, own)
	errs = append(errs, err)
	errs = append(errs, apply(&o, own))
	set.options = o
	if own["DEWAR_OUTAGE"] == "anonymous" {
		set.route.Outage = dewar.Anonymous
	}
	return set, errors.Join(errs...)
}

// optionsOf makes the Options that the settings ask for.
func optionsOf(config, own map[string]any) (dewar.Options, error) {
	if url, ok := own["DEWAR_STORE"].(string); ok {
		return opened(url, config, own)
	}
	if config["SESSION_TYPE"] == nil {
		delete(config, "SESSION_TYPE")
		for _, name := range serverSide {
			delete(config, name) // as Flask's built-in session, a signed cookie has no use for them
		}
		o, err := flask.FromMap(config)
		if own["DEWAR_RULES"] == "native" && err == nil {
			return native(o, config, own)
		}
		return o, err
	}
	st, cachelib, err := store(config, own)
	if err != nil {
		return dewar.Options{}, err
	}
	o, err := storedOptions(config, own, st)
	if cachelib && err == nil {
		inStore(&o).Codec = sniff.New(pickle.RedisCache{})
	}
	if own["DEWAR_RULES"] == "native" && err == nil {
		given := o
		o = dewar.Stored(st)
		take(&o, given, config, own)
	}
	return o, err
}

// opened makes the Options of sessions on a store URL, which says the layout,
// and so the rules.
func opened(url string, config, own map[string]any) (dewar.Options, error) {
	st, err := open.Open(context.Background(), url)
	if err != nil {
		return dewar.Options{}, fmt.Errorf("DEWAR_STORE: %w", err)
	}
	given, err := storedOptions(config, own, st.Store)
	if err != nil {
		return dewar.Options{}, err
	}
	o := given
	if st.Layout == dewar.NativeLayout {
		o = dewar.Stored(st.Store)
		take(&o, given, config, own)
	}
	b := st.InStore()
	b.UUIDs = o.Rules == dewar.FlaskSession032
	o.Backend = b
	return o, nil
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
	take(&o, given, config, own)
	return o, nil
}

// take takes over into o what was given.
func take(o *dewar.Options, given dewar.Options, config, own map[string]any) {
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
	for name, life := range map[string]*time.Duration{"DEWAR_ABSOLUTE": &o.Life.Absolute, "DEWAR_RENEWAL": &o.Life.Renewal, "DEWAR_GRACE": &o.Life.Grace} {
		if secs, ok := own[name].(float64); ok {
			*life = time.Duration(secs * float64(time.Second))
		}
	}
	o.Strict, _ = own["DEWAR_STRICT"].(bool)
}

// apply checks Dewar's own settings and sets the clock.
func apply(o *dewar.Options, own map[string]any) error {
	var errs []error
	for name, value := range own {
		ok := false
		switch name {
		case "DEWAR_RULES":
			ok = value == "flask" || value == "flask-session-0.8" || value == old || value == "native"
		case "DEWAR_IDLE", "DEWAR_ABSOLUTE", "DEWAR_RENEWAL", "DEWAR_GRACE":
			_, ok = value.(float64)
			ok = ok && o.Rules == dewar.Native
		case "DEWAR_STORE":
			_, ok = value.(string)
		case "DEWAR_INSECURE", "DEWAR_STRICT":
			_, ok = value.(bool)
		case "DEWAR_CLIENT":
			ok = value == "go-redis" || value == "pymemcache" || value == "python-memcached" || value == "pylibmc"
		case "DEWAR_OUTAGE":
			ok = value == "fail" || value == "anonymous"
		case "DEWAR_TOMBSTONES":
			var on bool
			on, ok = value.(bool)
			st := inStore(o)
			if ok = ok && (!on || st != nil && st.Layout == dewar.FlaskLayout); ok && on {
				st.Tombstones = true
			}
		case "DEWAR_TIMEOUT":
			var secs float64
			secs, ok = value.(float64)
			if st := inStore(o); ok && st != nil {
				st.Timeout = time.Duration(secs * float64(time.Second))
			}
		case "DEWAR_BREAKER":
			var on bool
			on, ok = value.(bool)
			st := inStore(o)
			if ok = ok && (!on || st != nil); ok && on {
				st.Store = breaker.New(st.Store, breaker.Options{Now: o.Now})
			}
		case "DEWAR_HASH_KEYS":
			on, isBool := value.(bool)
			st := inStore(o)
			ok = isBool && st != nil && on == (st.Layout == dewar.NativeLayout)
		case "LAB_NOW":
			if _, ok = value.(float64); ok {
				o.Now = clock(own)
			}
		}
		if !ok {
			errs = append(errs, fmt.Errorf("%s: not a setting or not a value that this lab knows", name))
		}
	}
	return errors.Join(errs...)
}
