package bench

import (
	"strings"
	"testing"
)

// BenchmarkRequest has every row and contender under a name that benchstat
// reads: benchstat -col /by.
func BenchmarkRequest(b *testing.B) {
	for _, r := range rows(b) {
		for _, c := range r.Contenders {
			row := strings.NewReplacer(",", "", " ", "-").Replace(r.Name)
			b.Run("row="+row+"/by="+c.Name, func(b *testing.B) {
				v, err := r.Visit(c)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				cpu := cpuTime()
				for b.Loop() {
					if err := v.Send(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
