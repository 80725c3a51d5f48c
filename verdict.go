package dewar

// Rules say when a session is saved, extended and deleted.
type Rules uint8

const (
	// Native rules: what changed is saved, in place too; an equal value is no
	// change; a session in use is extended now and then; a handler that
	// panicked saves nothing.
	Native Rules = iota

	// Flask rules: those of flask.sessions.SecureCookieSessionInterface
	// (should_set_cookie and save_session), to the letter.
	Flask

	// FlaskSession08 rules: those of Flask-Session 0.8.0
	// (flask_session.base.ServerSideSessionInterface.save_session). New
	// sessions are permanent unless Cookie.UntilClosed, and every use extends
	// the record's life unless Life.Fixed or Route.NoKeepAlive.
	FlaskSession08

	// FlaskSession032 rules: those of Flask-Session 0.3.2, the last for three
	// years, and as good as those of 0.4 and 0.5
	// (flask_session.sessions.RedisSessionInterface.save_session). Every request
	// writes, or extends, the session and sends its cookie, a first visit that
	// does nothing included, unless the session is empty; "_permanent" is a value
	// like any other. Life.Fixed and Route.NoKeepAlive have no effect, and no
	// response has a Vary.
	FlaskSession032
)

// stored reports whether r are rules of Flask-Session.
func (r Rules) stored() bool { return r == FlaskSession08 || r == FlaskSession032 }

// facts are all that decides what becomes of a session.
type facts struct {
	readOnly  bool // it can't be saved, whatever happened
	null      bool // nor can any: Flask's null session
	known     bool // it was loaded, not begun
	sent      bool // the client sent a cookie, be it a bad one
	accessed  bool
	modified  bool
	renewed   bool
	destroyed bool
	empty     bool // Flask-Session: but for "_permanent"
	permanent bool // Flask's rules: the cookie outlives the browser
	stale     bool // kept under a key that is no longer current
	due       bool // so much of its life is over that use should extend it
	fixed     bool // use doesn't extend it: Life.Fixed, Route.NoKeepAlive
	failed    bool // the response is a 5xx
	panicked  bool // there is no response
	moved     bool // the client's cookie is a previous one
	worn      bool // it has had its id for longer than Life.Renewal
}

// An act is what is done with the record.
type act uint8

const (
	leave act = iota
	tell      // nothing: the client is told its present cookie
	touch     // its life begins anew
	save
	renew   // saved under a new id
	restart // forgotten, and what was set since is another session
	drop    // forgotten, and the cookie deleted
)

// A verdict is what becomes of a session. A cookie goes with every act but
// leave.
type verdict struct {
	act   act
	vary  bool // the response depends on the cookie
	quiet bool // the cookie isn't sent again
}

// decide is the whole policy. It does no I/O and knows nothing but facts.
func decide(r Rules, f facts) verdict {
	if f.readOnly {
		// Flask saves no null session and sets no Vary (App.process_response).
		// It has no session of an outage, which is empty for those alone who
		// sent a cookie.
		return verdict{act: leave, vary: f.accessed && (r == Native || r != FlaskSession032 && !f.null)}
	}
	v := verdict{}
	switch r {
	case Native:
		v.act = native(f)
	case Flask:
		v.act = flask(f)
	case FlaskSession032:
		v.act = flaskSession032(f)
		return v
	default:
		v.act, v.quiet = flaskSession(f)
	}
	v.vary = f.accessed || v.act != leave && !v.quiet
	return v
}

func native(f facts) act {
	switch {
	case f.panicked:
		return leave
	case f.destroyed && !f.empty:
		return restart
	case f.destroyed && (f.known || f.sent):
		return drop
	case f.empty && !f.known:
		return leave // nothing to keep
	case f.renewed, f.modified && f.worn && !f.moved && !f.failed:
		return renew
	case f.modified:
		return save
	case !f.known:
		return leave
	case f.moved && (f.failed || f.fixed):
		return tell
	case f.moved:
		return touch
	case f.failed || f.fixed:
		return leave
	case f.worn:
		return renew
	case f.due || f.stale:
		return touch
	}
	return leave
}

// flask is SecureCookieSessionInterface.save_session, line by line.
func flask(f facts) act {
	switch {
	case f.destroyed && !f.empty:
		return restart
	case f.empty && f.modified:
		return drop // even if the client sent no cookie
	case f.empty:
		return leave
	case f.renewed:
		return renew
	case f.modified:
		return save
	case f.permanent && !f.fixed, f.moved:
		return touch // SESSION_REFRESH_EACH_REQUEST
	}
	return leave
}

// flaskSession is ServerSideSessionInterface.save_session. Where Flask-Session
// writes a record again that nobody changed, to extend its life, a touch does.
func flaskSession(f facts) (a act, quiet bool) {
	switch {
	case f.destroyed && !f.empty:
		return restart, false
	case f.empty && f.modified:
		return drop, false
	case f.empty:
		return leave, false
	case f.renewed:
		return renew, false
	case f.modified:
		return save, false
	case f.moved:
		return touch, false
	case !f.fixed:
		return touch, !f.permanent // SESSION_REFRESH_EACH_REQUEST
	}
	return leave, false
}

// flaskSession032 is RedisSessionInterface.save_session of 0.3.2.
func flaskSession032(f facts) act {
	switch {
	case f.destroyed && !f.empty:
		return restart
	case f.empty && f.modified:
		return drop
	case f.empty:
		return leave
	case f.renewed:
		return renew
	case f.modified || !f.known:
		return save
	}
	return touch
}
