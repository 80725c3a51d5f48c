package dewar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

// InStore is the Backend of sessions that are kept in a Store; the cookie
// holds their id. No update is lost to another Dewar, and a session that has
// ended is not written again: every write compares with what was read.
type InStore struct {
	Store   Store         // needed
	Codec   Codec         // nil: tagged JSON
	Prefix  string        // before each key, for several applications on one server
	Layout  Layout        // zero: NativeLayout
	IDBytes int           // of entropy in a new id; 0: 32
	UUIDs   bool          // new ids are random UUIDs, of 122 bits, as Flask-Session's were before 0.6
	Grace   time.Duration // how long a renewed session's previous id leads to it; 0: Options.Life.Grace, or 10 s
	Timeout time.Duration // for each call of Store, unless it is InProcess; 0: a second, negative: none but the request's

	// Tombstones, for a store that a Flask writes to in Flask's layout: what a
	// Flask request that was under way writes back of a session that Dewar has
	// ended, or renewed, is no session and is removed (ErrRevived), for as long as
	// a session lives. A request then costs one store command more, and a sign-out
	// two. Without them such a session is there again. On memcached
	// they are a best effort, for it forgets what it has no room for.
	Tombstones bool

	now     func() time.Time
	life    Life
	touched *touches
}

// stored is the Record.State of a session in a store.
type stored struct {
	item    Item
	header  header
	claim   *claim    // of a renewal that met a conflict
	claimed time.Time // when the link that led here was made
	untold  bool      // its id is of this session's own making, so that saving isn't use
}

// maxPrefix leaves room for an id of any length in a key that every store
// takes.
const maxPrefix = 50

// check names what can't be used.
func (c *InStore) check(o *Options, bad func(field, reason string)) {
	if c.Store == nil {
		bad("Backend", "InStore without a Store")
	}
	if c.Layout == FlaskLayout && (o.Life.Absolute != 0 || o.Life.Renewal != 0) {
		bad("Life", "Flask's layout keeps nothing but the values: Absolute and Renewal need the native one")
	}
	if c.Layout == NativeLayout && c.Tombstones {
		bad("Backend", "InStore.Tombstones are for Flask's layout: in the native one nobody revives a session")
	}
	if len(c.Prefix) > maxPrefix || strings.ContainsFunc(c.Prefix, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		bad("Backend", "InStore.Prefix is longer than 50 characters, or not printable ASCII without blanks")
	}
	if c.Grace < 0 {
		bad("Backend", "InStore.Grace is less than nothing")
	}
	if c.IDBytes != 0 && (c.IDBytes < 16 && o.Rules == Native || c.IDBytes < 1 || c.IDBytes > 128) {
		bad("Backend", "InStore.IDBytes is not between 16 and 128")
	}
}

// completed returns c with what it leaves open taken from o.
func (c InStore) completed(o *Options) *InStore {
	c.Codec = c.SessionCodec()
	if c.IDBytes == 0 {
		c.IDBytes = idBytes
	}
	if c.Grace == 0 {
		c.Grace = o.Life.Grace
	}
	if c.Grace == 0 {
		c.Grace = 10 * time.Second
	}
	c.Store = underDeadline(c.Store, c.Timeout)
	c.now, c.life, c.touched = o.Now, o.Life, new(touches)
	return &c
}

// SessionCodec is the Codec.
func (c *InStore) SessionCodec() Codec {
	if c.Codec == nil {
		return taggedjson.Codec{}
	}
	return c.Codec
}

// Open loads the record of an id. One that isn't there may have been renewed:
// within the grace period its previous id leads to it.
func (c *InStore) Open(ctx context.Context, id string) (Record, error) {
	if !validID(id) {
		return Record{}, fmt.Errorf("%w: %w", ErrNoSession, ErrMalformed)
	}
	unknown := ErrUnknown
	rec, err := c.load(ctx, id)
	if errors.Is(err, ErrNotFound) && !errors.Is(err, ErrExpired) {
		if errors.Is(err, ErrRevived) {
			unknown = ErrRevived
		}
		rec, err = c.follow(ctx, id, false)
	} else if err == nil && rec.State.(*stored).header.unused {
		rec, err = c.firstUse(ctx, rec)
	}
	switch {
	case errors.Is(err, ErrReplay):
		return rec, fmt.Errorf("%w: %w", ErrNoSession, ErrReplay)
	case errors.Is(err, ErrExpired):
		return Record{ID: id}, fmt.Errorf("%w: %w", ErrNoSession, ErrExpired)
	case errors.Is(err, ErrNotFound):
		return Record{ID: id}, fmt.Errorf("%w: %w", ErrNoSession, unknown)
	case errors.Is(err, ErrUndecodable):
		return Record{ID: id}, fmt.Errorf("%w: %w", ErrNoSession, err)
	case err != nil:
		return Record{}, fmt.Errorf("dewar: open: %w", err)
	}
	c.finish(ctx, rec)
	return rec, nil
}

// errOver is a record's whose absolute life is over: to all but Open it isn't there.
var errOver = fmt.Errorf("%w: %w", ErrNotFound, ErrExpired)

// load reads the record of an id.
func (c *InStore) load(ctx context.Context, id string) (Record, error) {
	item, err := c.Store.Load(ctx, c.recordKey(id))
	if err != nil {
		return Record{}, err
	}
	if c.Tombstones {
		if err := c.exhume(ctx, id); err != nil {
			return Record{}, err
		}
	}
	st := &stored{item: item}
	payload := item.Data
	if c.Layout == NativeLayout {
		if st.header, payload, err = parseHeader(payload, id); err != nil {
			return Record{}, err
		}
		if c.left(st.header) <= 0 {
			return Record{}, errOver
		}
	} else {
		m, ok := c.Codec.(codec.Marker)
		st.header.marked = !ok || m.Marked(payload)
	}
	entries, err := c.Codec.Split(payload)
	if err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	r := Record{ID: id, Entries: entries, State: st}
	if c.Layout == NativeLayout {
		r.Life = st.header.life
		r.Worn = c.life.Renewal > 0 && c.now().Sub(st.header.renewed) >= c.life.Renewal
	}
	r.Age = c.age(id, item, min(cmp.Or(lifeOf(c.Codec, entries), c.life.Idle), c.left(st.header)))
	return r, nil
}

// left is what Life.Absolute leaves of a session.
func (c *InStore) left(h header) time.Duration {
	if c.life.Absolute == 0 || c.Layout != NativeLayout {
		return maxLife
	}
	return h.created.Add(c.life.Absolute).Sub(c.now())
}

// age is how much of its life, as a touch would give it now, a record has no more.
// A store that doesn't say leaves what this process knows of its own touches;
// without that, all of it.
func (c *InStore) age(id string, item Item, life time.Duration) time.Duration {
	if item.Left > 0 {
		return max(life-item.Left, 0)
	}
	if at, ok := c.touched.at(id); ok {
		return c.now().Sub(at)
	}
	return life
}

// Reload reads the record again, under the id that it has now.
func (c *InStore) Reload(ctx context.Context, r Record) (Record, error) {
	st, _ := r.State.(*stored)
	under := r.claim()
	fresh, err := c.load(ctx, r.ID)
	switch {
	case err == nil:
		fresh.Moved = r.Moved
		if st != nil {
			now := fresh.State.(*stored)
			now.claim, now.claimed, now.untold = under, st.claimed, st.untold
		}
		return fresh, nil
	case errors.Is(err, ErrNotFound):
		if under != nil {
			c.abandon(ctx, under)
		}
		fresh, err = c.follow(ctx, r.ID, true)
	}
	if errors.Is(err, ErrNotFound) {
		return Record{}, ErrSessionGone
	}
	return fresh, err
}

// Drop forgets the record. If it is there as it was read, and had no mark,
// nobody can be renewing it. Otherwise it goes whatever was written to it
// meanwhile, and also what it was renewed to; and the link's key is taken, so
// that nobody who is renewing it, or was and died, leads a cookie anywhere.
func (c *InStore) Drop(ctx context.Context, r Record) error {
	_, err := c.drop(ctx, r)
	return err
}

// drop is Drop, and gives the ids that the session may have had since.
func (c *InStore) drop(ctx context.Context, r Record) (ids []string, err error) {
	if r.ID == "" {
		return nil, nil
	}
	if st, _ := r.State.(*stored); st != nil && !st.header.marked {
		ids, err := c.dropAsRead(ctx, r)
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrSessionGone) {
			return ids, err
		}
	}
	if err := c.clear(ctx, r.ID); err != nil {
		return nil, err
	}
	return c.forget(ctx, r.ID)
}

// dropAsRead forgets the record if it is as it was read. If it had no mark, nobody was
// renewing it, so it leads nowhere; but a Flask may have taken the mark off.
func (c *InStore) dropAsRead(ctx context.Context, r Record) (ids []string, err error) {
	if r.ID == "" {
		return nil, nil
	}
	if err := c.remove(ctx, r); err != nil {
		return nil, err
	}
	if !r.State.(*stored).header.marked && !c.Tombstones {
		return nil, nil
	}
	next, err := c.cut(ctx, r.ID)
	if err == nil && next != "" {
		ids, err = c.forget(ctx, next)
	}
	return append(ids, r.ID), err
}

// clear takes away what a renewal of id has put under its new id. If the renewer
// died that is older than the record, and would be found in its place if who
// signs out died too, with the record deleted and the link not yet cut.
func (c *InStore) clear(ctx context.Context, id string) error {
	l, _, err := c.link(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.Store.Delete(ctx, c.recordKey(l.next))
}

// forget deletes the record of an id and of all that it was renewed to, takes
// their links' keys, and gives the ids. Ids are random, so links make no circle.
func (c *InStore) forget(ctx context.Context, id string) (ids []string, err error) {
	for id != "" {
		ids = append(ids, id)
		if err = c.Store.Delete(ctx, c.recordKey(id)); err == nil {
			id, err = c.cut(ctx, id)
		}
		if err != nil {
			return ids, err
		}
	}
	return ids, nil
}

// remove forgets r as it was read.
func (c *InStore) remove(ctx context.Context, r Record) error {
	st, _ := r.State.(*stored)
	if st == nil {
		return ErrSessionGone
	}
	err := c.Store.Remove(ctx, c.recordKey(r.ID), st.item)
	if errors.Is(err, ErrNotFound) {
		return ErrSessionGone
	}
	return err
}
