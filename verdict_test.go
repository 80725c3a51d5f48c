package dewar

import "testing"

// The policy, one sentence a row.
func TestNativeRules(t *testing.T) {
	for _, row := range []struct {
		sentence string
		f        facts
		want     verdict
	}{
		{"nobody looked", facts{known: true, sent: true}, verdict{leave, false}},
		{"a visitor without a cookie reads", facts{accessed: true, empty: true}, verdict{leave, true}},
		{"read only", facts{known: true, sent: true, accessed: true}, verdict{leave, true}},
		{"the first value", facts{accessed: true, modified: true}, verdict{save, true}},
		{"a change", facts{known: true, sent: true, accessed: true, modified: true}, verdict{save, true}},
		{"set and deleted again by a visitor without a cookie", facts{accessed: true, modified: true, empty: true}, verdict{leave, true}},
		{"Clear keeps the session", facts{known: true, sent: true, accessed: true, modified: true, empty: true}, verdict{save, true}},
		{"a sign-in", facts{known: true, sent: true, accessed: true, modified: true, renewed: true}, verdict{renew, true}},
		{"a sign-in of a new visitor", facts{accessed: true, modified: true, renewed: true}, verdict{renew, true}},
		{"Renew of an empty new session is nothing to keep", facts{accessed: true, renewed: true, empty: true}, verdict{leave, true}},
		{"a sign-out", facts{known: true, sent: true, accessed: true, modified: true, destroyed: true, empty: true}, verdict{drop, true}},
		{"a sign-out with a bad cookie deletes it", facts{sent: true, accessed: true, modified: true, destroyed: true, empty: true}, verdict{drop, true}},
		{"a sign-out of nobody", facts{accessed: true, modified: true, destroyed: true, empty: true}, verdict{leave, true}},
		{"a sign-out with a last flash is another session", facts{known: true, sent: true, accessed: true, modified: true, destroyed: true}, verdict{restart, true}},
		{"a twentieth of the life is over", facts{known: true, sent: true, due: true}, verdict{touch, true}},
		{"but the route doesn't keep alive", facts{known: true, sent: true, due: true, fixed: true}, verdict{leave, false}},
		{"but the response is a 5xx", facts{known: true, sent: true, due: true, failed: true}, verdict{leave, false}},
		{"a 5xx saves changes all the same", facts{known: true, sent: true, accessed: true, modified: true, due: true, failed: true}, verdict{save, true}},
		{"signed under an older key", facts{known: true, sent: true, stale: true}, verdict{touch, true}},
		{"a bad cookie, unread", facts{sent: true, empty: true}, verdict{leave, false}},
		{"a panic saves nothing", facts{known: true, sent: true, accessed: true, modified: true, panicked: true, failed: true}, verdict{leave, true}},
		{"what can't be saved isn't", facts{readOnly: true, accessed: true, modified: true}, verdict{leave, true}},
	} {
		if got := decide(Native, row.f); got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.sentence, got, row.want)
		}
	}
}

// The rows of SecureCookieSessionInterface.save_session.
func TestFlaskRules(t *testing.T) {
	for _, row := range []struct {
		sentence string
		f        facts
		want     verdict
	}{
		{"null session", facts{readOnly: true, accessed: true, modified: true, empty: true}, verdict{leave, false}},
		{"empty, not modified", facts{accessed: true, empty: true}, verdict{leave, true}},
		{"empty, untouched", facts{empty: true}, verdict{leave, false}},
		{"empty, modified, though no cookie came", facts{accessed: true, modified: true, empty: true}, verdict{drop, true}},
		{"not modified, not permanent", facts{known: true, sent: true, accessed: true}, verdict{leave, true}},
		{"permanent, refreshed though never accessed", facts{known: true, sent: true, permanent: true}, verdict{touch, true}},
		{"permanent, refresh off", facts{known: true, sent: true, permanent: true, fixed: true}, verdict{leave, false}},
		{"modified", facts{known: true, sent: true, accessed: true, modified: true}, verdict{save, true}},
		{"modified, refresh off", facts{known: true, sent: true, accessed: true, modified: true, permanent: true, fixed: true}, verdict{save, true}},
		{"an unhandled error saves too", facts{known: true, sent: true, accessed: true, modified: true, panicked: true, failed: true}, verdict{save, true}},
		{"a fallback key verified: not signed again", facts{known: true, sent: true, accessed: true, stale: true}, verdict{leave, true}},
		{"Destroy", facts{known: true, sent: true, accessed: true, modified: true, destroyed: true, empty: true}, verdict{drop, true}},
		{"Renew", facts{known: true, sent: true, accessed: true, renewed: true}, verdict{renew, true}},
	} {
		if got := decide(Flask, row.f); got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.sentence, got, row.want)
		}
	}
}
