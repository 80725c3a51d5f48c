package deflate

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkAppend compares Append with compress/zlib, whose writer is reused
// from one stream to the next.
func BenchmarkAppend(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, input := range []struct {
		name string
		data []byte
	}{
		{"session/60", session(r, 60)[:60]},
		{"session/300", session(r, 300)[:300]},
		{"session/2000", session(r, 2000)[:2000]},
		{"session/100000", session(r, 100_000)[:100_000]},
		{"hex/2000", pick(r, hexDigits, 2000)},
	} {
		b.Run(fmt.Sprintf("%s/deflate", input.name), func(b *testing.B) {
			dst := Append(nil, input.data)
			b.ReportAllocs()
			b.SetBytes(int64(len(input.data)))
			for b.Loop() {
				dst = Append(dst[:0], input.data)
			}
			b.ReportMetric(float64(len(dst)), "out-bytes")
		})
		b.Run(fmt.Sprintf("%s/compress-zlib", input.name), func(b *testing.B) {
			var dst bytes.Buffer
			w := zlib.NewWriter(&dst)
			b.ReportAllocs()
			b.SetBytes(int64(len(input.data)))
			for b.Loop() {
				dst.Reset()
				w.Reset(&dst)
				w.Write(input.data)
				w.Close()
			}
			b.ReportMetric(float64(dst.Len()), "out-bytes")
		})
	}
}
