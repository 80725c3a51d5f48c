// Package redisstore keeps sessions in Redis, or in what speaks its protocol
// and runs its scripts: Valkey, a cluster, a primary behind sentinels.
//
// An item is a plain string under its key with a time to live, which is the
// layout of Flask-Session too. Load, Create and Delete are one command each;
// Update, Remove and Touch are one short script each, which touches one key.
//
// These rights are enough for a server that keeps sessions under the prefix
// "session:":
//
//	user app on >password resetkeys ~session:* resetchannels -@all +ping +get +set +del +evalsha +eval +pttl +pexpire
//
// List needs +scan +strlen, a URL with a database's number +select, a cluster
// +cluster, and a primary behind sentinels +role.
package redisstore

import (
	"bytes"
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/redislayout"
	"github.com/redis/rueidis"
)

// name is what errors begin with.
const name = "redisstore"

// Options are the choices of a Store.
type Options struct {
	// WholeSeconds rounds lives up to whole seconds, as EX takes them: for a
	// store that Flask writes to as well. Otherwise they are rounded up to
	// milliseconds.
	WholeSeconds bool
}

// A Store is a [dewar.Store] and a [dewar.Lister] on Redis. Items vanish by
// themselves, so it is no Purger.
//
// A key that holds another type than a string is left as it is: Load, Update
// and Remove answer dewar.ErrUndecodable, and Create dewar.ErrExists. Before Redis 7
// a script doesn't tell, and Update and Remove answer an error that is none. Touch and
// Delete don't look at the type. An error of the server's that is no outcome
// (READONLY, LOADING, MOVED, CLUSTERDOWN, NOPERM …) names its first word only.
type Store struct {
	client                rueidis.Client
	layout                redislayout.Layout
	update, remove, touch *rueidis.Lua
	nodes                 bool         // there is more than one to ask
	hung                  atomic.Int64 // see ask
}

// New makes a Store of a client, which stays the caller's to close.
//
// The client must read from primaries: one with SendToReplicas loads what was
// replaced or ended a moment ago. [ClientOption] has the settings that serve
// sessions best; with rueidis's own defaults a context that ends may be
// noticed seconds late, and reads are tried again until it ends.
func New(client rueidis.Client, o Options) *Store {
	return &Store{
		client: client,
		layout: redislayout.Layout{Store: name, WholeSeconds: o.WholeSeconds},
		update: rueidis.NewLuaScript(redislayout.Update),
		remove: rueidis.NewLuaScript(redislayout.Remove),
		touch:  rueidis.NewLuaScript(redislayout.Touch),
		nodes:  client.Mode() == rueidis.ClientModeCluster,
	}
}

// Load is GET. Left is unknown: asking for it too would cost every read a
// tenth to a third of its speed.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	if err := s.layout.CheckKey(key); err != nil {
		return dewar.Item{}, err
	}
	data, err := s.ask(ctx, func() rueidis.RedisResult {
		return s.client.Do(ctx, s.client.B().Get().Key(key).Build())
	}).AsBytes()
	if rueidis.IsRedisNil(err) {
		return dewar.Item{}, dewar.ErrNotFound
	}
	if err != nil {
		return dewar.Item{}, refusal(ctx, err)
	}
	return dewar.Item{Data: data}, nil
}

// Create is SET NX.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	life, err := s.layout.Check(key, life)
	if err != nil {
		return dewar.Item{}, err
	}
	// A command whose context ends is still in the pipeline, and may be sent
	// after the caller has used data for something else. Once it is answered
	// the copy is the caller's.
	kept := bytes.Clone(data)
	err = s.ask(ctx, func() rueidis.RedisResult {
		return s.client.Do(ctx, s.client.B().Set().Key(key).Value(rueidis.BinaryString(kept)).Nx().PxMilliseconds(life.Milliseconds()).Build())
	}).Error()
	if rueidis.IsRedisNil(err) {
		return dewar.Item{}, dewar.ErrExists
	}
	if err != nil {
		return dewar.Item{}, refusal(ctx, err)
	}
	return dewar.Item{Data: kept, Left: life}, nil
}

// Update compares old.Data with what is there and sets data in one script.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	life, err := s.layout.Check(key, life)
	if err != nil {
		return dewar.Item{}, err
	}
	kept := bytes.Clone(data) // as in Create
	if err := s.run(ctx, s.update, key, string(old.Data), rueidis.BinaryString(kept), milliseconds(life)); err != nil {
		return dewar.Item{}, err
	}
	return dewar.Item{Data: kept, Left: life}, nil
}

// Touch compares what is left with life and sets the longer in one script. A
// key without a time to live, which somebody else made, stays without.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	life, err := s.layout.Check(key, life)
	if err != nil {
		return err
	}
	return s.run(ctx, s.touch, key, milliseconds(life))
}

// Remove compares old.Data with what is there and deletes it in one script.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := s.layout.CheckKey(key); err != nil {
		return err
	}
	return s.run(ctx, s.remove, key, string(old.Data))
}

// Delete is DEL.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.layout.CheckKey(key); err != nil {
		return err
	}
	err := s.ask(ctx, func() rueidis.RedisResult {
		return s.client.Do(ctx, s.client.B().Del().Key(key).Build())
	}).Error()
	if err != nil {
		return refusal(ctx, err)
	}
	return nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
