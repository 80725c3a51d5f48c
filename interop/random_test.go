package interop

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// randomSession is a session of a few values of every kind that Flask's cookie
// has a form for.
func randomSession(r *rand.Rand) map[string]any {
	s := map[string]any{}
	for range r.IntN(6) {
		s[randomKey(r)] = randomValue(r, 3)
	}
	return s
}

func randomKey(r *rand.Rand) string {
	switch r.IntN(6) {
	case 0: // keys that look like tags
		return []string{" t", " b", " m", " u", " d", " di", " di__", " t__", " x"}[r.IntN(9)]
	case 1:
		return randomText(r)
	}
	return []string{"user_id", "csrf_token", "cart", "_fresh", "next", "lang"}[r.IntN(6)] + fmt.Sprint(r.IntN(3))
}

func randomValue(r *rand.Rand, depth int) any {
	kinds := 15
	if depth == 0 {
		kinds = 11
	}
	switch r.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return r.Int64() >> r.IntN(64) * int64(1-2*r.IntN(2))
	case 3:
		big := new(big.Int).Lsh(big.NewInt(1+r.Int64N(1<<40)), 64+uint(r.IntN(200)))
		if r.IntN(2) == 0 {
			big.Neg(big)
		}
		return big
	case 4:
		return randomFloat(r)
	case 5, 6:
		return randomText(r)
	case 7:
		b := make([]byte, r.IntN(20))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	case 8:
		return codec.Markup(randomText(r))
	case 9:
		var u codec.UUID
		for i := range u {
			u[i] = byte(r.Uint32())
		}
		return u
	case 10:
		return time.Unix(r.Int64N(253402300799), 0).UTC()
	case 11:
		return randomList(r, depth)
	case 12:
		return codec.Tuple(randomList(r, depth))
	default:
		m := map[string]any{}
		for range r.IntN(4) {
			m[randomKey(r)] = randomValue(r, depth-1)
		}
		return m
	}
}

func randomList(r *rand.Rand, depth int) []any {
	list := make([]any, r.IntN(4))
	for i := range list {
		list[i] = randomValue(r, depth-1)
	}
	return list
}

func randomFloat(r *rand.Rand) float64 {
	for {
		f := math.Float64frombits(r.Uint64())
		if r.IntN(2) == 0 {
			f = math.Round(r.NormFloat64()*1e4) / 100
		}
		if !math.IsNaN(f) { // equal to nothing; the recorded vectors have it
			return f
		}
	}
}

// randomText has what JSON text goes wrong with: escapes, controls, what lies
// beyond the BMP, halves of surrogate pairs.
func randomText(r *rand.Rand) string {
	pieces := []string{
		"a", "Z", "0", " ", `"`, `\`, "/", "<", "&", "'", "\n", "\t", "\x00", "\x1f", "\x7f", "é", "ÿ", "世",
		"\u2028", "\ufeff", "\uffff", "😀", "\U0010ffff", "\xed\xa0\x80x", "\xed\xb0\x80",
	}
	var s string
	for range r.IntN(12) {
		s += pieces[r.IntN(len(pieces))]
	}
	return s
}
