package dewar_test

import (
	"context"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/store/memstore"
)

// A renewal, or a move to another store, that came to nothing leaves a copy of
// the session behind. A sign-out that comes to nothing as well doesn't put that
// in its place: what was confirmed since is there, or the session is over.
func TestHalfASignOutAfterHalfARenewal(t *testing.T) {
	for name, layout := range map[string]dewar.Layout{"native": dewar.NativeLayout, "flask": dewar.FlaskLayout} {
		for _, moves := range []bool{false, true} {
			left := -1
			before := &dewar.InStore{Store: halting{memstore.New(memstore.Options{}), &left}, Layout: layout}
			var now dewar.Backend = before
			if moves {
				now = dewar.Fallback{New: &dewar.InStore{Store: halting{memstore.New(memstore.Options{}), &left}}, Old: before}
			}
			m, _ := stored(t, func(o *dewar.Options) { o.Backend = before })
			cookie := signedIn(t, m, map[string]any{"n": 1})
			m, _ = stored(t, func(o *dewar.Options) { o.Backend = now })
			left = 3 // mark, claim, place; not the removal
			if res := visit(m, cookie, func(s *dewar.Session) { s.Set("m", 1); s.Renew() }); res.StatusCode != 503 {
				t.Errorf("%s, %v: the renewal was answered %d", name, moves, res.StatusCode)
			}
			left = -1
			if res := visit(m, cookie, func(s *dewar.Session) { s.Set("n", 2) }); res.StatusCode != 200 {
				t.Errorf("%s, %v: the write was answered %d", name, moves, res.StatusCode)
			}
			for writes := range 4 {
				left = writes
				res := visit(m, cookie, func(s *dewar.Session) { s.Destroy() })
				left = -1
				visit(m, cookie, func(s *dewar.Session) {
					if n := s.Get("n"); s.Len() > 0 && (n != int64(2) || res.StatusCode == 200) {
						t.Errorf("%s, %v: after %d writes of a sign-out, answered %d, the session holds %v", name, moves, writes, res.StatusCode, n)
					}
				})
			}
		}
	}
}

// halting is a store that can't be written to after so many writes; negative:
// it can.
type halting struct {
	dewar.Store
	left *int
}

func (h halting) write() error {
	if *h.left == 0 {
		return errDead
	}
	*h.left--
	return nil
}

func (h halting) Create(ctx context.Context, key string, data []byte, life time.Duration) (dewar.Item, error) {
	if err := h.write(); err != nil {
		return dewar.Item{}, err
	}
	return h.Store.Create(ctx, key, data, life)
}

func (h halting) Update(ctx context.Context, key string, old dewar.Item, data []byte, life time.Duration) (dewar.Item, error) {
	if err := h.write(); err != nil {
		return dewar.Item{}, err
	}
	return h.Store.Update(ctx, key, old, data, life)
}

func (h halting) Remove(ctx context.Context, key string, old dewar.Item) error {
	if err := h.write(); err != nil {
		return err
	}
	return h.Store.Remove(ctx, key, old)
}

func (h halting) Delete(ctx context.Context, key string) error {
	if err := h.write(); err != nil {
		return err
	}
	return h.Store.Delete(ctx, key)
}
