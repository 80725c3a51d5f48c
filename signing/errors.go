package signing

import "errors"

// The reasons why a value is refused. They are returned as they are, never
// wrapped and never with anything of the value in their text.
var (
	// ErrMalformed says that a value has no signature to look at, or that it is
	// signed but its time is missing or is no time (BadSignature "No '.'
	// found" and BadTimeSignature in itsdangerous; an exception that isn't
	// caught in Flask where the time is past the year 9999).
	ErrMalformed = errors.New("signing: malformed value")

	// ErrSignature says that no key of the ring made the signature: the value
	// was changed or cut, or it was signed under another key, salt, digest or
	// derivation (BadSignature).
	ErrSignature = errors.New("signing: signature does not match")

	// ErrExpired says that a value is ours but older than the age allowed
	// (SignatureExpired).
	ErrExpired = errors.New("signing: value is too old")

	// ErrFuture says that a value is ours but was signed later than now, by
	// more than the leeway (SignatureExpired too in itsdangerous).
	ErrFuture = errors.New("signing: value is from the future")

	// ErrPayload says that a value is ours and in time, but that its payload
	// isn't base64 or doesn't inflate (BadPayload).
	ErrPayload = errors.New("signing: payload can't be decoded")

	// ErrTooLarge says that a value is longer than Options.MaxValue, or that
	// its payload inflates to more than Options.MaxInflated. itsdangerous knows
	// no limit.
	ErrTooLarge = errors.New("signing: value is too large")
)
