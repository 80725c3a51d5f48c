package vectors

import (
	"math"
	"math/big"
	"reflect"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// Equal says whether two plain values are the same to the last bit: lists
// aren't tuples and 1 isn't 1.0, but NaN is NaN, and times are the same if
// instant and offset are.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (math.Float64bits(a) == math.Float64bits(b) || a != a && b != b)
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case []byte:
		b, ok := b.([]byte)
		return ok && string(a) == string(b)
	case time.Time:
		b, ok := b.(time.Time)
		if !ok {
			return false
		}
		_, here := a.Zone()
		_, there := b.Zone()
		return a.Equal(b) && here == there
	case []any:
		b, ok := b.([]any)
		return ok && equalLists(a, b)
	case codec.Tuple:
		b, ok := b.(codec.Tuple)
		return ok && equalLists(a, b)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && equalMaps(a, b)
	}
	return reflect.DeepEqual(a, b)
}

func equalLists(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalMaps(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || !Equal(v, w) {
			return false
		}
	}
	return true
}
