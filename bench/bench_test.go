package bench

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
)

// BenchmarkRequest has every row and contender on cookies under a name that
// benchstat reads: benchstat -col /by.
func BenchmarkRequest(b *testing.B) { benchmark(b, rows(b)) }

// BenchmarkMemory, BenchmarkFiles and BenchmarkRedis are the same for stores. One operation
// is one request of any of the row's visitors.
func BenchmarkMemory(b *testing.B) { benchmark(b, MemoryRows(b)) }

func BenchmarkFiles(b *testing.B) { benchmark(b, FileRows(b)) }

func BenchmarkRedis(b *testing.B) { benchmark(b, RedisRows(b, realserver.Redis(b).Addr)) }

func benchmark(b *testing.B, rows []Row) {
	for _, r := range rows {
		for _, c := range r.Contenders {
			row := strings.NewReplacer(",", "", " ", "-").Replace(r.Name)
			b.Run("row="+row+"/by="+c.Name, func(b *testing.B) {
				crowd, err := r.Gather(c)
				if err != nil {
					b.Fatal(err)
				}
				each := (b.N + len(crowd) - 1) / len(crowd)
				b.ReportAllocs()
				b.ResetTimer()
				cpu := cpuTime()
				if err := crowd.Send(each); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
