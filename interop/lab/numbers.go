package main

import "math/big"

// incr adds through Update, so that none is lost to another Dewar. The sum is
// Python's: whole numbers of any size, and bools among them.
func incr(a *answer, args []any) (any, error) {
	key := args[0].(string)
	now := any(int64(0))
	if a.s.Has(key) {
		now = a.get(key)
	}
	if _, ok := add(now, args[1]); !ok {
		return nil, fault("TypeError")
	}
	total := a.s.Update(key, func(v any) any {
		if v == nil {
			v = int64(0)
		}
		sum, _ := add(v, args[1])
		return sum
	})
	return total, a.notice(func() {})
}

// add is Python's x + y of numbers.
func add(x, y any) (sum any, ok bool) {
	fx, isFloat := x.(float64)
	fy, alsoFloat := y.(float64)
	if isFloat && alsoFloat {
		return fx + fy, true
	}
	bx, okX := whole(x)
	by, okY := whole(y)
	switch {
	case isFloat && okY:
		f, _ := new(big.Float).SetInt(by).Float64()
		return fx + f, true
	case alsoFloat && okX:
		f, _ := new(big.Float).SetInt(bx).Float64()
		return f + fy, true
	case !okX || !okY:
		return nil, false
	}
	total := new(big.Int).Add(bx, by)
	if total.IsInt64() {
		return total.Int64(), true
	}
	return total, true
}

// whole gives a whole number; a bool is one to Python.
func whole(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, true
	case bool:
		if v {
			return big.NewInt(1), true
		}
		return new(big.Int), true
	}
	return nil, false
}
