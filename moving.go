package dewar

import "context"

// A mover is a backend that keeps sessions in a store, so that a Fallback can
// move them out of it or into it without losing a change.
type mover interface {
	home() *InStore                         // nil: not in a store after all
	value(id string) string                 // of the cookie
	idOf(value string) (id string, ok bool) // that a value is proof of
}

func (c *InStore) home() *InStore                   { return c }
func (c *InStore) value(id string) string           { return id }
func (c *InStore) idOf(value string) (string, bool) { return value, validID(value) }

func (b SignedID) home() *InStore         { return homeOf(b.Backend) }
func (b SignedID) value(id string) string { return b.sign(id) }

func (b SignedID) idOf(value string) (string, bool) {
	id, _, err := b.signer.Unsign(value)
	return id, err == nil && validID(id)
}

// A careful backend knows what others do to a record meanwhile.
type careful interface {
	// dropAsRead forgets r if nobody has changed it since it was read, and gives the
	// ids that the session may have had since.
	dropAsRead(ctx context.Context, r Record) (ids []string, err error)

	// giveUp undoes the beginning of a renewal or a move of r that met a conflict,
	// and won't be tried again.
	giveUp(ctx context.Context, r Record)
}

func (b SignedID) dropAsRead(ctx context.Context, r Record) ([]string, error) {
	if c, ok := b.Backend.(careful); ok {
		return c.dropAsRead(ctx, r)
	}
	return nil, b.Backend.Drop(ctx, r)
}

func (b SignedID) giveUp(ctx context.Context, r Record) {
	if c, ok := b.Backend.(careful); ok {
		c.giveUp(ctx, r)
	}
}

// presentValue is what the cookie of a record should hold, whatever led to it; empty if
// the backend doesn't say.
func presentValue(b Backend, r Record) string {
	switch b := b.(type) {
	case Fallback:
		if st, ok := r.State.(*elsewhere); ok {
			return presentValue(b.Old, st.old)
		}
		return presentValue(b.New, r)
	case mover:
		return b.value(r.ID)
	}
	return ""
}

// homeOf gives the store's backend within b, or nil.
func homeOf(b Backend) *InStore {
	if m, ok := b.(mover); ok {
		return m.home()
	}
	return nil
}

// onward gives the ids that a session had in c after id, which it has no more.
func (c *InStore) onward(ctx context.Context, id string, underWay bool) (ids []string, err error) {
	for err == nil {
		ids = append(ids, id)
		var l link
		if l, _, err = c.link(ctx, id); err == nil && !underWay && !c.now().Before(l.until) {
			return nil, ErrNotFound
		}
		id = l.next
	}
	return ids, err
}
