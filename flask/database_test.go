package flask_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/flask"
)

func TestDatabase(t *testing.T) {
	type config = map[string]any
	for _, tt := range []struct{ uri, table, want string }{
		{"sqlite:///rel.db", "", "sqlite:///rel.db?layout=flask&table=sessions"},
		{"sqlite:////abs/a%20b.db", "s2", "sqlite:////abs/a%20b.db?layout=flask&table=s2"},
		{"postgresql://u:p%2Fw@h:5/d", "", "postgres://u:p%2Fw@h:5/d?layout=flask&table=sessions"},
		{"postgresql+psycopg2://h/d?sslmode=require", "", "postgres://h/d?layout=flask&sslmode=require&table=sessions"},
		{"postgres://h/d", "", "postgres://h/d?layout=flask&table=sessions"},
		{"mysql+pymysql://u:p@h/d?charset=utf8mb4", "", "mysql://u:p@h/d?layout=flask&table=sessions"},
		{"mariadb+pymysql://u@h/d?unix_socket=%2Frun%2Fs", "T", "mysql://u@h/d?layout=flask&table=T&unix_socket=%2Frun%2Fs"},
	} {
		c := config{"SESSION_TYPE": "sqlalchemy", "SQLALCHEMY_DATABASE_URI": tt.uri, "SECRET_KEY": "k"}
		if tt.table != "" {
			c["SESSION_SQLALCHEMY_TABLE"] = tt.table
		}
		if got, err := flask.DatabaseFromMap(c); err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.uri, got, err, tt.want)
		}
	}
	for _, tt := range []struct {
		config config
		bad    string
	}{
		{config{}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": 5}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "oracle://u:s3cr3t@h/d"}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "mysql://u:s3cr3t/x@h/d"}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "mysql://u:s3cr3t#x@h/d"}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "postgresql://u:s3cr3t@h/d?sslmode=verify-full;x=1"}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "postgresql://u:s3cr3t@h/d?sslmode=verify-full%zz"}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "sqlite://"}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "sqlite:///:memory:"}, "SQLALCHEMY_DATABASE_URI"},
		{config{"SQLALCHEMY_DATABASE_URI": "sqlite:///a", "SESSION_SQLALCHEMY_TABLE": "a b"}, "SESSION_SQLALCHEMY_TABLE"},
		{config{"SQLALCHEMY_DATABASE_URI": "sqlite:///a", "SESSION_TYPE": "redis"}, "SESSION_TYPE"},
	} {
		got, err := flask.DatabaseFromMap(tt.config)
		bad, ok := errors.AsType[*flask.ConfigError](err)
		if got != "" || !ok || bad.Name != tt.bad || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%v: got %q, %v, want an error about %s", tt.config, got, err, tt.bad)
		}
	}
	t.Setenv("SQLALCHEMY_DATABASE_URI", "sqlite:///x")
	t.Setenv("SESSION_TYPE", "sqlalchemy")
	if got, err := flask.DatabaseFromEnv(); err != nil || got != "sqlite:///x?layout=flask&table=sessions" {
		t.Errorf("from the environment: %s, %v", got, err)
	}
}
