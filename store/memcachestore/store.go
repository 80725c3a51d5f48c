// Package memcachestore keeps sessions in memcached, 1.6 or later, on one server
// or on several.
//
// An item is a value under its key with flags 0, as Flask-Session's is. Load,
// Create and Delete are one command each, Update and Remove too where the item was
// loaded over the connection that is still open, else two; Touch is two where it
// extends the life.
//
// Memcached forgets: an item that is evicted, a server that is restarted, a
// flush_all end sessions, and with them what Dewar keeps beside: a link from a
// renewed session's previous id, the mark of one that ended while it was being
// renewed. Give it room for all sessions, and watch its evictions.
//
// A memcached without cas (-C) can't tell one item from another: every verb is
// an error that says so.
package memcachestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memcachestore/internal/wire"
)

// A Store is a [dewar.Store] on memcached. It can list nothing, since memcached
// can't, and is no Purger, since items vanish by themselves.
//
// Keys are 1 to 250 bytes of printable ASCII without blanks. A server that
// can't be reached is an error for its keys, and for no others.
type Store struct {
	names  []string
	nodes  []*wire.Node
	choose func(key string) int
	flags  uint32
	now    func() time.Time
}

// A tag names the state of an item: a cas is the server's own number of it, for
// as long as that server runs, and so for as long as a connection to it.
type tag struct {
	conn *wire.Conn
	cas  uint64
}

const loadWords = " " + wire.Value + " " + wire.Miss + " "

// Load is mg: the value and what is left of its life in one command. A lost
// connection is tried again once. Items of a client that compressed them, as
// python-memcached and pylibmc may, are inflated; numbers and what else has flags
// that mean neither bytes, text nor a pickle are dewar.ErrUndecodable.
func (s *Store) Load(ctx context.Context, key string) (dewar.Item, error) {
	if err := checkKey(key); err != nil {
		return dewar.Item{}, err
	}
	item, err := s.load(ctx, key)
	if lost(err) {
		item, err = s.load(ctx, key)
	}
	return item, err
}

func (s *Store) load(ctx context.Context, key string) (dewar.Item, error) {
	conn, err := s.conn(ctx, key)
	if err != nil {
		return dewar.Item{}, err
	}
	return loadBy(ctx, conn, key)
}

func loadBy(ctx context.Context, conn *wire.Conn, key string) (dewar.Item, error) {
	var room [300]byte
	reply, err := conn.Do(ctx, loadWords, append(append(append(room[:0], "mg "...), key...), " v c f t\r\n"...))
	switch {
	case err != nil:
		return dewar.Item{}, noAnswer(err)
	case reply.Word == wire.Miss:
		return dewar.Item{}, dewar.ErrNotFound
	case reply.Word != wire.Value:
		return dewar.Item{}, refusal(reply)
	case reply.CAS == 0: // where the settings didn't say
		return dewar.Item{}, errCAS
	}
	data, err := unflag(reply.Data, reply.Flags)
	if err != nil {
		return dewar.Item{}, err
	}
	return dewar.Item{Data: data, Left: max(0, time.Duration(reply.Left)*time.Second), Tag: tag{conn, reply.CAS}}, nil
}

// Create is add. The error is dewar.ErrTooLarge if the server doesn't take so
// much, and [ErrLife] for a life that can't be said.
func (s *Store) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	end, err := s.check(key, life)
	if err != nil {
		return dewar.Item{}, err
	}
	conn, err := s.conn(ctx, key)
	if err != nil {
		return dewar.Item{}, err
	}
	reply, err := s.store(ctx, conn, "add ", key, data, end, 0)
	switch {
	case err != nil:
		return dewar.Item{}, err
	case reply.Word == wire.NotStored:
		return dewar.Item{}, dewar.ErrExists
	}
	return dewar.Item{Data: bytes.Clone(data), Left: life}, nil
}

// Update is cas. An item without a tag of this connection's, as those that
// Create and Update return, is loaded first, and compared by its bytes. The error
// is dewar.ErrTooLarge if the server doesn't take so much, and [ErrLife] for a
// life that can't be said; what was there is there still.
func (s *Store) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	end, err := s.check(key, life)
	if err != nil {
		return dewar.Item{}, err
	}
	conn, cas, err := s.state(ctx, key, old)
	if err != nil {
		return dewar.Item{}, err
	}
	reply, err := s.store(ctx, conn, "cas ", key, data, end, cas)
	switch {
	case err != nil:
		return dewar.Item{}, err
	case reply.Word == wire.Exists:
		return dewar.Item{}, dewar.ErrConflict
	case reply.Word == wire.NotFound:
		return dewar.Item{}, dewar.ErrNotFound
	}
	return dewar.Item{Data: bytes.Clone(data), Left: life}, nil
}

// Touch asks what is left, and is touch if that is less than life. Between the
// two another touch may give the item a longer life; then it has this one. An
// item that has no end, which somebody else made, stays without.
func (s *Store) Touch(ctx context.Context, key string, life time.Duration) error {
	end, err := s.check(key, life)
	if err != nil {
		return err
	}
	conn, err := s.conn(ctx, key)
	if err != nil {
		return err
	}
	var room [300]byte
	reply, err := conn.Do(ctx, " "+wire.Header+" "+wire.Miss+" ", append(append(append(room[:0], "mg "...), key...), " t\r\n"...))
	switch {
	case err != nil:
		return noAnswer(err)
	case reply.Word == wire.Miss:
		return dewar.ErrNotFound
	case reply.Word != wire.Header:
		return refusal(reply)
	case reply.Left < 0 || time.Duration(reply.Left)*time.Second >= life+time.Second:
		return nil
	}
	command := append(append(append(room[:0], "touch "...), key...), ' ')
	reply, err = conn.Do(ctx, " "+wire.Touched+" "+wire.NotFound+" ", append(strconv.AppendInt(command, end, 10), "\r\n"...))
	switch {
	case err != nil:
		return noAnswer(err)
	case reply.Word == wire.NotFound:
		return dewar.ErrNotFound
	case reply.Word != wire.Touched:
		return refusal(reply)
	}
	return nil
}

// Remove is md with the item's cas.
func (s *Store) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := checkKey(key); err != nil {
		return err
	}
	conn, cas, err := s.state(ctx, key, old)
	if err != nil {
		return err
	}
	var room [300]byte
	command := append(append(append(room[:0], "md "...), key...), " C"...)
	reply, err := conn.Do(ctx, " "+wire.Header+" "+wire.Absent+" "+wire.Changed+" ", append(strconv.AppendUint(command, cas, 10), "\r\n"...))
	switch {
	case err != nil:
		return noAnswer(err)
	case reply.Word == wire.Changed:
		return dewar.ErrConflict
	case reply.Word == wire.Absent:
		return dewar.ErrNotFound
	case reply.Word != wire.Header:
		return refusal(reply)
	}
	return nil
}

// Delete is delete.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	conn, err := s.conn(ctx, key)
	if err != nil {
		return err
	}
	var room [300]byte
	reply, err := conn.Do(ctx, " "+wire.Deleted+" "+wire.NotFound+" ", append(append(append(room[:0], "delete "...), key...), "\r\n"...))
	switch {
	case err != nil:
		return noAnswer(err)
	case reply.Word != wire.Deleted && reply.Word != wire.NotFound:
		return refusal(reply)
	}
	return nil
}

// conn is the connection to a key's server.
func (s *Store) conn(ctx context.Context, key string) (*wire.Conn, error) {
	conn, err := s.nodes[s.choose(key)].Conn(ctx)
	switch {
	case errors.Is(err, wire.ErrNoCAS):
		return nil, errCAS
	case err != nil:
		return nil, noAnswer(err)
	}
	return conn, nil
}

// state gives the cas of an item and the connection that it holds for.
//
// A server that was started anew counts from 1 again, so that one item's cas may
// be that of another by now: after a new connection the bytes are compared.
func (s *Store) state(ctx context.Context, key string, old dewar.Item) (*wire.Conn, uint64, error) {
	conn, err := s.conn(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	t, _ := old.Tag.(tag)
	if t.conn == conn {
		return conn, t.cas, nil
	}
	now, err := loadBy(ctx, conn, key)
	switch {
	case err != nil:
		return nil, 0, err
	case !bytes.Equal(now.Data, old.Data):
		return nil, 0, dewar.ErrConflict
	}
	return conn, now.Tag.(tag).cas, nil
}

// store sends add or cas. These two leave what is there as it is when they fail;
// set, and ms in any mode, make it vanish.
func (s *Store) store(ctx context.Context, conn *wire.Conn, verb, key string, data []byte, end int64, cas uint64) (wire.Reply, error) {
	if most := conn.ItemMax() - overhead - len(key); conn.ItemMax() > 0 && len(data) > most {
		return wire.Reply{}, tooLarge(most)
	}
	var room [400]byte
	head := append(append(append(room[:0], verb...), key...), ' ')
	head = append(strconv.AppendUint(head, uint64(s.flags), 10), ' ')
	head = append(strconv.AppendInt(head, end, 10), ' ')
	head = strconv.AppendInt(head, int64(len(data)), 10)
	words := " " + wire.Stored + " " + wire.NotStored + " "
	if verb == "cas " {
		head = strconv.AppendUint(append(head, ' '), cas, 10)
		words = " " + wire.Stored + " " + wire.Exists + " " + wire.NotFound + " "
	}
	reply, err := conn.Do(ctx, words, append(head, "\r\n"...), data, []byte("\r\n"))
	switch {
	case err != nil:
		return reply, noAnswer(err)
	case reply.TooLarge:
		return reply, fmt.Errorf("memcachestore: the server: %w", dewar.ErrTooLarge)
	case reply.Word == wire.Failed, reply.Word == wire.Unknown:
		return reply, refusal(reply)
	}
	return reply, nil
}
