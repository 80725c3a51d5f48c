package pickle

import (
	"errors"
	"fmt"

	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/internal/fault"
)

// What a session may ask for. Python has no limit on any of these.
const (
	maxSize    = 16 << 20 // bytes of a pickle; of its keys; of its values when each stands alone, with those that then can't
	maxSteps   = 4 << 20  // opcodes: what bounds the time
	maxValues  = 1 << 20
	maxNesting = 500
	maxDigits  = 4300 // of a whole number, as Python's own limit on text
)

// ErrOutOfBand says that a pickle isn't whole by itself: it has a persistent
// id, a code of the extension registry, or a buffer that stands elsewhere.
// Python's loads raises for all three. It is [codec.ErrMalformed] too.
var ErrOutOfBand = fmt.Errorf("pickle: part of it stands elsewhere: %w", codec.ErrMalformed)

// ErrOpaque says that entries can't be written because one of them holds an
// [codec.Opaque] of an unknown class, which can't be parted from the pickle
// that it was read from: another entry of that pickle was deleted, or the value
// was moved to another key or another session. The error is a
// *[codec.ValueError] too.
var ErrOpaque = errors.New("pickle: a value of an unknown class stays with what it was stored with")

// A Codec reads pickles of every protocol as data, and writes protocol 4. The
// zero value is ready, and safe for concurrent use.
type Codec struct{}

var (
	_ codec.Codec  = Codec{}
	_ codec.Marker = Codec{}
)

func malformed(offset int) error   { return fault.Malformed("pickle", offset) }
func beyondLimit(offset int) error { return fault.Limit("pickle", offset) }

// inseparable is ErrOpaque with its reason.
func inseparable(reason string) error {
	return fmt.Errorf("%w: %w", ErrOpaque, fault.Unfit(codec.Opaque{}, reason))
}
