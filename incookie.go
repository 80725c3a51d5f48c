package dewar

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/dewar-go/dewar/codec/taggedjson"
	"github.com/dewar-go/dewar/signing"
)

// A Sealer makes bytes into a cookie's value that is provably ours, and back.
// *signing.URLSafe is one: Flask's, signed but readable by whoever holds it.
type Sealer interface {
	// Seal appends to dst the value that carries payload, made at now.
	Seal(dst, payload []byte, now time.Time) []byte

	// Unseal returns what value carries. It refuses, with one of the reasons
	// of package signing, a value that isn't ours, is older than maxAge (in
	// whole seconds), or was made after now.
	Unseal(value string, now time.Time, maxAge time.Duration) (payload []byte, info signing.Info, err error)
}

// InCookie is the Backend of sessions whose storage is the cookie itself, as
// Flask's built-in sessions are (flask.sessions.SecureCookieSessionInterface).
// There is nothing on the server: the last response wins, a copy of an old
// cookie stays valid until its life is over, and Drop can only ask the
// browser to forget.
type InCookie struct {
	Sealer Sealer           // needed
	Codec  Codec            // nil: tagged JSON, Flask's
	MaxAge time.Duration    // how old a value may be; 0: Options.Life.Idle
	Now    func() time.Time // nil: Options.Now

	ownLife bool // a session may hold a life of its own (native rules)
}

// completed returns c with what it leaves open taken from o.
func (c InCookie) completed(o *Options) Backend {
	if c.Codec == nil {
		c.Codec = taggedjson.Codec{}
	}
	if c.MaxAge == 0 {
		c.MaxAge = o.Life.Idle
	}
	if c.Now == nil {
		c.Now = o.Now
	}
	c.ownLife = o.Rules == Native
	return c
}

// SessionCodec is the Codec.
func (c InCookie) SessionCodec() Codec { return c.Codec }

// Open verifies value, then reads it. Nothing of it is decoded before its
// signature has been found right.
func (c InCookie) Open(_ context.Context, value string) (Record, error) {
	now, maxAge := c.Now(), c.MaxAge
	if c.ownLife {
		maxAge = math.MaxInt64 // known only once the entries are
	}
	payload, info, err := c.Sealer.Unseal(value, now, maxAge)
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrNoSession, err)
	}
	entries, err := c.Codec.Split(payload)
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w: %w", ErrNoSession, ErrPayload, err)
	}
	r := Record{Entries: entries, Age: now.Sub(info.At), Stale: info.Key > 0}
	if c.ownLife {
		r.Life = lifeOf(c.Codec, entries)
		maxAge = c.MaxAge
		if r.Life > 0 {
			maxAge = r.Life
		}
		if now.Unix()-info.At.Unix() > int64(maxAge/time.Second) {
			return Record{}, fmt.Errorf("%w: %w", ErrNoSession, ErrExpired)
		}
	}
	return r, nil
}

// Reload returns r: nobody else can have changed it.
func (c InCookie) Reload(_ context.Context, r Record) (Record, error) { return r, nil }

// Save makes a value of r. The life isn't in the value (a reader measures its
// age against its own settings) but for one that the session set itself.
func (c InCookie) Save(_ context.Context, r Record, _ time.Duration) (string, Record, error) {
	b := buffers.Get().(*buffer)
	defer buffers.Put(b)
	payload, err := c.Codec.Join(b.payload[:0], r.Entries)
	if err != nil {
		return "", r, unsavable(err)
	}
	b.payload = payload
	b.value = c.Sealer.Seal(b.value[:0], payload, c.Now())
	return string(b.value), r, nil
}

// Renew is Save: a value has no ID, and the old one can't be ended.
func (c InCookie) Renew(ctx context.Context, r Record, life time.Duration) (string, Record, error) {
	return c.Save(ctx, r, life)
}

// Touch makes the value anew, with the time of now and under the current key.
func (c InCookie) Touch(ctx context.Context, r Record, life time.Duration) (string, error) {
	value, _, err := c.Save(ctx, r, life)
	return value, err
}

// Drop does nothing: what the client holds, only the client can forget.
func (c InCookie) Drop(context.Context, Record) error { return nil }

// lifeKey is where a native session keeps a life of its own, in seconds.
const lifeKey = "_life"

// lifeOf gives the session's own life, or 0.
func lifeOf(c Codec, entries []Entry) time.Duration {
	for i := range entries {
		if entries[i].Key != lifeKey {
			continue
		}
		if v, err := c.Decode(entries[i].Raw); err == nil {
			if secs, ok := v.(int64); ok && secs > 0 && secs <= int64(maxLife/time.Second) {
				return time.Duration(secs) * time.Second
			}
		}
	}
	return 0
}

// buffers are lent to one Save at a time, so that a value costs one
// allocation: its string.
var buffers = sync.Pool{New: func() any { return new(buffer) }}

type buffer struct{ payload, value []byte }
