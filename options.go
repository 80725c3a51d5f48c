package dewar

import (
	"errors"
	"net/http"
	"time"

	"github.com/dewar-go/dewar/signing"
)

// Options say how sessions are kept. [Cookies], [EncryptedCookies], [Stored] and
// package flask make them; any field may be changed before [New].
type Options struct {
	Backend  Backend          // needed
	Cookie   Cookie           // zero: the safe attributes
	Life     Life             // zero: a day since the last use
	Rules    Rules            // zero: Native
	Strict   bool             // two plain Sets of one key at the same time are ErrConflict, not "the later wins"
	Observer Observer         // nil: failures, lost changes and warnings go to log/slog's default logger
	Now      func() time.Time // nil: time.Now

	// OnError answers a request whose session couldn't be opened or saved; w
	// is the response that the handler would have written to. Where the handler
	// had its turn, its headers are gone but for Vary and Access-Control-…; those
	// of whoever wraps Wrap are there. nil answers in plain words: 409 if the
	// session ended while the handler changed it (ErrSessionGone), or was changed
	// at the same time where that counts (ErrConflict: Strict, Take, sign-ins that
	// meet); 500 for what can't be saved as it is (a *CookieSizeError, a value that
	// can't be encoded); 503 with Retry-After for all else, a store's ErrTooLarge
	// too.
	OnError func(w http.ResponseWriter, r *http.Request, err error)
}

// Life says how long a session lives.
type Life struct {
	// Idle is how long it lives without use; 0 is 24 hours. It is measured in
	// whole seconds, and extended once a twentieth of it (at least a minute, at
	// most half of it) has passed, so that reading doesn't write each time: it
	// may end by that much early. A browser keeps the cookie for 400 days at the
	// most, each time that it is sent. Under Flask's rules
	// it is PERMANENT_SESSION_LIFETIME, counted from the last write; under the
	// rules Flask it may be less than a second, and negative (everything is over
	// at once), under FlaskSession08 and FlaskSession032 it may not.
	Idle time.Duration

	// Fixed says that use doesn't extend the life: it counts from the last
	// change, and the first use of an id that a renewal gave out is one. A cookie that an older key verified isn't signed anew then, until
	// it changes. Flask's SESSION_REFRESH_EACH_REQUEST = False.
	Fixed bool

	// Absolute, Renewal and Grace are for sessions in a store, in the native
	// layout: how long one lives at the most (0: no such end), after how long
	// it gets a new id (0: only by Session.Renew; with Fixed, at its first change after
	// that), and how long its previous
	// id still leads to it (0: 10 s; Flask's layout has it too). After that the
	// previous id works once if the present one was never used; if it was, the
	// session ends: ErrReplay. Signed
	// cookies keep none of these: New refuses them there.
	Absolute, Renewal, Grace time.Duration
}

// maxLife is the longest life: a hundred years.
const maxLife = 100 * 365 * 24 * time.Hour

// Route is a policy for some requests; see [Manager.With].
type Route struct {
	// Lazy: the session is opened when [Open] asks for it, and not at all for a
	// handler that never does.
	Lazy bool

	// NoKeepAlive: these requests don't extend the session's life (polls,
	// static files), but for the first use of an id that a renewal gave out, which
	// is a change.
	NoKeepAlive bool

	// Outage says what to do when the backend can't answer.
	Outage Outage
}

// Outage says what becomes of a request while the backend can't answer.
type Outage uint8

const (
	Fail      Outage = iota // Options.OnError answers it
	Anonymous               // it gets an empty session that can't be written to
)

// salt is the one that Flask signs sessions with
// (SecureCookieSessionInterface.salt).
const salt = "cookie-session"

// Keys are what cookies are signed with; a [Ring] holds them.
type Keys = signing.Keys

// A Ring holds the keys of a program; Swap changes them while it runs.
type Ring = signing.Ring

// NewRing makes a Ring. Every key must be [signing.MinKeyBytes] long at least,
// unless Keys.AllowShort; an empty one is an error in any case.
func NewRing(k Keys) (*Ring, error) { return signing.NewRing(k) }

// Cookies are the Options of sessions that travel in a signed cookie, in
// Flask's format: readable by the client, unchangeable by it. Those of a nil Ring
// are refused by [New].
func Cookies(keys *Ring) Options {
	if keys == nil {
		return Options{}
	}
	return Options{Backend: InCookie{Sealer: signing.NewURLSafe(keys, signing.Options{Salt: salt})}}
}

// EncryptedCookies are the Options of sessions that travel in a cookie that the
// client can neither read nor change (signing.Encrypted). Signed cookies are not
// accepted beside them, so nobody can downgrade one; to move from one to the
// other use a [Fallback]. The server keeps nothing here either: a copy of an
// old cookie stays valid until its life is over. Those of a nil Ring are refused by
// [New].
func EncryptedCookies(keys *Ring) Options {
	if keys == nil {
		return Options{}
	}
	return Options{Backend: InCookie{Sealer: signing.NewEncrypted(keys, salt)}}
}

// Stored are the Options of sessions that are kept in a store, in the native
// layout.
func Stored(st Store) Options { return Options{Backend: &InStore{Store: st}} }

// complete fills in what was left open and returns all that can't be used,
// each an *OptionError.
func (o *Options) complete() error {
	var errs []error
	bad := func(field, reason string) { errs = append(errs, &OptionError{field, reason}) }

	if o.Rules > FlaskSession032 {
		bad("Rules", "not one of the Rules of this package")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	switch o.Observer.(type) {
	case nil:
		o.Observer = guard(standard, patience)
	case *guarded:
	default:
		o.Observer = guard(o.Observer, patience)
	}
	if o.OnError == nil {
		o.OnError = plainError
	}
	if o.Life.Idle == 0 {
		o.Life.Idle = 24 * time.Hour
	}
	if o.Life.Idle < time.Second && o.Rules == Native {
		bad("Life.Idle", "less than a second")
	}
	if o.Life.Grace < 0 {
		bad("Life.Grace", "less than nothing")
	}
	if o.Life.Absolute < 0 {
		bad("Life.Absolute", "less than nothing")
	}
	if o.Life.Renewal < 0 {
		bad("Life.Renewal", "less than nothing")
	}
	if o.Life.Idle > maxLife {
		bad("Life.Idle", "longer than 100 years")
	}
	if o.Rules.stored() {
		o.Life.Idle = o.Life.Idle.Truncate(time.Second) // int(total_seconds())
		if o.Life.Idle < time.Second {
			bad("Life.Idle", "less than a second")
		}
	}
	o.Backend = o.completed(o.Backend, bad)
	return errors.Join(append(errs, o.Cookie.complete(o.Rules)...)...)
}

// completed returns a backend with what it leaves open filled in.
func (o *Options) completed(b Backend, bad func(field, reason string)) Backend {
	switch b := b.(type) {
	case nil:
		bad("Backend", "missing (Cookies needs a Ring)")
	case *Unavailable:
		return *b
	case *InCookie:
		return o.completed(*b, bad)
	case InCookie:
		if b.Sealer == nil {
			bad("Backend", "InCookie without a Sealer")
		}
		if o.Life.Absolute != 0 || o.Life.Renewal != 0 || o.Life.Grace != 0 {
			bad("Life", "a signed cookie knows when it was last written, no more: Absolute, Renewal and Grace need a store")
		}
		if _, encrypted := b.Sealer.(*signing.Encrypted); encrypted && o.Rules != Native {
			bad("Rules", "no Flask reads encrypted cookies")
		}
		if o.Rules.stored() {
			bad("Rules", "Flask-Session's need a store")
		}
		return b.completed(o)
	case *InStore:
		b.check(o, bad)
		return b.completed(o)
	case *SignedID:
		return o.completed(*b, bad)
	case *Fallback:
		return o.completed(*b, bad)
	case Fallback:
		for _, within := range []Backend{b.New, b.Old} {
			switch within.(type) {
			case Fallback, *Fallback:
				bad("Backend", "a Fallback within a Fallback")
			}
		}
		b.New, b.Old, b.o = o.completed(b.New, bad), o.completed(b.Old, bad), o
		return b
	case SignedID:
		if b.Keys == nil {
			bad("Backend", "SignedID without Keys")
			return b
		}
		b.Backend = o.completed(b.Backend, bad)
		if inCookie(b.Backend) {
			bad("Backend", "SignedID of a cookie, which has no id and a signature of its own")
		}
		return b.completed()
	}
	return b
}

// inCookie reports whether some of b's sessions are in cookies.
func inCookie(b Backend) bool {
	switch b := b.(type) {
	case InCookie:
		return true
	case Fallback:
		return inCookie(b.New) || inCookie(b.Old)
	}
	return false
}

// plainError is the OnError of those who have none.
func plainError(w http.ResponseWriter, _ *http.Request, err error) {
	var refused *CookieSizeError
	switch {
	case errors.As(err, &refused), errors.Is(err, errUnsavable):
		http.Error(w, "The session could not be saved.", http.StatusInternalServerError)
	case errors.Is(err, ErrSessionGone), errors.Is(err, ErrConflict):
		http.Error(w, "The session has ended, or was changed at the same time.", http.StatusConflict)
	default:
		w.Header().Set("Retry-After", "5")
		http.Error(w, "Sessions are unavailable at the moment.", http.StatusServiceUnavailable)
	}
}
