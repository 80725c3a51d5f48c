package dewar

import (
	"errors"
	"fmt"

	"github.com/dewar-go/dewar/signing"
)

// The reasons that a cookie's value is refused for; errors.Is finds one of
// them in the error beside ErrNoSession, and an [Event] carries its word; ErrExpired's
// is an event of its own, Expired.
var (
	ErrSignature = signing.ErrSignature // changed, cut, or signed under another key
	ErrExpired   = signing.ErrExpired   // its life is over
	ErrFuture    = signing.ErrFuture    // signed later than now
	ErrMalformed = signing.ErrMalformed // not even the shape of a value
	ErrPayload   = signing.ErrPayload   // rightly signed, but holds no session
	ErrTooLarge  = signing.ErrTooLarge  // longer, or inflating further, than is allowed
)

// ErrReplay says that somebody came with the previous id of a renewed session,
// after the grace period, though its present one was in use: somebody may have
// stolen one of the two. The session has ended for both.
var ErrReplay = errors.New("dewar: a previous id was used again")

// ErrRevived says that somebody who knows no tombstones, a Flask whose request
// was under way, wrote a session back that had ended or been renewed. It is no
// session, and was removed (see InStore.Tombstones).
var ErrRevived = errors.New("dewar: an ended session was written back")

// ErrUnknown says that nothing is kept under a cookie's id: the session ended,
// its life is over, or nobody ever gave that id out.
var ErrUnknown = errors.New("dewar: unknown id")

var (
	// ErrNoSession says that a cookie's value leads to no session: it is
	// unknown, over, or never was ours. The manager goes on with a new one.
	ErrNoSession = errors.New("dewar: no session")

	// ErrSessionGone says that a session that was loaded has ended since. Its
	// changes are not saved: an ended session stays ended.
	ErrSessionGone = errors.New("dewar: the session has ended")

	// ErrConflict says that another changed a session since it was read.
	ErrConflict = errors.New("dewar: the session was changed by another")

	// ErrUndecodable says that what a store keeps under a key is no record: it
	// was cut, changed, or put there by something else. It is left where it is.
	ErrUndecodable = errors.New("dewar: not a record")

	// ErrNoWrap says that a context carries no session because the request
	// didn't come through [Manager.Wrap]; of [Manager.Commit], that the session is
	// none of this manager's.
	ErrNoWrap = errors.New("dewar: no session in this context: wrap the handler with Manager.Wrap")

	// ErrNoValue says that a session holds nothing under a key.
	ErrNoValue = errors.New("dewar: no such value")

	// ErrTooLate says that a session was changed after the response had begun,
	// where the change can no longer reach the client's cookie.
	ErrTooLate = errors.New("dewar: the response had begun: the change can't be saved")

	// ErrReadOnly says that a session that can't be saved was written to. The
	// error that wraps it says why it can't; without an Unavailable.Reason it comes
	// bare.
	ErrReadOnly = errors.New("dewar: the session can't be written to")

	// ErrNotSaved is what a response writer answers once the session couldn't
	// be saved: the handler's response isn't sent, an error page was.
	ErrNotSaved = errors.New("dewar: the session was not saved, so the response was not sent")
)

var (
	errLifeRules      = errors.New("dewar: SetLife is a word of the native rules; under Flask's rules it is Permanent")
	errPermanentRules = errors.New("dewar: Permanent is a word of Flask's rules; under the native rules it is SetLife")
)

// A TypeError says that a session holds another type under a key than was
// asked for.
type TypeError struct {
	Key  string // in the session; not part of the text, for it may be somebody's data
	Want string // the Go type that was asked for
	Got  string // the type of the value
}

func (e *TypeError) Error() string {
	return "dewar: the session holds a value of type " + e.Got + " where " + e.Want + " was asked for"
}

// A CookieSizeError says that a cookie would be longer than Cookie.MaxBytes:
// browsers drop such a cookie without a word, so it isn't sent.
type CookieSizeError struct {
	Name  string // of the cookie
	Value int    // bytes of its value
	Size  int    // bytes of the whole header's value: name, value and attributes
	Limit int
}

func (e *CookieSizeError) Error() string {
	return fmt.Sprintf("dewar: the cookie %q would take %d bytes (its value %d) and the limit is %d", e.Name, e.Size, e.Value, e.Limit)
}

// Is makes errors.Is(err, ErrTooLarge) true.
func (e *CookieSizeError) Is(target error) bool { return target == ErrTooLarge }

// An OptionError says which field of Options can't be used, and why. [New]
// returns all that it finds, joined.
type OptionError struct {
	Field  string // as Cookie.Name
	Reason string
}

func (e *OptionError) Error() string { return "dewar: Options." + e.Field + ": " + e.Reason }
