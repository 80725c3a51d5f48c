package dewar

import "testing"

// The policy, one sentence a row.
func TestNativeRules(t *testing.T) {
	for _, row := range []struct {
		sentence string
		f        facts
		want     ruling
	}{
		{"nobody looked", facts{known: true, sent: true}, ruling{leave, false}},
		{"a visitor without a cookie reads", facts{accessed: true, empty: true}, ruling{leave, true}},
		{"read only", facts{known: true, sent: true, accessed: true}, ruling{leave, true}},
		{"the first value", facts{accessed: true, modified: true}, ruling{save, true}},
		{"a change", facts{known: true, sent: true, accessed: true, modified: true}, ruling{save, true}},
		{"set and deleted again by a visitor without a cookie", facts{accessed: true, modified: true, empty: true}, ruling{leave, true}},
		{"Clear keeps the session", facts{known: true, sent: true, accessed: true, modified: true, empty: true}, ruling{save, true}},
		{"a sign-in", facts{known: true, sent: true, accessed: true, modified: true, renewed: true}, ruling{renew, true}},
		{"a sign-in of a new visitor", facts{accessed: true, modified: true, renewed: true}, ruling{renew, true}},
		{"Renew of an empty new session is nothing to keep", facts{accessed: true, renewed: true, empty: true}, ruling{leave, true}},
		{"a sign-out", facts{known: true, sent: true, accessed: true, modified: true, destroyed: true, empty: true}, ruling{drop, true}},
		{"a sign-out with a bad cookie deletes it", facts{sent: true, accessed: true, modified: true, destroyed: true, empty: true}, ruling{drop, true}},
		{"a sign-out of nobody", facts{accessed: true, modified: true, destroyed: true, empty: true}, ruling{leave, true}},
		{"a sign-out with a last flash is another session", facts{known: true, sent: true, accessed: true, modified: true, destroyed: true}, ruling{restart, true}},
		{"a twentieth of the life is over", facts{known: true, sent: true, due: true}, ruling{touch, true}},
		{"but the route doesn't keep alive", facts{known: true, sent: true, due: true, fixed: true}, ruling{leave, false}},
		{"but the response is a 5xx", facts{known: true, sent: true, due: true, failed: true}, ruling{leave, false}},
		{"a 5xx saves changes all the same", facts{known: true, sent: true, accessed: true, modified: true, due: true, failed: true}, ruling{save, true}},
		{"its id is worn", facts{known: true, sent: true, worn: true}, ruling{renew, true}},
		{"but the route doesn't keep alive, and nothing has changed", facts{known: true, sent: true, worn: true, fixed: true}, ruling{leave, false}},
		{"but the response is a 5xx, and nothing has changed", facts{known: true, sent: true, worn: true, failed: true}, ruling{leave, false}},
		{"changed, its id is worn", facts{known: true, sent: true, accessed: true, modified: true, worn: true}, ruling{renew, true}},
		{"also where use doesn't extend it", facts{known: true, sent: true, accessed: true, modified: true, worn: true, fixed: true}, ruling{renew, true}},
		{"not with a 5xx", facts{known: true, sent: true, accessed: true, modified: true, worn: true, failed: true}, ruling{save, true}},
		{"nor for a previous id", facts{known: true, sent: true, accessed: true, modified: true, worn: true, moved: true}, ruling{save, true}},
		{"signed under an older key", facts{known: true, sent: true, stale: true}, ruling{touch, true}},
		{"renewed by another: the present cookie is sent", facts{known: true, sent: true, moved: true}, ruling{touch, true}},
		{"also by a route that doesn't keep alive, which extends nothing", facts{known: true, sent: true, moved: true, fixed: true}, ruling{tell, true}},
		{"and with a 5xx", facts{known: true, sent: true, moved: true, failed: true}, ruling{tell, true}},
		{"a bad cookie, unread", facts{sent: true, empty: true}, ruling{leave, false}},
		{"a panic saves nothing", facts{known: true, sent: true, accessed: true, modified: true, panicked: true, failed: true}, ruling{leave, true}},
		{"what can't be saved isn't", facts{readOnly: true, accessed: true, modified: true}, ruling{leave, true}},
	} {
		if got := decide(Native, row.f); got != row.want.verdict() {
			t.Errorf("%s: got %+v, want %+v", row.sentence, got, row.want)
		}
	}
}

// The rows of SecureCookieSessionInterface.save_session.
func TestFlaskRules(t *testing.T) {
	for _, row := range []struct {
		sentence string
		f        facts
		want     ruling
	}{
		{"null session", facts{readOnly: true, null: true, accessed: true, modified: true, empty: true}, ruling{leave, false}},
		{"the empty session of an outage", facts{readOnly: true, accessed: true, modified: true, empty: true}, ruling{leave, true}},
		{"the same, untouched", facts{readOnly: true, empty: true}, ruling{leave, false}},
		{"empty, not modified", facts{accessed: true, empty: true}, ruling{leave, true}},
		{"empty, untouched", facts{empty: true}, ruling{leave, false}},
		{"empty, modified, though no cookie came", facts{accessed: true, modified: true, empty: true}, ruling{drop, true}},
		{"not modified, not permanent", facts{known: true, sent: true, accessed: true}, ruling{leave, true}},
		{"permanent, refreshed though never accessed", facts{known: true, sent: true, permanent: true}, ruling{touch, true}},
		{"permanent, refresh off", facts{known: true, sent: true, permanent: true, fixed: true}, ruling{leave, false}},
		{"modified", facts{known: true, sent: true, accessed: true, modified: true}, ruling{save, true}},
		{"modified, refresh off", facts{known: true, sent: true, accessed: true, modified: true, permanent: true, fixed: true}, ruling{save, true}},
		{"an unhandled error saves too", facts{known: true, sent: true, accessed: true, modified: true, panicked: true, failed: true}, ruling{save, true}},
		{"a fallback key verified: not signed again", facts{known: true, sent: true, accessed: true, stale: true}, ruling{leave, true}},
		{"Destroy", facts{known: true, sent: true, accessed: true, modified: true, destroyed: true, empty: true}, ruling{drop, true}},
		{"Renew", facts{known: true, sent: true, accessed: true, renewed: true}, ruling{renew, true}},
	} {
		if got := decide(Flask, row.f); got != row.want.verdict() {
			t.Errorf("%s: got %+v, want %+v", row.sentence, got, row.want)
		}
	}
}

// The rows of Flask-Session 0.3.2's save_session.
func TestFlaskSession032Rules(t *testing.T) {
	for _, row := range []struct {
		sentence string
		f        facts
		want     act
	}{
		{"a new visitor whom nobody looked at has _permanent", facts{permanent: true}, save},
		{"a new visitor without it", facts{accessed: true, empty: true}, leave},
		{"emptied", facts{known: true, accessed: true, modified: true, empty: true}, drop},
		{"modified", facts{known: true, accessed: true, modified: true}, save},
		{"untouched", facts{known: true, permanent: true}, touch},
		{"untouched, not permanent", facts{known: true}, touch},
		{"there is no refresh to turn off", facts{known: true, accessed: true, fixed: true}, touch},
		{"renewed", facts{known: true, accessed: true, renewed: true}, renew},
		{"a sign-out with a last flash is another session", facts{known: true, modified: true, destroyed: true}, restart},
		{"the empty session of an outage", facts{readOnly: true, accessed: true, modified: true}, leave},
	} {
		if got := decide(FlaskSession032, row.f); got != (verdict{act: row.want}) {
			t.Errorf("%s: got %+v, want %+v", row.sentence, got, row.want)
		}
	}
}

// ruling is a verdict with its cookie.
type ruling struct {
	act  act
	vary bool
}

func (r ruling) verdict() verdict { return verdict{act: r.act, vary: r.vary} }

// The rows of Flask-Session 0.8.0's save_session.
func TestFlaskSessionRules(t *testing.T) {
	for _, row := range []struct {
		sentence string
		f        facts
		want     verdict
	}{
		{"a new visitor whom nobody looked at", facts{empty: true, permanent: true}, verdict{}},
		{"a new visitor reads", facts{accessed: true, empty: true, permanent: true}, verdict{vary: true}},
		{"emptied", facts{known: true, accessed: true, modified: true, empty: true}, verdict{act: drop, vary: true}},
		{"modified", facts{known: true, accessed: true, modified: true}, verdict{act: save, vary: true}},
		{"untouched, permanent: refreshed, and the cookie sent", facts{known: true, permanent: true}, verdict{act: touch, vary: true}},
		{"untouched, not permanent: refreshed without a cookie", facts{known: true}, verdict{act: touch, quiet: true}},
		{"read, not permanent", facts{known: true, accessed: true}, verdict{act: touch, vary: true, quiet: true}},
		{"refresh off", facts{known: true, accessed: true, permanent: true, fixed: true}, verdict{vary: true}},
		{"regenerated", facts{known: true, accessed: true, renewed: true}, verdict{act: renew, vary: true}},
		{"an unhandled error saves too", facts{known: true, accessed: true, modified: true, failed: true, panicked: true}, verdict{act: save, vary: true}},
		{"renewed by another: the present cookie is sent", facts{known: true, moved: true, fixed: true}, verdict{act: touch, vary: true}},
		{"the empty session of an outage", facts{readOnly: true, accessed: true, modified: true, empty: true}, verdict{vary: true}},
	} {
		if got := decide(FlaskSession08, row.f); got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.sentence, got, row.want)
		}
	}
}
