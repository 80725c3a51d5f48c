package bench

import (
	"net/http"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/signing"
)

const (
	user  = dewar.Key[int](keyUser)
	count = dewar.Key[int](keyCount)
)

// ours makes a contender of options and a policy.
func ours(name string, o dewar.Options, route dewar.Route) (Contender, error) {
	sessions, err := dewar.New(o)
	if err != nil {
		return Contender{}, err
	}
	sessions = sessions.With(route)
	return Contender{Name: name, new: func(op Op) http.Handler { return sessions.Wrap(dewarHandler(op)) }}, nil
}

// plain is o without compression.
func plain(o dewar.Options, ring *dewar.Ring) dewar.Options {
	o.Backend = dewar.InCookie{Sealer: signing.NewURLSafe(ring, signing.Options{Salt: salt, NoCompression: true})}
	return o
}

func dewarHandler(op Op) http.HandlerFunc {
	var numbers counter
	return func(w http.ResponseWriter, r *http.Request) {
		found := true
		switch op {
		case Ignore:
		case Read:
			found = user.Get(dewar.From(r.Context())) == userID
		case ReadCount:
			found = count.Get(dewar.From(r.Context())) != 0
		case Write:
			count.Set(dewar.From(r.Context()), numbers.next())
		default:
			seed(op, dewar.From(r.Context()).Set)
		}
		reply(w, found)
	}
}
