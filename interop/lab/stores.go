package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/dewar-go/dewar/open"
	"github.com/dewar-go/dewar/store/filestore"
	"github.com/dewar-go/dewar/store/memcachestore"
	"github.com/dewar-go/dewar/store/memstore"
	"github.com/dewar-go/dewar/store/mongostore"
	"github.com/dewar-go/dewar/store/redisstore"
	"github.com/dewar-go/dewar/store/sqlstore"
)

// store opens what SESSION_TYPE says. cachelib says that its RedisCache keeps
// the records.
func store(config, own map[string]any) (st dewar.Store, cachelib bool, err error) {
	kind := config["SESSION_TYPE"]
	_, redis := config["SESSION_REDIS"]
	_, memcached := config["SESSION_MEMCACHED"]
	switch {
	case kind == "memcached", kind == "cachelib" && memcached:
		st, err = memcachedOf(config, own)
		return st, false, err
	case kind == "redis", kind == "cachelib" && redis:
		st, err = redisOf(config, own)
		return st, kind == "cachelib", err
	case kind == "filesystem", kind == "cachelib":
		st, err = filesOf(config, own)
		return st, false, err
	case kind == "sqlalchemy":
		st, err = databaseOf(config, own)
		return st, false, err
	case kind == "mongodb":
		st, err = mongoOf(config, own)
		return st, false, err
	case kind == "memory": // Dewar's own: for races within one lab
		return memstore.New(memstore.Options{}), false, nil
	}
	return nil, false, errors.New("SESSION_TYPE: this lab knows redis, memcached, filesystem, sqlalchemy, mongodb, cachelib and memory, and without it signed cookies")
}

func redisOf(config, own map[string]any) (dewar.Store, error) {
	url, ok := config["SESSION_REDIS"].(string)
	if !ok {
		return nil, errors.New("SESSION_REDIS: missing, or not a URL")
	}
	if own["DEWAR_CLIENT"] != nil {
		return goRedis(url)
	}
	st, _, err := redisstore.Open(url, redisstore.Options{WholeSeconds: true})
	if err != nil {
		return nil, fmt.Errorf("SESSION_REDIS: %w", err)
	}
	return st, nil
}

// memcachedOf takes the servers as pymemcache chooses among them, if DEWAR_CLIENT
// says nothing else.
func memcachedOf(config, own map[string]any) (dewar.Store, error) {
	list, ok := config["SESSION_MEMCACHED"].(string)
	if !ok {
		return nil, errors.New("SESSION_MEMCACHED: missing, or not host:port,host:port")
	}
	o := memcachestore.Options{Pickled: config["SESSION_TYPE"] == "cachelib"}
	if client, ok := own["DEWAR_CLIENT"].(string); ok {
		var err error
		if o.Selector, err = memcachestore.SelectorByName(client); err != nil {
			return nil, errors.New("DEWAR_CLIENT: not one of memcached's")
		}
	}
	st, err := memcachestore.New(strings.Split(list, ","), o)
	if err != nil {
		return nil, fmt.Errorf("SESSION_MEMCACHED: %w", err)
	}
	return st, nil
}

func filesOf(config, own map[string]any) (dewar.Store, error) {
	where := map[string]any{}
	for _, name := range []string{"SESSION_FILE_DIR", "SESSION_FILE_THRESHOLD", "SESSION_FILE_MODE"} {
		if v, ok := config[name]; ok {
			where[name] = v
		}
	}
	dir, o, err := flask.FilesFromMap(where)
	if err != nil {
		return nil, err
	}
	o.Now = clock(own)
	st, err := filestore.New(dir, o)
	if err != nil {
		return nil, fmt.Errorf("SESSION_FILE_DIR: %w", err)
	}
	return st, nil
}

// databaseOf opens the database of SQLALCHEMY_DATABASE_URI, whose table somebody
// else makes.
func databaseOf(config, own map[string]any) (dewar.Store, error) {
	where := map[string]any{}
	for _, name := range []string{"SQLALCHEMY_DATABASE_URI", "SESSION_SQLALCHEMY_TABLE"} {
		if v, ok := config[name]; ok {
			where[name] = v
		}
	}
	url, err := flask.DatabaseFromMap(where)
	if err != nil {
		return nil, err
	}
	db, dialect, o, err := open.Database(context.Background(), url)
	if err != nil {
		return nil, fmt.Errorf("SQLALCHEMY_DATABASE_URI: %w", err)
	}
	o.Now = clock(own)
	return sqlstore.New(db, dialect, o)
}

func mongoOf(config, own map[string]any) (dewar.Store, error) {
	url, ok := config["SESSION_MONGODB"].(string)
	if !ok {
		return nil, errors.New("SESSION_MONGODB: missing, or not a URL")
	}
	where := map[string]any{}
	for _, name := range []string{"SESSION_MONGODB_DB", "SESSION_MONGODB_COLLECT"} {
		if v, ok := config[name]; ok {
			where[name] = v
		}
	}
	database, collection, err := flask.MongoFromMap(where)
	if err != nil {
		return nil, err
	}
	target, err := mongostore.Parse(url)
	if err == nil {
		target.Database, target.Collection = database, collection
		var st *mongostore.Store
		shared := mongostore.Options{Shared: own["DEWAR_RULES"] != "native", Now: clock(own)}
		if st, _, err = mongostore.OpenTarget(context.Background(), target, shared); err == nil {
			return st, nil
		}
	}
	return nil, fmt.Errorf("SESSION_MONGODB: %w", err)
}

// clock is LAB_NOW's, which stands still; nil: the real one.
func clock(own map[string]any) func() time.Time {
	secs, ok := own["LAB_NOW"].(float64)
	if !ok {
		return nil
	}
	return func() time.Time { return time.Unix(int64(secs), 0) }
}

// old are the rules of the Flask-Session that Debian 12 has.
const old = "flask-session-0.3"

// storedOptions are those of the Flask-Session that DEWAR_RULES says.
func storedOptions(config, own map[string]any, st dewar.Store) (dewar.Options, error) {
	if own["DEWAR_RULES"] == old {
		return flask.Stored032FromMap(config, st)
	}
	return flask.StoredFromMap(config, st)
}

// inStore is what keeps the sessions in a store; nil: they are in cookies.
func inStore(o *dewar.Options) *dewar.InStore {
	b := o.Backend
	if signed, ok := b.(dewar.SignedID); ok {
		b = signed.Backend
	}
	st, _ := b.(*dewar.InStore)
	return st
}
