package msgspec

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/dewar-go/dewar/codec"
)

// Random makes a plain value that both of msgspec's formats can hold, of depth
// levels at most. Markup, tuples and UUIDs come back as something else.
func Random(r *rand.Rand, depth int) any {
	n := 11
	if depth == 0 {
		n = 9
	}
	switch r.IntN(n) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return randomInt(r)
	case 3:
		return randomFloat(r)
	case 4, 5:
		return randomText(r)
	case 6:
		b := make([]byte, r.IntN(40))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	case 7:
		return randomTime(r)
	case 8:
		if r.IntN(2) == 0 {
			return codec.Markup(randomText(r))
		}
		return codec.UUID{byte(r.Uint32()), 15: byte(r.Uint32())}
	case 9:
		list := make([]any, r.IntN(20))
		for i := range list {
			list[i] = Random(r, depth-1)
		}
		if r.IntN(3) == 0 {
			return codec.Tuple(list)
		}
		return list
	}
	m := map[string]any{}
	for range r.IntN(20) {
		m[randomText(r)] = Random(r, depth-1)
	}
	return m
}

// randomInt comes close to where the forms of whole numbers change.
func randomInt(r *rand.Rand) any {
	n := int64(1)<<r.IntN(64) + int64(r.IntN(5)) - 2
	switch r.IntN(8) {
	case 0:
		p, _ := codec.Plain(math.MaxUint64 - r.Uint64N(4))
		return p
	case 1, 2, 3:
		return -n
	}
	return n
}

func randomFloat(r *rand.Rand) float64 {
	switch r.IntN(6) {
	case 0:
		return []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, math.MaxFloat64}[r.IntN(7)]
	case 1:
		return float64(r.IntN(1000)) / 8
	case 2:
		return math.Nextafter(math.Pow10(r.IntN(40)-20), float64(r.IntN(3)-1)*math.MaxFloat64)
	case 3:
		return -math.Pow10(r.IntN(40) - 20)
	}
	for {
		if f := math.Float64frombits(r.Uint64()); f-f == 0 {
			return f
		}
	}
}

// randomText is now and then as long as a header can just hold.
func randomText(r *rand.Rand) string {
	if r.IntN(20) == 0 {
		return strings.Repeat("x", []int{15, 16, 31, 32, 255, 256}[r.IntN(6)])
	}
	var b strings.Builder
	for range r.IntN(12) {
		switch r.IntN(4) {
		case 0:
			b.WriteString([]string{"é", "😀", "\u2028", "\x7f", "\x00", "\x1f", "\n", "\t", `"`, `\`, "/", "\uffff", "\b", "\f", "\r"}[r.IntN(15)])
		default:
			b.WriteByte("abcdefgh 123"[r.IntN(12)])
		}
	}
	return b.String()
}

// randomTime is in UTC and has no more than Python's microseconds.
func randomTime(r *rand.Rand) time.Time {
	sec := []int64{0, 1<<32 - 1, 1 << 32, 1<<34 - 1, 1 << 34, -1, -62135596800, 253402300799, 1700000000}[r.IntN(9)]
	var nsec int64
	if r.IntN(2) == 0 {
		nsec = r.Int64N(1000000) * 1000
	}
	return time.Unix(sec, nsec).UTC()
}

// Mutated returns data with a byte or two changed, taken away or added, mostly
// some of likely.
func Mutated(r *rand.Rand, data []byte, likely string) []byte {
	data = append([]byte{}, data...)
	for range 1 + r.IntN(2) {
		if len(data) == 0 {
			break
		}
		i := r.IntN(min(len(data), 64))
		c := likely[r.IntN(len(likely))]
		switch r.IntN(4) {
		case 0:
			data = append(data[:i], data[i+1:]...)
		case 1:
			data[i] = byte(r.Uint32())
		case 2:
			data = append(data[:i], append([]byte{c}, data[i:]...)...)
		case 3:
			data[i] = c
		}
	}
	return data
}
