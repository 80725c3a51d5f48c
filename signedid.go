package dewar

import (
	"context"
	"fmt"
	"time"

	"github.com/dewar-go/dewar/signing"
)

// SignedID is a Backend whose cookie proves that its id was given out by us
// before a store is asked for it: SESSION_USE_SIGNER of Flask-Session
// (flask_session.base.ServerSideSessionInterface). Ids of 256 random bits need
// no such proof; it is for sharing with a Flask that has it.
//
// Flask-Session knows one key; here all keys of the ring verify, and what an
// older one verified is signed anew with the next cookie.
type SignedID struct {
	Backend Backend // needed: what keeps the sessions, in a store
	Keys    *Ring   // needed

	signer *signing.Signer
}

func (b SignedID) completed() SignedID {
	b.signer = signing.NewSigner(b.Keys, "flask-session", signing.SHA1, signing.HMAC)
	return b
}

// SessionCodec is that of the backend within.
func (b SignedID) SessionCodec() Codec { return codecOf(b.Backend) }

// Open verifies value and opens the id in it.
func (b SignedID) Open(ctx context.Context, value string) (Record, error) {
	id, key, err := b.signer.Unsign(value)
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrNoSession, err)
	}
	if id == "" {
		return Record{}, fmt.Errorf("%w: %w", ErrNoSession, ErrMalformed)
	}
	r, err := b.Backend.Open(ctx, id)
	r.Stale = r.Stale || key > 0
	return r, err
}

// sign makes a value of an id; none of none.
func (b SignedID) sign(id string) string {
	if id == "" {
		return ""
	}
	return string(b.signer.Sign(nil, []byte(id)))
}

// Reload is that of the backend within.
func (b SignedID) Reload(ctx context.Context, r Record) (Record, error) {
	return b.Backend.Reload(ctx, r)
}

// Save is that of the backend within, its value signed.
func (b SignedID) Save(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	id, saved, err := b.Backend.Save(ctx, r, life)
	return b.sign(id), saved, err
}

// Renew is that of the backend within, its value signed.
func (b SignedID) Renew(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	id, saved, err := b.Backend.Renew(ctx, r, life)
	return b.sign(id), saved, err
}

// Touch is that of the backend within, its value signed.
func (b SignedID) Touch(ctx context.Context, r Record, life time.Duration) (string, error) {
	id, err := b.Backend.Touch(ctx, r, life)
	return b.sign(id), err
}

// Drop is that of the backend within.
func (b SignedID) Drop(ctx context.Context, r Record) error { return b.Backend.Drop(ctx, r) }
