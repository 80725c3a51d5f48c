package deflate

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/dewar-go/dewar/internal/seeded"
)

// TestAgainstPython compares Append with the zlib of a running Python.
func TestAgainstPython(t *testing.T) {
	p := startPython(t)
	if !p.classic() {
		t.Logf("Python has zlib %s, which is not classic zlib: comparing what streams inflate to, not their bytes", p.version)
	}
	r := seeded.Rand(t)

	count := 0
	check := func(t *testing.T, name string, src []byte) {
		t.Helper()
		count++
		got := Append(nil, src)
		want, inflated := p.ask(t, src, got)
		if !bytes.Equal(inflated, src) {
			t.Fatalf("%s, %d bytes: Python inflates the stream to other data", name, len(src))
		}
		if p.classic() && !bytes.Equal(got, want) {
			t.Fatalf("%s, %d bytes: stream differs from Python's at byte %d: got %d bytes, want %d",
				name, len(src), commonPrefix(got[:min(len(got), len(want))], want), len(got), len(want))
		}
	}

	t.Run("short", func(t *testing.T) {
		for n := range 401 {
			for _, alphabet := range []string{"a", binaryDigits, "abc", hexDigits, base64URL} {
				check(t, fmt.Sprintf("alphabet of %d", len(alphabet)), pick(r, alphabet, n))
			}
			check(t, "noise", noise(r, n))
			check(t, "session", session(r, n))
			check(t, "runs", runs(r, "abc", 20, n))
			check(t, "period", period(r, 1+r.IntN(40), n))
		}
	})
	t.Run("one distance", func(t *testing.T) {
		for n := 1; n < 40; n++ {
			check(t, fmt.Sprintf("distance %d", n),
				append(bytes.Repeat(sparse(3 * n)[:n], 50), pairs(base64URL[:12+r.IntN(20)])...))
		}
	})
	t.Run("medium", func(t *testing.T) {
		for range 50 {
			n := 400 + r.IntN(8000)
			check(t, "hex", pick(r, hexDigits, n))
			check(t, "session", session(r, n))
			check(t, "runs", runs(r, hexDigits, 1+r.IntN(400), n))
			check(t, "mixture", mixture(r, n))
		}
		for n := 4000; n < 70_000; n += 11_000 {
			check(t, "hex", pick(r, hexDigits, n+r.IntN(11_000)))
			check(t, "base64", pick(r, base64URL, n+r.IntN(11_000)))
			check(t, "noise", noise(r, n+r.IntN(11_000)))
			check(t, "mixture", mixture(r, n+r.IntN(11_000)))
		}
		for symbols := 10; symbols <= 22; symbols++ {
			check(t, "fibonacci", fibonacci(r, symbols))
		}
	})
	t.Run("block ends", func(t *testing.T) {
		// Blocks of literals that a match or a literal fills at, just before
		// and just after the end of the data.
		for n := blockTokens - 6; n <= blockTokens+6; n++ {
			src := sparse(n)
			check(t, "literals", src)
			check(t, "literals and a match", append(src, src[:9]...))
			check(t, "literals, a match and a literal", append(append(sparse(n), src[:9]...), 0xee))
			check(t, "noise", noise(r, 2*n))
		}
	})
	t.Run("distances", func(t *testing.T) {
		for _, limit := range []int{tooFar, maxDistance, windowSize} {
			for distance := limit - 2; distance <= limit+2; distance++ {
				for _, length := range []int{3, 4, 300} {
					check(t, fmt.Sprintf("distance %d, length %d", distance, length),
						echo(r, distance+400, distance+r.IntN(100), distance, length))
				}
				check(t, fmt.Sprintf("period %d", distance), period(r, distance, 2*distance+r.IntN(1000)))
			}
		}
	})
	t.Run("slides", func(t *testing.T) {
		// Around the positions where zlib moves its window, with little or
		// nothing left after them.
		const full = windowSize + maxDistance
		for at := full - 1; at <= full+1; at++ {
			for distance := maxDistance; distance <= maxDistance+1; distance++ {
				for _, rest := range []int{minLookahead - 1, minLookahead, 600} {
					check(t, fmt.Sprintf("at %d, distance %d, %d to go", at, distance, rest),
						echo(r, at+rest, at, distance, 5))
				}
			}
		}
	})
	t.Run("long", func(t *testing.T) {
		n := 150_000 + r.IntN(1000)
		check(t, "noise", noise(r, n))
		check(t, "hex", pick(r, hexDigits, n))
		check(t, "session", session(r, n))
		check(t, "runs", runs(r, base64URL, 500, n))
		check(t, "mixture", mixture(r, n))
		check(t, "digits", pick(r, binaryDigits, n/4))
		check(t, "period", period(r, maxDistance-r.IntN(3), n))
		check(t, "mixture", mixture(r, 1_000_000))
		check(t, "session", session(r, 1_000_000))
		check(t, "zeros", make([]byte, 5_000_000)) // a block longer than the window
	})
	t.Logf("%d inputs, zlib %s", count, p.version)
}
