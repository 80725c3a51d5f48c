package interop

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
)

// A history is what clients asked at the same time, and what they were
// answered. Its clock counts: of two moments one is the earlier.
type history struct {
	clock atomic.Int64
	mu    sync.Mutex
	ops   []porcupine.Operation
}

// now is a moment.
func (h *history) now() int64 { return h.clock.Add(1) }

// note adds what a client asked at a moment and was answered now; known is
// whether it knows what became of it. What isn't known may be done at any time,
// or never, which is to say after all else.
func (h *history) note(client int, called int64, in, out any, known bool) {
	answered := h.now()
	if !known {
		answered = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: in, Output: out, Call: called, Return: answered})
}

// patience is for porcupine, which as a rule needs a millisecond.
const patience = 20 * time.Second

// check says why a history can't have happened one operation after the other,
// as the model has it.
func (h *history) check(model porcupine.Model) error {
	parts := [][]porcupine.Operation{h.ops}
	if model.Partition != nil {
		parts = model.Partition(h.ops)
	}
	for _, part := range parts {
		switch porcupine.CheckOperationsTimeout(model, part, patience) {
		case porcupine.Illegal:
			return fmt.Errorf("no order of these %d explains them:%s", len(part), listing(part))
		case porcupine.Unknown:
			return fmt.Errorf("porcupine found no answer within %v: %d operations are too many:%s", patience, len(part), listing(part))
		}
	}
	return nil
}

// unknown counts the operations whose outcome nobody knows.
func (h *history) unknown() (n int) {
	for _, op := range h.ops {
		if op.Return == math.MaxInt64 {
			n++
		}
	}
	return n
}

// listing prints operations in the order of their calls.
func listing(ops []porcupine.Operation) string {
	ops = slices.Clone(ops)
	slices.SortFunc(ops, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var b strings.Builder
	for _, op := range ops {
		end := fmt.Sprint(op.Return)
		if op.Return == math.MaxInt64 {
			end = "?"
		}
		fmt.Fprintf(&b, "\n\tclient %d %3d–%3s  %v → %v", op.ClientId, op.Call, end, op.Input, op.Output)
	}
	return b.String()
}
