package signing

import (
	"strings"
	"time"
)

// A Timed is the second floor: bytes signed, and when (itsdangerous'
// TimestampSigner). It counts whole seconds.
type Timed struct {
	signer *Signer
	leeway int64 // seconds
}

// NewTimed returns a Timed on s. The leeway, in whole seconds, is how far ahead
// of ours the clock of another server that signs may be: a value from no
// further in the future counts as signed now. None is as in itsdangerous, where
// two servers one second apart lose sessions; a negative one is none.
func NewTimed(s *Signer, leeway time.Duration) *Timed {
	return &Timed{signer: s, leeway: int64(leeway / time.Second)}
}

// Sign appends value, ".", the time and "." and the signature of all before it
// under the current key to dst. A now before 1970 is written as 1970; one after
// the year 9999 makes a value that Unsign refuses. It allocates only if dst has
// no room.
func (t *Timed) Sign(dst, value []byte, now time.Time) []byte {
	return t.finish(append(dst, value...), len(dst), now)
}

// finish appends the time, and the signature of what stands in dst from start
// on.
func (t *Timed) finish(dst []byte, start int, now time.Time) []byte {
	dst = append(dst, sep)
	dst = appendTimestamp(dst, now)
	return t.signer.finish(dst, start)
}

// Unsign returns the value in signed if its signature is good and its age at
// now is no more than maxAge, both in whole seconds: fractions are cut off, as
// Flask cuts them off PERMANENT_SESSION_LIFETIME. A maxAge of 0 allows the very
// same second, a negative one nothing.
//
// The signature comes first, under every key as in Signer.Unsign, and a good
// one under any key settles which it was. ErrMalformed and ErrSignature are
// returned as there; a good signature without a time before it, or with one
// that is none or is past the year 9999, is ErrMalformed. ErrExpired and
// ErrFuture say that the value is ours but not of this time: at and key hold
// then too. Nothing is allocated.
func (t *Timed) Unsign(signed string, now time.Time, maxAge time.Duration) (value string, at time.Time, key int, err error) {
	stamped, key, err := t.signer.Unsign(signed)
	if err != nil {
		return "", time.Time{}, 0, err
	}
	dot := strings.LastIndexByte(stamped, sep)
	if dot < 0 {
		return "", time.Time{}, 0, ErrMalformed
	}
	at, ok := parseTimestamp(stamped[dot+1:])
	if !ok {
		return "", time.Time{}, 0, ErrMalformed
	}
	if err := t.check(now.Unix()-at.Unix(), int64(maxAge/time.Second)); err != nil {
		return "", at, key, err
	}
	return stamped[:dot], at, key, nil
}

// check is the rule of TimestampSigner.unsign, in its order, once an age within
// the leeway counts as none.
func (t *Timed) check(age, maxAge int64) error {
	if age < 0 && -age <= t.leeway {
		age = 0
	}
	if age > maxAge {
		return ErrExpired
	}
	if age < 0 {
		return ErrFuture
	}
	return nil
}
