package dewar

// A mover is a backend that keeps sessions in a store, so that a Fallback can
// move them out of it or into it without losing a change.
type mover interface {
	home() *InStore         // nil: not in a store after all
	value(id string) string // of the cookie
}

func (c *InStore) home() *InStore         { return c }
func (c *InStore) value(id string) string { return id }

func (b SignedID) home() *InStore         { return homeOf(b.Backend) }
func (b SignedID) value(id string) string { return b.sign(id) }

// homeOf gives the store's backend within b, or nil.
func homeOf(b Backend) *InStore {
	if m, ok := b.(mover); ok {
		return m.home()
	}
	return nil
}
