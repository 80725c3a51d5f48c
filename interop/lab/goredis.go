package main

import (
	"errors"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/goredisstore"
	"github.com/redis/go-redis/v9"
)

// goRedis opens the hosts of a store URL by go-redis, without a password.
func goRedis(rawURL string) (dewar.Store, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("SESSION_REDIS: not a URL")
	}
	o := &redis.UniversalOptions{Addrs: strings.Split(u.Host, ","), MaxRetries: -1, IsClusterMode: u.Scheme == "redis-cluster"}
	if u.Scheme == "redis-sentinel" {
		o.MasterName = strings.Trim(u.Path, "/")
	}
	return goredisstore.New(redis.NewUniversalClient(o), goredisstore.Options{WholeSeconds: true})
}
