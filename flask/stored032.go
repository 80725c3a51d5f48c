package flask

import (
	"net/http"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/sniff"
)

// Stored032 are the Options of Flask-Session 0.3.2 with its default settings, on
// the store that it shares, and as good as those of 0.4 and 0.5: ids are UUIDs,
// records pickles, for these versions empty a session that they can't unpickle,
// and each request refreshes a session and its cookie. MessagePack and JSON are
// read too.
//
// When the last such Flask is gone, [Stored] goes on with the same store: it
// reads pickles, and writes MessagePack.
func Stored032(st dewar.Store) dewar.Options {
	o := Stored(st)
	b := o.Backend.(*dewar.InStore)
	b.Codec, b.UUIDs = sniff.New(pickle.Codec{}), true
	o.Rules = dewar.FlaskSession032
	return o
}

// Stored032FromMap reads the settings that Flask-Session 0.3.2 reads, as
// [StoredFromMap] does those of 0.8.0. SESSION_REFRESH_EACH_REQUEST,
// SESSION_COOKIE_SAMESITE and SESSION_COOKIE_PARTITIONED, and what later versions
// brought, SESSION_ID_LENGTH and SESSION_SERIALIZATION_FORMAT, have no effect, as
// there; Options.Cookie.SameSite may be set afterwards.
func Stored032FromMap(config map[string]any, st dewar.Store) (dewar.Options, error) {
	r := reader{config: config}
	o, err := r.stored(Stored032(st))
	o.Life.Fixed, o.Cookie.SameSite, o.Cookie.Partitioned = false, http.SameSiteDefaultMode, false
	return o, err
}

// Stored032FromEnv is Stored032FromMap for the environment, as FromEnv reads it.
func Stored032FromEnv(st dewar.Store) (dewar.Options, error) {
	return Stored032FromMap(environ(""), st)
}
