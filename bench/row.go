package bench

import (
	"errors"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flask"
	"github.com/gorilla/sessions"
)

// A Row is one kind of request, and those that serve it.
type Row struct {
	Name       string
	Op         Op
	Payload    Op  // the seed of the session whose cookie is sent; Ignore: none is sent
	Crowd      int // how many visitors send at once, each with a session of its own
	Contenders []Contender
}

// key signs for everybody; 32 bytes, as gorilla recommends.
const key = "0123456789abcdef0123456789abcdef"

// Rows returns every kind of request that is measured on cookies. The error is that of
// options that dewar.New refuses.
func Rows() ([]Row, error) {
	ring, err := dewar.NewRing(dewar.Keys{Current: []byte(key)})
	if err != nil {
		return nil, err
	}
	native, err1 := ours("native", dewar.Cookies(ring), dewar.Route{})
	nativePlain, err2 := ours("native-plain", plain(dewar.Cookies(ring), ring), dewar.Route{})
	lazy, err3 := ours("native-lazy", dewar.Cookies(ring), dewar.Route{Lazy: true})
	asFlask, err4 := ours("flask", flask.Cookies(ring), dewar.Route{})
	flaskPlain, err5 := ours("flask-plain", plain(flask.Cookies(ring), ring), dewar.Route{})
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return nil, err
	}
	lazy.keeps = native.new // its own handlers ask for no session
	base, gorilla := baseline(), gorilla("gorilla", sessions.NewCookieStore([]byte(key)))
	floor := floor([]byte(key), flaskPlain)

	ignorers := []Contender{base, native, asFlask, lazy, gorilla}
	readers := []Contender{base, floor, native, nativePlain, asFlask, flaskPlain, gorilla}
	writers := []Contender{base, native, nativePlain, asFlask, flaskPlain, gorilla}
	return []Row{
		{"no cookie, ignored", Ignore, Ignore, 1, ignorers},
		{"no cookie, read", Read, Ignore, 1, []Contender{base, native, asFlask, gorilla}},
		{"cookie, ignored", Ignore, SeedSmall, 1, ignorers},
		{"read small", Read, SeedSmall, 1, readers},
		{"read 2k", Read, Seed2K, 1, readers},
		{"write small", Write, SeedSmall, 1, writers},
		{"write 2k", Write, Seed2K, 1, writers},
	}, nil
}
