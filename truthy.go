package dewar

import "math/big"

// truthy is Python's bool() of a value that a codec decodes.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case *big.Int:
		return v.Sign() != 0
	case float64:
		return v != 0 // NaN is true there too
	case string:
		return v != ""
	case Markup:
		return v != ""
	case []byte:
		return len(v) > 0
	case []any:
		return len(v) > 0
	case Tuple:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}
