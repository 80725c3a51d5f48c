package memcachestore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/store/memcachestore"
)

// What a read costs, and a write: one after another, and 64 at once.
func BenchmarkStore(b *testing.B) {
	st := open(b, memcachestore.Options{}, realserver.Memcached(b).Addr)
	data := []byte(strings.Repeat("x", 300))
	if _, err := st.Create(b.Context(), key, data, time.Hour); err != nil {
		b.Fatal(err)
	}
	for _, op := range []struct {
		name string
		call func() error
	}{
		{"read", func() error { _, err := st.Load(b.Context(), key); return err }},
		{"write", func() error {
			item, err := st.Load(b.Context(), key)
			if err == nil {
				_, _ = st.Update(b.Context(), key, item, data, time.Hour) // a conflict costs the same
			}
			return err
		}},
	} {
		b.Run(op.name+", one", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := op.call(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(op.name+", 64", func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := op.call(); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
