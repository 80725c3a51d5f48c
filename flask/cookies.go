package flask

import (
	"net/http"
	"time"

	"github.com/dewar-go/dewar"
)

// Cookies are the Options of Flask's built-in sessions with its default
// settings: a cookie "session" that lives as long as the browser, or 31 days
// where the session is permanent, signed with HMAC-SHA1. Those of a nil Ring are
// refused by dewar.New; [FromMap] has Flask's null session for want of a key.
//
// An application that overrides salt, digest_method or key_derivation of
// SecureCookieSessionInterface gets its own by
//
//	o.Backend = dewar.InCookie{Sealer: signing.NewURLSafe(keys, signing.Options{...})}
func Cookies(keys *dewar.Ring) dewar.Options {
	o := dewar.Cookies(keys)
	o.Rules = dewar.Flask
	o.Life.Idle = 31 * 24 * time.Hour
	o.Cookie.Name = "session"
	o.Cookie.Insecure = true
	o.Cookie.SameSite = http.SameSiteDefaultMode
	return o
}

// Keys arranges Flask's keys in Dewar's order: current signs and is tried
// first, then the last of the fallbacks, the first of them last
// (SecureCookieSessionInterface.get_signing_serializer). Short keys are
// accepted, as Flask does, but not empty ones.
func Keys(current []byte, fallbacks ...[]byte) dewar.Keys {
	k := dewar.Keys{Current: current, AllowShort: true}
	for i := len(fallbacks) - 1; i >= 0; i-- {
		k.Old = append(k.Old, fallbacks[i])
	}
	return k
}
