package main

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
)

// keeping is how sessions are kept.
type keeping struct {
	options dewar.Options
	key     string // where the signing key is, in words
}

// choose takes Flask's rules if the environment has a SECRET_KEY, so that a
// Flask application with the same key shares its sessions with this program.
// Else it takes Dewar's own, with a key in a file, so that a restart logs
// nobody out.
func choose() (keeping, error) {
	if os.Getenv("SECRET_KEY") != "" {
		o, err := flask.FromEnv()
		return keeping{o, "the environment: SECRET_KEY"}, err
	}
	path, err := keyPath()
	if err != nil {
		return keeping{}, err
	}
	key, err := loadKey(path)
	if err != nil {
		return keeping{}, err
	}
	ring, err := dewar.NewRing(dewar.Keys{Current: key})
	if err != nil {
		return keeping{}, err
	}
	o := dewar.Cookies(ring)
	o.Life.Idle = 30 * 24 * time.Hour
	// Only because this is plain HTTP: from there Safari takes no Secure cookie,
	// not even on 127.0.0.1 (WebKit bug 281149). Behind HTTPS, leave both fields
	// alone: the cookie is then "__Host-session", and Secure.
	o.Cookie.Insecure = true
	o.Cookie.Name = "hello" // cookies don't tell ports apart: "session" may be another program's
	return keeping{o, path}, nil
}

// rules says whose rules are followed, and how to have the others.
func (k keeping) rules() string {
	if k.flask() {
		return "Flask's rules, because SECRET_KEY is set; a Flask application with that key shares its sessions"
	}
	return "Dewar's own rules; set SECRET_KEY to that of a Flask application to share its sessions"
}

func (k keeping) flask() bool { return k.options.Rules == dewar.Flask }

// cookie shows the cookie as a browser sees it, without its value.
func (k keeping) cookie() string {
	c := k.options.Cookie
	shown := http.Cookie{
		Name: c.Name, Value: "...", Domain: c.Domain, Path: cmp.Or(c.Path, "/"),
		Secure: !c.Insecure, HttpOnly: !c.Readable, SameSite: cmp.Or(c.SameSite, http.SameSiteLaxMode), Partitioned: c.Partitioned,
	}
	if c.NoPath {
		shown.Path = ""
	}
	return shown.String()
}

// life says when a session ends.
func (k keeping) life() string {
	idle := inWords(k.options.Life.Idle)
	if k.flask() {
		return "until the browser closes, unless it is permanent; in any case " + idle + " after it was last written"
	}
	return idle + " after it was last used"
}

func inWords(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}
