// Package flask makes dewar.Options that behave as Flask does: its cookie, its
// signature, its rules for saving, its settings by their own names. With the
// same SECRET_KEY, a Go service and a Flask service share each session, and
// either may be rolled back.
//
//	o, err := flask.FromEnv()     // SECRET_KEY, SESSION_COOKIE_NAME, ...
//	sessions, err := dewar.New(o)
//
// What Flask decides laxly is decided laxly here, and said: no Secure, no
// SameSite, any key that isn't empty. What differs on purpose stands in
// docs/wire.md.
//
// Nothing but programs imports this package.
package flask
