package flask_test

import (
	"errors"
	"testing"

	"github.com/dewar-go/dewar/flask"
)

// The collection's settings by their own names, and the names of those that
// can't be used.
func TestMongoSettings(t *testing.T) {
	for _, row := range []struct {
		config               map[string]any
		database, collection string
		bad                  string
	}{
		{nil, "flask_session", "sessions", ""},
		{map[string]any{"SESSION_TYPE": "mongodb", "SESSION_MONGODB": "mongodb://u:p@h", "SESSION_MONGODB_DB": "app", "SESSION_MONGODB_COLLECT": "web.sessions"}, "app", "web.sessions", ""},
		{map[string]any{"SESSION_TYPE": "redis"}, "", "", "SESSION_TYPE"},
		{map[string]any{"SESSION_MONGODB_DB": "a.b"}, "", "", "SESSION_MONGODB_DB"},
		{map[string]any{"SESSION_MONGODB_DB": ""}, "", "", "SESSION_MONGODB_DB"},
		{map[string]any{"SESSION_MONGODB_DB": 7}, "", "", "SESSION_MONGODB_DB"},
		{map[string]any{"SESSION_MONGODB_COLLECT": "$x"}, "", "", "SESSION_MONGODB_COLLECT"},
	} {
		database, collection, err := flask.MongoFromMap(row.config)
		var ce *flask.ConfigError
		if database != row.database || collection != row.collection || (err != nil) != (row.bad != "") || errors.As(err, &ce) && ce.Name != row.bad {
			t.Errorf("%v: %q, %q, %v", row.config, database, collection, err)
		}
	}
	t.Setenv("SESSION_MONGODB_DB", "app")
	if database, _, err := flask.MongoFromEnv(); database != "app" || err != nil {
		t.Errorf("%q, %v", database, err)
	}
}
