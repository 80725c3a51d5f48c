package sqlstore_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar/store/sqlstore"
)

// What it costs that pgx names no statement, as poolers want it that know none.
func BenchmarkPooler(b *testing.B) {
	p := postgres(b)
	p.store(sqlstore.Options{})
	for _, mode := range []string{"cache_statement", "cache_describe", "exec"} {
		st := p.bare(p.open("default_query_exec_mode="+mode), sqlstore.Options{})
		it := create(b, st, mode, secret, time.Hour)
		b.Run("read/"+mode, func(b *testing.B) {
			for b.Loop() {
				holds(b, st, mode, secret)
			}
		})
		b.Run("write/"+mode, func(b *testing.B) {
			for b.Loop() {
				var err error
				if it, err = st.Update(b.Context(), mode, it, []byte(secret), time.Hour); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
