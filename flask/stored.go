package flask

import (
	"net/http"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/codec/sniff"
)

// Stored are the Options of Flask-Session 0.8.0 with its default settings, on
// the store that it shares: keys "session:" and the id, records in MessagePack
// (JSON and pickles are read too), permanent sessions of 31 days that every use extends.
//
// The store must be one that keeps Flask-Session's layout for its backend, and
// lives in whole seconds.
func Stored(st dewar.Store) dewar.Options {
	o := dewar.Options{
		Backend: &dewar.InStore{Store: st, Codec: sniff.New(msgpack.Codec{}), Prefix: "session:", Layout: dewar.FlaskLayout},
		Rules:   dewar.FlaskSession08,
	}
	o.Life.Idle = 31 * 24 * time.Hour
	o.Cookie.Name = "session"
	o.Cookie.Insecure = true
	o.Cookie.SameSite = http.SameSiteDefaultMode
	return o
}

// knownStored are the settings that StoredFromMap reads besides.
var knownStored = []string{
	"SESSION_TYPE", "SESSION_PERMANENT", "SESSION_USE_SIGNER", "SESSION_KEY_PREFIX", "SESSION_ID_LENGTH", "SESSION_SERIALIZATION_FORMAT",
}

// connections are the settings that say where a store is. Who calls
// StoredFromMap has opened it already.
var connections = []string{
	"SESSION_REDIS", "SESSION_MEMCACHED", "SESSION_FILE_DIR", "SESSION_FILE_THRESHOLD", "SESSION_FILE_MODE", "SESSION_MONGODB",
	"SESSION_MONGODB_DB", "SESSION_MONGODB_COLLECT", "SESSION_SQLALCHEMY", "SESSION_SQLALCHEMY_TABLE", "SESSION_CACHELIB",
}

// StoredFromMap reads Flask-Session's settings (0.8.0) beside Flask's, as
// FromMap does, for sessions on a store that the caller has opened: the settings
// that say where the store is are passed over, and SESSION_TYPE decides nothing but
// the format (see below).
// SESSION_SERIALIZATION_FORMAT can be "pickle" too, beside a Flask-Session before
// 0.7, which reads nothing else, or cachelib. A SECRET_KEY is needed only for SESSION_USE_SIGNER; its fallbacks verify too,
// which Flask-Session's don't.
//
// Under SESSION_TYPE filesystem and cachelib, records are pickles whatever
// SESSION_SERIALIZATION_FORMAT says; for cachelib's RedisCache, which puts a "!"
// before them, set the backend's Codec to one of pickle.RedisCache.
func StoredFromMap(config map[string]any, st dewar.Store) (dewar.Options, error) {
	r := reader{config: config}
	o := Stored(st)
	b := o.Backend.(*dewar.InStore)
	b.IDBytes = r.idLength()
	b.Codec = sniff.New(r.format())
	return r.stored(o)
}

// stored reads what all versions of Flask-Session have in common into o.
func (r *reader) stored(o dewar.Options) (dewar.Options, error) {
	r.checkNames(known, knownStored, connections)
	o.Life.Idle = r.lifetime("PERMANENT_SESSION_LIFETIME", o.Life.Idle)
	if o.Life.Idle < time.Second {
		r.bad("PERMANENT_SESSION_LIFETIME", "less than a second, which no store keeps")
	}
	r.cookie(&o)
	o.Cookie.UntilClosed = !r.boolean("SESSION_PERMANENT", true)
	b := o.Backend.(*dewar.InStore)
	b.Prefix = r.prefix(b.Prefix)
	if r.boolean("SESSION_USE_SIGNER", false) {
		ring := r.ring()
		if ring == nil {
			r.bad("SECRET_KEY", "missing, and SESSION_USE_SIGNER needs it")
		}
		o.Backend = dewar.SignedID{Backend: b, Keys: ring}
	}
	return r.done(o)
}

// StoredFromEnv is StoredFromMap for the environment, as FromEnv reads it.
func StoredFromEnv(st dewar.Store) (dewar.Options, error) { return StoredFromMap(environ(""), st) }

func (r *reader) prefix(absent string) string {
	v, ok := r.config["SESSION_KEY_PREFIX"]
	if !ok {
		return absent
	}
	s, ok := v.(string)
	if !ok || len(s) > 50 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		r.bad("SESSION_KEY_PREFIX", "not a text of at most 50 characters of ASCII, without blanks")
		return absent
	}
	return s
}

// idLength is the number of random bytes in an id.
func (r *reader) idLength() int {
	v, ok := r.config["SESSION_ID_LENGTH"]
	if !ok {
		return 0
	}
	n, ok := number(v)
	if !ok || n != float64(int(n)) || n < 1 || n > 128 {
		r.bad("SESSION_ID_LENGTH", "not a number of bytes from 1 to 128")
		return 0
	}
	return int(n)
}

func (r *reader) format() codec.Codec {
	if kind, _ := r.config["SESSION_TYPE"].(string); strings.EqualFold(kind, "filesystem") || strings.EqualFold(kind, "cachelib") {
		return pickle.Codec{}
	}
	switch v := r.config["SESSION_SERIALIZATION_FORMAT"]; v {
	case nil, "msgpack":
	case "json":
		return plainjson.Codec{}
	case "pickle":
		return pickle.Codec{}
	default:
		r.bad("SESSION_SERIALIZATION_FORMAT", "none of msgpack, json and pickle")
	}
	return msgpack.Codec{}
}
