package flask

import (
	"errors"
	"strings"
)

// MongoFromMap reads the settings of SESSION_TYPE=mongodb that say which
// collection holds the sessions: SESSION_MONGODB_DB (absent: flask_session) and
// SESSION_MONGODB_COLLECT (absent: sessions). SESSION_MONGODB is a client in
// Flask, and the caller's own here; it is passed over. The error has a
// *ConfigError for each setting that can't be used.
func MongoFromMap(config map[string]any) (database, collection string, err error) {
	r := reader{config: config}
	if kind, ok := config["SESSION_TYPE"]; ok {
		if text, _ := kind.(string); !strings.EqualFold(text, "mongodb") {
			r.bad("SESSION_TYPE", "not mongodb")
		}
	}
	database = r.named("SESSION_MONGODB_DB", "flask_session", "/\\. \"$\x00")
	collection = r.named("SESSION_MONGODB_COLLECT", "sessions", "$\x00")
	if len(r.errs) > 0 {
		return "", "", errors.Join(r.errs...)
	}
	return database, collection, nil
}

// MongoFromEnv is MongoFromMap for the environment, as FromEnv reads it.
func MongoFromEnv() (database, collection string, err error) { return MongoFromMap(environ("")) }

// named reads a name that isn't empty and has none of the characters that
// MongoDB refuses in it.
func (r *reader) named(setting, absent, refused string) string {
	name := r.text(setting, absent)
	if name == "" || strings.ContainsAny(name, refused) {
		r.bad(setting, "not a name that MongoDB takes")
	}
	return name
}
