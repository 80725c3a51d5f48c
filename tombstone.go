package dewar

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A tombstone is the link of an id under which no record is kept any more:
// its session ended, or has another id. A Flask whose request was under way
// knows no links and may write the record back, and would keep it alive from
// then on; the tombstone says that it is no session.

// buried is how long the link of an id that is over is kept: for as long as a
// request that is under way now could revive it for.
func (c *InStore) buried() time.Duration {
	if !c.Tombstones {
		return inFlight
	}
	return c.life.Idle + inFlight
}

// bury makes a tombstone of the link by which somebody who comes with id is led
// on, where it lies in c's store; where it doesn't, it puts one there. It is done
// once everything else is: who dies before has a renewed session all the same.
func (c *InStore) bury(ctx context.Context, id string, cl *claim) {
	if !c.Tombstones {
		return
	}
	key, l := c.linkKey(id), openLink(id, cl.link.Data)
	l.over = true
	sealed := l.seal(id)
	// Without the tag, which may be another store's.
	_, err := c.Store.Update(ctx, key, Item{Data: cl.link.Data}, sealed, c.buried())
	if errors.Is(err, ErrNotFound) {
		_, _ = c.Store.Create(ctx, key, sealed, c.buried())
	}
}

// exhume looks for the tombstone of an id whose record is there. If there is
// one, somebody revived the record: it is removed, and doesn't count.
func (c *InStore) exhume(ctx context.Context, id string) error {
	key := c.linkKey(id)
	item, err := c.Store.Load(ctx, key)
	if errors.Is(err, ErrNotFound) || err == nil && !openLink(id, item.Data).over {
		return nil
	}
	if err != nil {
		return err
	}
	if err := c.Store.Delete(ctx, c.recordKey(id)); err != nil {
		return err
	}
	if err := c.Store.Touch(ctx, key, c.buried()); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNotFound, ErrRevived)
}
