package dewar

import (
	"context"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

// A Backend turns the value of a session's cookie into a record and back. It
// is all that the manager sees of where sessions live: whether the value
// carries the data ([InCookie]) or only points at it is the backend's affair.
//
// A context that ends makes every method return an error that isn't one of
// the outcomes below, as soon as it can.
//
// A backend whose records aren't tagged JSON has a method SessionCodec() Codec
// too, which gives the codec of their entries.
type Backend interface {
	// Open returns the record that value leads to. A value that leads nowhere
	// gives an error that is ErrNoSession, with the reason beside it; any other
	// error says that the backend can't answer. value is never empty.
	Open(ctx context.Context, value string) (Record, error)

	// Reload returns r as it is now, or an error that is ErrSessionGone.
	Reload(ctx context.Context, r Record) (Record, error)

	// Save keeps r for life and returns the cookie's value that leads to it,
	// and the record as it was saved. A record without an ID is created. A
	// record that another changed since it was opened gives ErrConflict where
	// the backend can tell; one that ended gives ErrSessionGone and is not
	// created again.
	Save(ctx context.Context, r Record, life time.Duration) (value string, saved Record, err error)

	// Renew is Save under a new ID; the old one ends.
	Renew(ctx context.Context, r Record, life time.Duration) (value string, saved Record, err error)

	// Touch gives r its life anew and changes nothing else. It returns the
	// value to send again, or "" if the client's cookie needs no new one.
	Touch(ctx context.Context, r Record, life time.Duration) (value string, err error)

	// Drop forgets r. Dropping what is gone is a success.
	Drop(ctx context.Context, r Record) error
}

// A Record is a session at rest.
type Record struct {
	ID      string        // empty: not yet kept, or the cookie is the storage
	Entries []Entry       // in the order in which they were read; Open gives the slice away
	Age     time.Duration // how much of its life was over when it was opened; 0: nothing, or unknown
	Life    time.Duration // the record's own; 0: Options.Life.Idle
	Stale   bool          // kept under a key that is no longer the current one: worth saving again
	Moved   bool          // the value that was opened is a previous one: send the present one
	Anew    bool          // for Renew: a new id is wanted even so, as the visitor is another now
	Worn    bool          // it has had its ID for longer than Life.Renewal
	State   any           // the backend's own
}

// codecOf gives the codec that b's records are made with.
func codecOf(b Backend) Codec {
	if b, ok := b.(interface{ SessionCodec() Codec }); ok {
		return b.SessionCodec()
	}
	return taggedjson.Codec{}
}

// Unavailable is the Backend of an application that has none: every session
// is empty and can't be written to. It is what Flask calls a null session,
// the session of an application without a SECRET_KEY
// (flask.sessions.NullSession).
type Unavailable struct {
	Reason error // why; part of what Session.Err reports after a write
}

// Open refuses every value.
func (u Unavailable) Open(context.Context, string) (Record, error) { return Record{}, ErrNoSession }

// Reload finds nothing.
func (u Unavailable) Reload(context.Context, Record) (Record, error) {
	return Record{}, ErrSessionGone
}

// Save refuses with Reason.
func (u Unavailable) Save(context.Context, Record, time.Duration) (string, Record, error) {
	return "", Record{}, u.Reason
}

// Renew refuses with Reason.
func (u Unavailable) Renew(context.Context, Record, time.Duration) (string, Record, error) {
	return "", Record{}, u.Reason
}

// Touch refuses with Reason.
func (u Unavailable) Touch(context.Context, Record, time.Duration) (string, error) {
	return "", u.Reason
}

// Drop has nothing to forget.
func (u Unavailable) Drop(context.Context, Record) error { return nil }

// The types that codecs and backends share, under the names that programs use.
type (
	Codec  = codec.Codec  // entries ⇄ bytes
	Entry  = codec.Entry  // one top-level key with its value still encoded
	Tuple  = codec.Tuple  // Python's tuple
	Markup = codec.Markup // text that is HTML already
	UUID   = codec.UUID   // Python's uuid.UUID
	Opaque = codec.Opaque // a value that can be carried but not made
)
